"""What one learner's pages show about a course, computed from the learner's record and the skill graph.

Everything comes with its evidence: a share with its interval, a level with the answers behind it.
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
MAX_ALTERNATIVES = 4  # shown next to the recommendation
STUCK_ANSWERS = 3  # latest unaided answers; with at most one right the learner is stuck


class MasteryLevel(StrEnum):
    """How well a skill is known: the same level on the learner's page, on the class map and in every count."""

    LOW = "low"
    MIDDLE = "middle"
    HIGH = "high"  # other skills may build on it
    KNOWN = "known"
    FADING = "fading"  # known once, and due for review
    TO_CONFIRM = "to_confirm"  # right with help; a new item without help decides
    FROM_PLACEMENT = "placed"  # only estimated by the placement


@dataclass(frozen=True, slots=True)
class SkillOverview:
    """One skill of a course, as the learner knows it now."""

    skill: str
    status: MasteryStatus
    known_now: float  # probability that it is known now, with forgetting
    known_week_ago: float  # the same a week ago
    low: float  # 95% interval of the share of right unaided answers
    high: float
    mastery: Mastery
    recent_answers: tuple[RecentAnswer, ...]
    mastery_history: tuple[tuple[date, float], ...]
    due_at: datetime | None
    is_from_placement: bool  # estimated by the placement, without an answer
    success_chance: SuccessChance | None = None  # on a usual item without help; None where it was not computed

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
        """Return whether the skill became known after that day; a skill that faded and was relearnt is not new."""
        before = [share for day, share in self.mastery_history if day <= since]
        return self.level is MasteryLevel.KNOWN and not (before and before[-1] >= MASTERY_THRESHOLD)

    @property
    def stuck_since(self) -> date | None:
        """The day of the first of the latest failures; None when the learner is not stuck."""
        alone = [answer for answer in self.recent_answers if answer.unaided]
        latest = alone[-STUCK_ANSWERS:]
        if (
            self.mastery.probability >= MASTERY_THRESHOLD
            or len(latest) < STUCK_ANSWERS
            or sum(answer.right for answer in latest) > 1
        ):
            return None
        run = next((at for at in range(len(alone), 0, -1) if alone[at - 1].right and alone[at - 2].right), 0)
        return alone[min(run, len(alone) - STUCK_ANSWERS)].day


@dataclass(frozen=True, slots=True)
class LearnerOverview:
    """Everything a learner's progress page shows."""

    at: datetime
    skills: tuple[SkillOverview, ...]  # in the order of the course
    due: tuple[SkillOverview, ...]  # most urgent first
    changed: tuple[SkillOverview, ...]  # changed by a tenth or more within a week, most first
    misconceptions: tuple[ObservedMisconception, ...]
    days: Mapping[date, AnswerCounts]
    total: AnswerCounts
    this_week: AnswerCounts
    last_week: AnswerCounts
    recommendation: Recommendation
    alternatives: tuple[Recommendation, ...]
    placement_answers: int  # answered questions of the placement
    is_stale: bool = False  # an answer was regraded and this does not show it yet


def build_overview(
    record: LearnerRecord,
    course: SkillGraph,
    at: datetime,
    usual: Mapping[str, BaseRates] | None = None,
    tracer: Tracer | None = None,
) -> LearnerOverview:
    """Return the overview of one learner at one time.

    `usual` gives how likely anybody is to be right on each skill; `tracer` is that of the course.
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
    """Return the counts of the days after that of `after`, up to and including that of `until`."""
    return sum_counts(counts for day, counts in log.days.items() if after.date() < day <= until.date())


def _skill_overview(
    record: LearnerRecord, skill: str, at: datetime, usual: BaseRates | None, tracer: Tracer | None
) -> SkillOverview:
    state, log = record.state, record.activity
    mastery, memory, assumed = (
        state.masteries.get(skill),
        state.memories.get(skill),
        state.placement_estimates.get(skill),
    )
    shown = mastery or Mastery(BKT_PARAMS.prior if assumed is None else assumed)
    placed = None if mastery else assumed
    low, high = shown.unaided_interval if shown.unaided else (0.0, 1.0)
    retained = retained_share(memory, state.forgetting, at) if memory else 1.0
    return SkillOverview(
        skill=skill,
        status=shown.status,
        known_now=shown.probability * retained,
        known_week_ago=_known_week_ago(record, skill, shown, at),
        low=low,
        high=high,
        mastery=shown,
        recent_answers=log.recent_answers.get(skill, ()),
        mastery_history=log.mastery_history.get(skill, ()),
        due_at=due_at(memory, state.forgetting) if memory and shown.probability >= MASTERY_THRESHOLD else None,
        is_from_placement=mastery is None and assumed is not None,
        success_chance=predict_success(state.history, skill, usual, retained, placed, tracer=tracer) if usual else None,
    )


def _known_week_ago(record: LearnerRecord, skill: str, shown: Mastery, at: datetime) -> float:
    """Return how known the skill was a week ago: by forgetting if nothing was answered since, or by its history."""
    memory, then = record.state.memories.get(skill), at - WEEK
    history = record.activity.mastery_history.get(skill, ())
    if memory and memory.last_at <= then:
        return shown.probability * retained_share(memory, record.state.forgetting, then)
    old = [share for day, share in history if day <= then.date()]
    return (
        old[-1]
        if old
        else record.state.placement_estimates.get(skill, BKT_PARAMS.prior)
        if history
        else shown.probability
    )
