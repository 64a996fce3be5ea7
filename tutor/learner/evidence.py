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

from tutor.domain import Outcome
from tutor.errors import InputRefused

GENERAL_SKILL = "*"  # the skill of an item that belongs to none that the course declares
DEFAULT_EXPECTATION = 0.5  # what anybody is expected to do on an item of which nothing is known


class AnswerOrigin(StrEnum):
    """Why the item was asked."""

    PRACTICE = "practice"
    PLACEMENT = "placement"
    CHAT = "chat"
    IMPORTED = "imported"  # asked and judged elsewhere


@dataclass(frozen=True, slots=True)
class AnswerEvent:
    """One graded answer; `skills` begins with the one that the item is mainly about.

    `grade_id` is the grade that it came from; one grade is evidence once. `supersedes` is the event that this one
    corrects: same answer, same time, another judgement; after a retraction it is that one, and the answer counts again.
    `expected` and `usual` are how likely anybody was to be right on the item and on its skill, as the course's answers
    stood when it was recorded, so that a state needs no other learner's answers.
    """

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
    grade_id: str = ""
    supersedes: str | None = None
    origin: AnswerOrigin = AnswerOrigin.PRACTICE
    misconception: str | None = None  # what the wrong answer shows, in the item's own words
    passage_id: str | None = None  # where in the course the item comes from
    expected: float = DEFAULT_EXPECTATION
    usual: float = DEFAULT_EXPECTATION

    def __post_init__(self) -> None:
        if not self.skills:
            raise InputRefused(f"answer {self.id} names no skill; an item needs at least one")
        if self.outcome is Outcome.UNSURE:
            raise InputRefused(f"answer {self.id} is not judged yet; it counts once the instructor has decided")
        if self.hints < 0:
            raise InputRefused(f"answer {self.id} has {self.hints} hints; count from 0")
        if self.at.tzinfo is None:
            raise InputRefused(f"answer {self.id} has a time without a zone; give UTC")
        if not (0 < self.expected < 1 and 0 < self.usual < 1):
            raise InputRefused(f"answer {self.id} was expected with {self.expected}; a chance lies between 0 and 1")

    @property
    def is_right(self) -> bool:
        """A partly right answer is not yet a right one."""
        return self.outcome is Outcome.RIGHT

    @property
    def is_unaided(self) -> bool:
        return not self.aided and self.hints == 0


@dataclass(frozen=True, slots=True)
class RetractionEvent:
    """An event that takes back another one: its grade was withdrawn and no other one takes its place."""

    id: str
    answer_id: str
    by: str
    reason: str
    at: datetime


EvidenceEvent = AnswerEvent | RetractionEvent


def current_answers(
    answers: Iterable[AnswerEvent], retractions: Iterable[RetractionEvent] = ()
) -> Iterator[AnswerEvent]:
    """Yield the answers that still count, oldest first; ties are ordered by id so that a rebuild is exact."""
    kept = list(answers)
    gone = {retraction.answer_id for retraction in retractions} | {a.supersedes for a in kept if a.supersedes}
    yield from sorted((a for a in kept if a.id not in gone), key=lambda a: (a.at, a.id))
