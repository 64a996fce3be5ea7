"""The diary: what a learner did, day by day and skill by skill, as far as her pages speak of it.

Counted from the same events as the state. Days are UTC; a page may group them anew but never counts by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from tutor.learner.evidence import Answered

RECENT = 8  # answers on a skill that are remembered one by one
TRAIL = 60  # days with answers that a skill's line keeps


@dataclass(frozen=True, slots=True)
class Work:
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
class Note:
    """One answer on a skill."""

    day: date
    right: bool
    unaided: bool


@dataclass(frozen=True, slots=True)
class Mistake:
    """A misconception that a wrong answer showed; it stands until its item is answered rightly without help."""

    text: str
    skill: str
    item_id: str
    passage_id: str | None
    first: date
    last: date
    times: int = 1


@dataclass(frozen=True, slots=True)
class Diary:
    """Everything that was done in one course."""

    days: Mapping[date, Work] = field(default_factory=dict)
    notes: Mapping[str, tuple[Note, ...]] = field(default_factory=dict)  # by skill, the newest last
    trails: Mapping[str, tuple[tuple[date, float], ...]] = field(default_factory=dict)  # how known at the day's end
    mistakes: tuple[Mistake, ...] = ()
    today: tuple[date, tuple[bool, ...]] = (date.min, ())  # the unaided outcomes of the last day with answers
    last_skill: str | None = None

    @property
    def total(self) -> Work:
        return summed(self.days.values())


def summed(works: Iterable[Work]) -> Work:
    """Return the sum of any number of works."""
    found = list(works)
    return Work(
        answers=sum(w.answers for w in found),
        rights=sum(w.rights for w in found),
        aided=sum(w.aided for w in found),
        aided_rights=sum(w.aided_rights for w in found),
    )


def write_down(diary: Diary, answer: Answered, known: Mapping[str, float]) -> Diary:
    """Return the diary after one answer; `known` is how known its skills are after it."""
    day = answer.at.date()
    notes = {skill: _noted(diary.notes.get(skill, ()), answer, day) for skill in answer.skills}
    trails = {skill: _trailed(diary.trails.get(skill, ()), day, share) for skill, share in known.items()}
    return Diary(
        days={**diary.days, day: _worked(diary.days.get(day, Work()), answer)},
        notes={**diary.notes, **notes},
        trails={**diary.trails, **trails},
        mistakes=_mistaken(diary.mistakes, answer, day),
        today=_today(diary.today, answer, day),
        last_skill=answer.skills[0],
    )


def _worked(work: Work, answer: Answered) -> Work:
    aided = not answer.unaided
    return Work(
        work.answers + 1, work.rights + answer.right, work.aided + aided, work.aided_rights + (aided and answer.right)
    )


def _noted(notes: tuple[Note, ...], answer: Answered, day: date) -> tuple[Note, ...]:
    return (*notes, Note(day, answer.right, answer.unaided))[-RECENT:]


def _trailed(trail: tuple[tuple[date, float], ...], day: date, share: float) -> tuple[tuple[date, float], ...]:
    before = trail[:-1] if trail and trail[-1][0] == day else trail
    return (*before, (day, round(share, 4)))[-TRAIL:]


def _today(today: tuple[date, tuple[bool, ...]], answer: Answered, day: date) -> tuple[date, tuple[bool, ...]]:
    so_far = today[1] if today[0] == day else ()
    return day, (*so_far, answer.right) if answer.unaided else so_far


def _mistaken(mistakes: tuple[Mistake, ...], answer: Answered, day: date) -> tuple[Mistake, ...]:
    if answer.right and answer.unaided:
        return tuple(mistake for mistake in mistakes if mistake.item_id != answer.item_id)
    if answer.right or not answer.misconception:
        return mistakes
    for at, old in enumerate(mistakes):
        if (old.item_id, old.text) == (answer.item_id, answer.misconception):
            return (*mistakes[:at], *mistakes[at + 1 :], replace(old, last=day, times=old.times + 1))
    new = Mistake(answer.misconception, answer.skills[0], answer.item_id, answer.passage_id, day, day)
    return (*mistakes, new)
