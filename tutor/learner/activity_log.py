"""What a learner did, day by day and skill by skill, as far as their pages show it.

Counted from the same events as the state. Days are UTC; a page may group them differently but never counts itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from tutor.learner.evidence import AnswerEvent

MAX_RECENT_ANSWERS = 8  # answers on a skill that are stored one by one
MAX_HISTORY_DAYS = 60  # days with answers in the mastery history of a skill


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
    """A misconception that a wrong answer showed; it is listed until its item is answered correctly without help."""

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
    mastery_history: Mapping[str, tuple[tuple[date, float], ...]] = field(default_factory=dict)  # at the end of a day
    misconceptions: tuple[ObservedMisconception, ...] = ()
    last_day_outcomes: tuple[date, tuple[bool, ...]] = (date.min, ())  # unaided ones, of the last day with answers
    last_skill: str | None = None

    @property
    def total(self) -> AnswerCounts:
        return sum_counts(self.days.values())


def sum_counts(counts: Iterable[AnswerCounts]) -> AnswerCounts:
    """Return the sum of all counts."""
    found = list(counts)
    return AnswerCounts(
        answers=sum(each.answers for each in found),
        rights=sum(each.rights for each in found),
        aided=sum(each.aided for each in found),
        aided_rights=sum(each.aided_rights for each in found),
    )


def log_answer(log: ActivityLog, answer: AnswerEvent, masteries: Mapping[str, float]) -> ActivityLog:
    """Return the log after one answer; `masteries` is the probability that each of its skills is known after it."""
    day = answer.at.date()
    recent = {skill: _append_recent(log.recent_answers.get(skill, ()), answer, day) for skill in answer.skills}
    histories = {
        skill: _append_history(log.mastery_history.get(skill, ()), day, share) for skill, share in masteries.items()
    }
    return ActivityLog(
        days={**log.days, day: _count_answer(log.days.get(day, AnswerCounts()), answer)},
        recent_answers={**log.recent_answers, **recent},
        mastery_history={**log.mastery_history, **histories},
        misconceptions=_update_misconceptions(log.misconceptions, answer, day),
        last_day_outcomes=_update_last_day(log.last_day_outcomes, answer, day),
        last_skill=answer.skills[0],
    )


def _count_answer(counts: AnswerCounts, answer: AnswerEvent) -> AnswerCounts:
    aided = not answer.is_unaided
    return AnswerCounts(
        counts.answers + 1,
        counts.rights + answer.is_right,
        counts.aided + aided,
        counts.aided_rights + (aided and answer.is_right),
    )


def _append_recent(recent: tuple[RecentAnswer, ...], answer: AnswerEvent, day: date) -> tuple[RecentAnswer, ...]:
    return (*recent, RecentAnswer(day, answer.is_right, answer.is_unaided))[-MAX_RECENT_ANSWERS:]


def _append_history(history: tuple[tuple[date, float], ...], day: date, share: float) -> tuple[tuple[date, float], ...]:
    before = history[:-1] if history and history[-1][0] == day else history
    return (*before, (day, round(share, 4)))[-MAX_HISTORY_DAYS:]


def _update_last_day(
    last_day: tuple[date, tuple[bool, ...]], answer: AnswerEvent, day: date
) -> tuple[date, tuple[bool, ...]]:
    so_far = last_day[1] if last_day[0] == day else ()
    return day, (*so_far, answer.is_right) if answer.is_unaided else so_far


def _update_misconceptions(
    misconceptions: tuple[ObservedMisconception, ...], answer: AnswerEvent, day: date
) -> tuple[ObservedMisconception, ...]:
    if answer.is_right and answer.is_unaided:
        return tuple(each for each in misconceptions if each.item_id != answer.item_id)
    if answer.is_right or not answer.misconception:
        return misconceptions
    for at, old in enumerate(misconceptions):
        if (old.item_id, old.text) == (answer.item_id, answer.misconception):
            return (*misconceptions[:at], *misconceptions[at + 1 :], replace(old, last=day, times=old.times + 1))
    new = ObservedMisconception(answer.misconception, answer.skills[0], answer.item_id, answer.passage_id, day, day)
    return (*misconceptions, new)
