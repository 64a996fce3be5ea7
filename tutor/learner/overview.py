"""The overview: what one learner's pages say of a course, computed from her record and the course's graph.

Everything is hedged by how much it rests on: a share comes with its range, a standing with the answers behind it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import islice

from tutor.learner.activity_log import ActivityLog, AnswerCounts, ObservedMisconception, RecentAnswer, sum_counts
from tutor.learner.bayesian_knowledge_tracing import MASTERY_THRESHOLD, PREREQUISITE_THRESHOLD, Mastery, MasteryStatus
from tutor.learner.knowledge_tracing import BaseRates, SuccessChance, Tracer, predict_success
from tutor.learner.recommender import REVIEW_THRESHOLD, Recommendation, rank_recommendations, recommender_context
from tutor.learner.record import BKT_PARAMS, LearnerRecord
from tutor.learner.skill_graph import SkillGraph
from tutor.learner.spaced_repetition import due_at, retained_share

WEEK = timedelta(days=7)
MAX_ALTERNATIVES = 4  # other choices beside the one recommendation
STUCK_ANSWERS = 3  # so many unaided answers, at most one right: she is stuck on it


class MasteryLevel(StrEnum):
    """How well a skill is known, in one word: the same word on her page, on the class map and in every count."""

    LOW = "low"
    MIDDLE = "middle"
    HIGH = "high"  # other skills may build on it
    KNOWN = "known"
    FADING = "fading"  # known once, and due
    TO_CONFIRM = "to_confirm"  # right with help; a fresh unaided item decides
    FROM_PLACEMENT = "placed"  # only guessed from the placement


@dataclass(frozen=True, slots=True)
class SkillOverview:
    """One skill of the course as it stands with her now."""

    skill: str
    status: MasteryStatus
    known_now: float  # probability that it is there now, forgetting included
    known_week_ago: float  # the same a week ago
    low: float  # range of her unaided success, nineteen times in twenty
    high: float
    mastery: Mastery
    recent_answers: tuple[RecentAnswer, ...]
    mastery_history: tuple[tuple[date, float], ...]
    due_at: datetime | None
    is_from_placement: bool  # nothing was answered on it; the placement inferred it
    success_chance: SuccessChance | None = (
        None  # of a right answer without help now, on a usual item; None: not asked for
    )

    @property
    def answers(self) -> int:
        return self.mastery.unaided + self.mastery.aided

    @property
    def level(self) -> MasteryLevel:
        if self.status is MasteryStatus.TO_CONFIRM:
            return MasteryLevel.TO_CONFIRM
        if self.is_from_placement:
            return MasteryLevel.FROM_PLACEMENT
        if self.mastery.probability >= MASTERY_THRESHOLD:
            return MasteryLevel.FADING if self.known_now < REVIEW_THRESHOLD else MasteryLevel.KNOWN
        return (
            MasteryLevel.HIGH
            if self.known_now >= PREREQUISITE_THRESHOLD
            else MasteryLevel.MIDDLE
            if self.known_now >= 0.5
            else MasteryLevel.LOW
        )

    def is_newly_known(self, since: date) -> bool:
        """Whether she came to know it after that day; what had faded and came back is not new."""
        before = [share for day, share in self.mastery_history if day <= since]
        return self.level is MasteryLevel.KNOWN and not (before and before[-1] >= MASTERY_THRESHOLD)

    @property
    def stuck_since(self) -> date | None:
        """The day of the first of the latest failures, when she is stuck."""
        alone = [note for note in self.recent_answers if note.unaided]
        latest = alone[-STUCK_ANSWERS:]
        if (
            self.mastery.probability >= MASTERY_THRESHOLD
            or len(latest) < STUCK_ANSWERS
            or sum(n.right for n in latest) > 1
        ):
            return None
        run = next((at for at in range(len(alone), 0, -1) if alone[at - 1].right and alone[at - 2].right), 0)
        return alone[min(run, len(alone) - STUCK_ANSWERS)].day


@dataclass(frozen=True, slots=True)
class LearnerOverview:
    """Everything that a learner's progress page says."""

    at: datetime
    skills: tuple[SkillOverview, ...]  # in the order of the course
    due: tuple[SkillOverview, ...]  # most urgent first
    changed: tuple[SkillOverview, ...]  # moved by a tenth or more within a week, most first
    misconceptions: tuple[ObservedMisconception, ...]
    days: Mapping[date, AnswerCounts]
    total: AnswerCounts
    this_week: AnswerCounts
    last_week: AnswerCounts
    recommendation: Recommendation
    alternatives: tuple[Recommendation, ...]
    placement_answers: int  # questions of the placement that were answered
    is_stale: bool = False  # an answer was judged anew, and this does not show it yet


def build_overview(
    record: LearnerRecord,
    course: SkillGraph,
    at: datetime,
    usual: Mapping[str, BaseRates] | None = None,
    tracer: Tracer | None = None,
) -> LearnerOverview:
    """Return the overview of one learner at one time.

    `usual` is how likely anybody is to be right on each skill; `tracer` is the course's own.
    """
    lines = tuple(_skill_overview(record, skill, at, (usual or {}).get(skill), tracer) for skill in course.skills)
    likely = {line.skill: line.success_chance.probability for line in lines if line.success_chance}
    due = [line for line in lines if line.due_at is not None and line.due_at <= at]
    changed = [line for line in lines if abs(line.known_now - line.known_week_ago) >= 0.1 and line.answers]
    context = recommender_context(record, course, at, likely)
    best, *others = islice(rank_recommendations(context), MAX_ALTERNATIVES + 1)
    return LearnerOverview(
        at=at,
        skills=lines,
        due=tuple(sorted(due, key=lambda line: (line.due_at or at, line.skill))),
        changed=tuple(sorted(changed, key=lambda line: -abs(line.known_now - line.known_week_ago))),
        misconceptions=tuple(sorted(record.activity.misconceptions, key=lambda m: m.last, reverse=True)),
        days=record.activity.days,
        total=record.activity.total,
        this_week=counts_between(record.activity, at - WEEK, at),
        last_week=counts_between(record.activity, at - 2 * WEEK, at - WEEK),
        recommendation=best,
        alternatives=tuple(others),
        placement_answers=len(record.placement_answers),
    )


def counts_between(log: ActivityLog, after: datetime, until: datetime) -> AnswerCounts:
    """Return the work of the days after the first moment's day, up to and with the last one's."""
    return sum_counts(work for day, work in log.days.items() if after.date() < day <= until.date())


def _skill_overview(
    record: LearnerRecord, skill: str, at: datetime, usual: BaseRates | None, tracer: Tracer | None
) -> SkillOverview:
    state, diary = record.state, record.activity
    mastery, memory, assumed = (
        state.masteries.get(skill),
        state.memories.get(skill),
        state.placement_estimates.get(skill),
    )
    shown = mastery or Mastery(BKT_PARAMS.prior if assumed is None else assumed)
    placed = None if mastery else assumed
    low, high = shown.unaided_interval if shown.unaided else (0.0, 1.0)
    kept = retained_share(memory, state.forgetting, at) if memory else 1.0
    return SkillOverview(
        skill=skill,
        status=shown.status,
        known_now=shown.probability * kept,
        known_week_ago=_known_week_ago(record, skill, shown, at),
        low=low,
        high=high,
        mastery=shown,
        recent_answers=diary.recent_answers.get(skill, ()),
        mastery_history=diary.mastery_history.get(skill, ()),
        due_at=due_at(memory, state.forgetting) if memory and shown.probability >= MASTERY_THRESHOLD else None,
        is_from_placement=mastery is None and assumed is not None,
        success_chance=predict_success(state.history, skill, usual, kept, placed, tracer=tracer) if usual else None,
    )


def _known_week_ago(record: LearnerRecord, skill: str, shown: Mastery, at: datetime) -> float:
    """How known it was then: with what had faded by then, if nothing was answered since; else as the trail says."""
    memory, then = record.state.memories.get(skill), at - WEEK
    trail = record.activity.mastery_history.get(skill, ())
    if memory and memory.last_at <= then:
        return shown.probability * retained_share(memory, record.state.forgetting, then)
    old = [share for day, share in trail if day <= then.date()]
    return (
        old[-1]
        if old
        else record.state.placement_estimates.get(skill, BKT_PARAMS.prior)
        if trail
        else shown.probability
    )
