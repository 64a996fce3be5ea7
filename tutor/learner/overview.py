"""The overview: what one learner's pages say of a course, computed from her record and the course's graph.

Everything is hedged by how much it rests on: a share comes with its range, a standing with the answers behind it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import islice

from tutor.learner.activity_log import Diary, Mistake, Note, Work, summed
from tutor.learner.bayesian_knowledge_tracing import IN_PLACE, KNOWN, Mastery, Standing
from tutor.learner.knowledge_tracing import Chance, Rates, Tracer, chance
from tutor.learner.recommender import FADING, Item, Recommendation, Situation, choices
from tutor.learner.record import KNOWING, Record
from tutor.learner.skill_graph import SkillGraph
from tutor.learner.spaced_repetition import due_at, retained

WEEK = timedelta(days=7)
OTHERS = 4  # other choices beside the one recommendation
FAILING_NOTES = 3  # so many unaided answers, at most one right: she is stuck on it


class Level(StrEnum):
    """How well a skill is known, in one word: the same word on her page, on the class map and in every count."""

    LOW = "low"
    MIDDLE = "middle"
    HIGH = "high"  # other skills may build on it
    KNOWN = "known"
    FADING = "fading"  # known once, and due
    TO_CONFIRM = "to_confirm"  # right with help; a fresh unaided item decides
    PLACED = "placed"  # only guessed from the placement


@dataclass(frozen=True, slots=True)
class SkillLine:
    """One skill of the course as it stands with her now."""

    skill: str
    standing: Standing
    known: float  # probability that it is there now, forgetting included
    before: float  # the same a week ago
    low: float  # range of her unaided success, nineteen times in twenty
    high: float
    mastery: Mastery
    notes: tuple[Note, ...]
    trail: tuple[tuple[date, float], ...]
    due_at: datetime | None
    placed: bool  # nothing was answered on it; the placement inferred it
    next_right: Chance | None = None  # of a right answer without help now, on a usual item; None: not asked for

    @property
    def answers(self) -> int:
        return self.mastery.unaided + self.mastery.aided

    @property
    def level(self) -> Level:
        if self.standing is Standing.TO_CONFIRM:
            return Level.TO_CONFIRM
        if self.placed:
            return Level.PLACED
        if self.mastery.known >= KNOWN:
            return Level.FADING if self.known < FADING else Level.KNOWN
        return Level.HIGH if self.known >= IN_PLACE else Level.MIDDLE if self.known >= 0.5 else Level.LOW

    def newly_known(self, since: date) -> bool:
        """Whether she came to know it after that day; what had faded and came back is not new."""
        before = [share for day, share in self.trail if day <= since]
        return self.level is Level.KNOWN and not (before and before[-1] >= KNOWN)

    @property
    def stuck_since(self) -> date | None:
        """The day of the first of the latest failures, when she is stuck."""
        alone = [note for note in self.notes if note.unaided]
        latest = alone[-FAILING_NOTES:]
        if self.mastery.known >= KNOWN or len(latest) < FAILING_NOTES or sum(n.right for n in latest) > 1:
            return None
        run = next((at for at in range(len(alone), 0, -1) if alone[at - 1].right and alone[at - 2].right), 0)
        return alone[min(run, len(alone) - FAILING_NOTES)].day


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything that a learner's progress page says."""

    at: datetime
    skills: tuple[SkillLine, ...]  # in the order of the course
    due: tuple[SkillLine, ...]  # most urgent first
    changed: tuple[SkillLine, ...]  # moved by a tenth or more within a week, most first
    mistakes: tuple[Mistake, ...]
    days: Mapping[date, Work]
    total: Work
    this_week: Work
    last_week: Work
    recommended: Recommendation
    others: tuple[Recommendation, ...]
    placed: int  # questions of the placement that were answered
    catching_up: bool = False  # an answer was judged anew, and this does not show it yet


def overview(
    record: Record,
    course: SkillGraph,
    at: datetime,
    items: Mapping[str, Sequence[Item]] | None = None,
    usual: Mapping[str, Rates] | None = None,
    tracer: Tracer | None = None,
) -> Overview:
    """Return the overview of one learner at one time.

    `items` are what may be asked, by skill; `usual` is how likely anybody is to be right on each skill; `tracer` is the
    course's own.
    """
    lines = tuple(_line(record, skill, at, (usual or {}).get(skill), tracer) for skill in course.skills)
    likely = {line.skill: line.next_right.right for line in lines if line.next_right}
    due = [line for line in lines if line.due_at is not None and line.due_at <= at]
    changed = [line for line in lines if abs(line.known - line.before) >= 0.1 and line.answers]
    now = replace(situation(record, course, at, items or {}), likely=likely)
    best, *others = islice(choices(now), OTHERS + 1)
    return Overview(
        at=at,
        skills=lines,
        due=tuple(sorted(due, key=lambda line: (line.due_at or at, line.skill))),
        changed=tuple(sorted(changed, key=lambda line: -abs(line.known - line.before))),
        mistakes=tuple(sorted(record.diary.mistakes, key=lambda m: m.last, reverse=True)),
        days=record.diary.days,
        total=record.diary.total,
        this_week=worked(record.diary, at - WEEK, at),
        last_week=worked(record.diary, at - 2 * WEEK, at - WEEK),
        recommended=best,
        others=tuple(others),
        placed=len(record.placement),
    )


def situation(
    record: Record, course: SkillGraph, at: datetime, items: Mapping[str, Sequence[Item]] | None = None
) -> Situation:
    """Return what the path decides upon; skills that the course has dropped are left out."""
    state, (day, latest) = record.state, record.diary.today
    mine = {skill: mastery for skill, mastery in state.masteries.items() if skill in course.skills}
    return Situation(
        graph=course,
        masteries=mine,
        retained={skill: share for skill, share in state.retained(at).items() if skill in course.skills},
        items=items or {},
        answers_today=record.diary.days[day].answers if day == at.date() else 0,
        latest_today=latest if day == at.date() else (),
        just_now=record.diary.last_skill if day == at.date() else None,
        assumed=state.assumed,
    )


def worked(diary: Diary, after: datetime, until: datetime) -> Work:
    """Return the work of the days after the first moment's day, up to and with the last one's."""
    return summed(work for day, work in diary.days.items() if after.date() < day <= until.date())


def _line(record: Record, skill: str, at: datetime, usual: Rates | None, tracer: Tracer | None) -> SkillLine:
    state, diary = record.state, record.diary
    mastery, memory, assumed = state.masteries.get(skill), state.memories.get(skill), state.assumed.get(skill)
    shown = mastery or Mastery(KNOWING.prior if assumed is None else assumed)
    placed = None if mastery else assumed
    low, high = shown.unaided_range if shown.unaided else (0.0, 1.0)
    kept = retained(memory, state.habit, at) if memory else 1.0
    return SkillLine(
        skill=skill,
        standing=shown.standing,
        known=shown.known * kept,
        before=_a_week_ago(record, skill, shown, at),
        low=low,
        high=high,
        mastery=shown,
        notes=diary.notes.get(skill, ()),
        trail=diary.trails.get(skill, ()),
        due_at=due_at(memory, state.habit) if memory and shown.known >= KNOWN else None,
        placed=mastery is None and assumed is not None,
        next_right=chance(state.history, skill, usual, kept, placed, tracer=tracer) if usual else None,
    )


def _a_week_ago(record: Record, skill: str, shown: Mastery, at: datetime) -> float:
    """How known it was then: with what had faded by then, if nothing was answered since; else as the trail says."""
    memory, then = record.state.memories.get(skill), at - WEEK
    trail = record.diary.trails.get(skill, ())
    if memory and memory.last_at <= then:
        return shown.known * retained(memory, record.state.habit, then)
    old = [share for day, share in trail if day <= then.date()]
    return old[-1] if old else record.state.assumed.get(skill, KNOWING.prior) if trail else shown.known
