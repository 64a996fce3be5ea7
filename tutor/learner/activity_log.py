"""The diary: what a learner did, day by day and skill by skill, as far as her pages speak of it.

Counted from the same events as the state. Days are UTC; a page may group them anew but never counts by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from tutor.learner.evidence import AnswerEvent

MAX_RECENT_ANSWERS = 8  # answers on a skill that are remembered one by one
MAX_HISTORY_DAYS = 60  # days with answers that a skill's line keeps


@dataclass(frozen=True, slots=True)
class AnswerCounts:
    """Answers of one day, or of all days."""

    answers: int = 0
    rights: int = 0
    aided: int = 0
    aided_rights: int = 0

    @property
    def unaided(self) -> int:
        return self.answers - self.aided

    @property
    def unaided_rights(self) -> int:
        return self.rights - self.aided_rights


@dataclass(frozen=True, slots=True)
class RecentAnswer:
    """One answer on a skill."""

    day: date
    right: bool
    unaided: bool


@dataclass(frozen=True, slots=True)
class ObservedMisconception:
    """A misconception that a wrong answer showed; it stands until its item is answered rightly without help."""

    text: str
    skill: str
    item_id: str
    passage_id: str | None
    first: date
    last: date
    times: int = 1


@dataclass(frozen=True, slots=True)
class ActivityLog:
    """Everything that was done in one course."""

    days: Mapping[date, AnswerCounts] = field(default_factory=dict)
    recent_answers: Mapping[str, tuple[RecentAnswer, ...]] = field(default_factory=dict)  # by skill, the newest last
    mastery_history: Mapping[str, tuple[tuple[date, float], ...]] = field(
        default_factory=dict
    )  # how known at the day's end
    misconceptions: tuple[ObservedMisconception, ...] = ()
    last_day_outcomes: tuple[date, tuple[bool, ...]] = (
        date.min,
        (),
    )  # the unaided outcomes of the last day with answers
    last_skill: str | None = None

    @property
    def total(self) -> AnswerCounts:
        return sum_counts(self.days.values())


def sum_counts(works: Iterable[AnswerCounts]) -> AnswerCounts:
    """Return the sum of any number of works."""
    found = list(works)
    return AnswerCounts(
        answers=sum(w.answers for w in found),
        rights=sum(w.rights for w in found),
        aided=sum(w.aided for w in found),
        aided_rights=sum(w.aided_rights for w in found),
    )


def log_answer(log: ActivityLog, answer: AnswerEvent, masteries: Mapping[str, float]) -> ActivityLog:
    """Return the diary after one answer; `known` is how known its skills are after it."""
    day = answer.at.date()
    notes = {skill: _append_recent(log.recent_answers.get(skill, ()), answer, day) for skill in answer.skills}
    trails = {
        skill: _append_history(log.mastery_history.get(skill, ()), day, share) for skill, share in masteries.items()
    }
    return ActivityLog(
        days={**log.days, day: _count_answer(log.days.get(day, AnswerCounts()), answer)},
        recent_answers={**log.recent_answers, **notes},
        mastery_history={**log.mastery_history, **trails},
        misconceptions=_update_misconceptions(log.misconceptions, answer, day),
        last_day_outcomes=_update_last_day(log.last_day_outcomes, answer, day),
        last_skill=answer.skills[0],
    )


def _count_answer(work: AnswerCounts, answer: AnswerEvent) -> AnswerCounts:
    aided = not answer.is_unaided
    return AnswerCounts(
        work.answers + 1,
        work.rights + answer.is_right,
        work.aided + aided,
        work.aided_rights + (aided and answer.is_right),
    )


def _append_recent(notes: tuple[RecentAnswer, ...], answer: AnswerEvent, day: date) -> tuple[RecentAnswer, ...]:
    return (*notes, RecentAnswer(day, answer.is_right, answer.is_unaided))[-MAX_RECENT_ANSWERS:]


def _append_history(trail: tuple[tuple[date, float], ...], day: date, share: float) -> tuple[tuple[date, float], ...]:
    before = trail[:-1] if trail and trail[-1][0] == day else trail
    return (*before, (day, round(share, 4)))[-MAX_HISTORY_DAYS:]


def _update_last_day(
    today: tuple[date, tuple[bool, ...]], answer: AnswerEvent, day: date
) -> tuple[date, tuple[bool, ...]]:
    so_far = today[1] if today[0] == day else ()
    return day, (*so_far, answer.is_right) if answer.is_unaided else so_far


def _update_misconceptions(
    mistakes: tuple[ObservedMisconception, ...], answer: AnswerEvent, day: date
) -> tuple[ObservedMisconception, ...]:
    if answer.is_right and answer.is_unaided:
        return tuple(mistake for mistake in mistakes if mistake.item_id != answer.item_id)
    if answer.is_right or not answer.misconception:
        return mistakes
    for at, old in enumerate(mistakes):
        if (old.item_id, old.text) == (answer.item_id, answer.misconception):
            return (*mistakes[:at], *mistakes[at + 1 :], replace(old, last=day, times=old.times + 1))
    new = ObservedMisconception(answer.misconception, answer.skills[0], answer.item_id, answer.passage_id, day, day)
    return (*mistakes, new)
