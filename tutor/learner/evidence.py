"""The evidence: what a learner answered, as events that never change.

Everything that the house says about a learner is a function of these values, so it can be rebuilt, explained and
corrected. Skills and items are named by stable ids, never by a title or a place in a list. No text of the learner is
kept here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tutor.errors import InputRefused


class Outcome(StrEnum):
    """What the grading decided."""

    RIGHT = "right"
    PARTIAL = "partial"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Answered:
    """One graded answer; `skills` begins with the one that the item is mainly about."""

    id: str
    learner_id: str
    course_id: str
    item_id: str
    skills: tuple[str, ...]
    outcome: Outcome
    hints: int
    aided: bool  # any help on this item before the answer: a hint, a worked example, a second try after feedback
    at: datetime
    judge: str  # name and version of what graded it

    def __post_init__(self) -> None:
        if not self.skills:
            raise InputRefused(f"answer {self.id} names no skill; an item needs at least one")
        if self.hints < 0:
            raise InputRefused(f"answer {self.id} has {self.hints} hints; count from 0")
        if self.at.tzinfo is None:
            raise InputRefused(f"answer {self.id} has a time without a zone; give UTC")

    @property
    def right(self) -> bool:
        """A partly right answer is not yet a right one."""
        return self.outcome is Outcome.RIGHT

    @property
    def unaided(self) -> bool:
        return not self.aided and self.hints == 0


@dataclass(frozen=True, slots=True)
class Retracted:
    """An event that takes back another one: a teacher overrode the grade, or the learner deleted the answer."""

    id: str
    answer_id: str
    by: str
    reason: str
    at: datetime


def standing(answers: Iterable[Answered], retractions: Iterable[Retracted] = ()) -> Iterator[Answered]:
    """Yield the answers that still count, oldest first; ties are ordered by id so that a rebuild is exact."""
    gone = {retraction.answer_id for retraction in retractions}
    yield from sorted((a for a in answers if a.id not in gone), key=lambda a: (a.at, a.id))
