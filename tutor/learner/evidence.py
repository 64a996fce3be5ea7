"""Evidence: what a learner answered, as events that never change.

Everything the product shows about a learner is a function of these values, so it can be rebuilt, explained and
corrected. Skills and items are named by stable ids, never by a title or a position. No text of the learner is stored
here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tutor.domain import Outcome
from tutor.errors import InputRefused

GENERAL_SKILL = "*"  # of an item that belongs to no declared skill
DEFAULT_EXPECTATION = 0.5  # probability of a right answer where nothing is known


class AnswerOrigin(StrEnum):
    """Why the item was asked."""

    PRACTICE = "practice"
    PLACEMENT = "placement"
    CHAT = "chat"
    IMPORTED = "imported"  # asked and graded in another system


@dataclass(frozen=True, slots=True)
class AnswerEvent:
    """One graded answer; `skills` begins with the main skill of the item.

    `grade_id` is the grade it comes from; one grade counts once. `supersedes` is the event that this one replaces: same
    answer, same time, another grade; after a retraction it is the retraction, and the answer counts again. `expected`
    and `usual` are how likely anybody was to be right on the item and on its skill, from the course's answers at that
    time, so that a learner's state needs no other learner's answers.
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
    judge: str  # who or what graded it, with its version
    grade_id: str = ""
    supersedes: str | None = None
    origin: AnswerOrigin = AnswerOrigin.PRACTICE
    misconception: str | None = None  # what the wrong answer shows, in the item's own words
    passage_id: str | None = None  # where in the course the item comes from
    expected: float = DEFAULT_EXPECTATION
    usual: float = DEFAULT_EXPECTATION

    def __post_init__(self) -> None:
        if not self.skills:
            raise InputRefused(f"answer {self.id} names no skill; give at least one")
        if self.outcome is Outcome.UNSURE:
            raise InputRefused(f"answer {self.id} is not graded yet; it counts once the instructor has decided")
        if self.hints < 0:
            raise InputRefused(f"answer {self.id} has {self.hints} hints; give 0 or more")
        if self.at.tzinfo is None:
            raise InputRefused(f"answer {self.id} has a time without a time zone; give UTC")
        if not (0 < self.expected < 1 and 0 < self.usual < 1):
            raise InputRefused(
                f"answer {self.id} has expected={self.expected}, usual={self.usual}; a probability lies between 0 and 1"
            )

    @property
    def is_right(self) -> bool:
        """Whether the answer is fully right."""
        return self.outcome is Outcome.RIGHT

    @property
    def is_unaided(self) -> bool:
        return not self.aided and self.hints == 0


@dataclass(frozen=True, slots=True)
class RetractionEvent:
    """An event that withdraws an answer: its grade was withdrawn and no other grade takes its place."""

    id: str
    answer_id: str
    by: str
    reason: str
    at: datetime


EvidenceEvent = AnswerEvent | RetractionEvent


def current_answers(
    answers: Iterable[AnswerEvent], retractions: Iterable[RetractionEvent] = ()
) -> Iterator[AnswerEvent]:
    """Yield the answers that still count, oldest first; ties are ordered by id, so that a rebuild is exact."""
    found = list(answers)
    replaced = {retraction.answer_id for retraction in retractions} | {a.supersedes for a in found if a.supersedes}
    yield from sorted((a for a in found if a.id not in replaced), key=lambda a: (a.at, a.id))
