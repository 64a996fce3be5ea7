"""The nouns of assessment: an item with its key and its source, an answer already graded, and a grade.

Pure values. A key never leaves the server: what a page may show is `Item.shown`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tutor.domain import Outcome


class ItemKind(StrEnum):
    """What form an answer has; it decides who grades it."""

    CHOICE = "choice"
    TRUE_FALSE = "true_false"
    NUMBER = "number"
    FORMULA = "formula"
    SET = "set"
    LIST = "list"
    ORDERING = "ordering"
    CLOZE = "cloze"
    SHORT_TEXT = "short_text"
    CHEMISTRY = "chemistry"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class ItemSource:
    """Where in the course an item comes from; `quote` is verbatim."""

    passage_id: str
    quote: str


@dataclass(frozen=True, slots=True)
class Item:
    """A question with its key. `keys` are accepted answers, the preferred one first.

    SET and LIST keys have one element each entry; an ORDERING's key is its `options` in the right order.
    `tolerance` is relative (numbers); None: exact, or correctly rounded to three figures.
    """

    id: str
    kind: ItemKind
    prompt: str
    keys: tuple[str, ...]
    options: tuple[str, ...] = ()
    tolerance: float | None = None
    source: ItemSource | None = None
    skill: str = ""
    difficulty: float = 0.5
    misconceptions: tuple[tuple[str, str], ...] = ()  # (wrong option, what it shows)

    def __post_init__(self) -> None:
        if not self.prompt.strip() or not self.keys or not all(key.strip() for key in self.keys):
            raise ValueError(f"item {self.id} needs a prompt and a key")
        if self.kind is ItemKind.CHOICE and not set(self.keys) <= set(self.options):
            raise ValueError(f"item {self.id}: the key is not among its options")

    @property
    def shown(self) -> Shown:
        return Shown(self.id, self.kind, self.prompt, self.options, self.source)


@dataclass(frozen=True, slots=True)
class Shown:
    """The part of an item that a learner may see before answering."""

    id: str
    kind: ItemKind
    prompt: str
    options: tuple[str, ...]
    source: ItemSource | None


@dataclass(frozen=True, slots=True)
class GradedExample:
    """An answer to the same item that a person has graded, or that a person let stand."""

    answer: str
    right: bool


@dataclass(frozen=True, slots=True)
class Grade:
    """What an answer is worth; `confidence` in [0, 1] is that of the outcome, `reasons` are never empty."""

    outcome: Outcome
    confidence: float
    reasons: tuple[str, ...]
    missing: tuple[str, ...] = ()  # points of the key that the answer does not name

    def __post_init__(self) -> None:
        if not self.reasons:
            raise ValueError("a grade without a reason")


def right_grade(reason: str, confidence: float = 1.0) -> Grade:
    return Grade(Outcome.RIGHT, confidence, (reason,))


def partial_grade(reason: str, confidence: float = 1.0) -> Grade:
    return Grade(Outcome.PARTIAL, confidence, (reason,))


def wrong_grade(reason: str, confidence: float = 1.0) -> Grade:
    return Grade(Outcome.WRONG, confidence, (reason,))


def unsure_grade(reason: str, confidence: float = 0.0) -> Grade:
    return Grade(Outcome.UNSURE, confidence, (reason,))
