"""The nouns of assessment: an item with its key and its source, an answer already graded, and a grade.

Pure values. A key never leaves the server: pages show an item's view (`question_types.base.QuestionView`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tutor.domain import Outcome
from tutor.locales.grading_reasons import grading_reason


class ItemKind(StrEnum):
    """The kind of an item; what each can do is registered in `question_types.registry`."""

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
    quality: float | None = None  # how likely a generated item is worth asking; None: a person or a book asks it

    def __post_init__(self) -> None:
        if not self.prompt.strip() or not self.keys or not all(key.strip() for key in self.keys):
            raise ValueError(f"item {self.id} needs a prompt and a key")
        if self.kind is ItemKind.CHOICE and not set(self.keys) <= set(self.options):
            raise ValueError(f"item {self.id}: the key is not among its options")


class ItemFault(StrEnum):
    """What can be wrong with the form of an item. The names are message keys, the values are in English."""

    SAME_OPTIONS = "two options are the same"
    GAP_IN_PROMPT = "the missing term appears elsewhere in the question"
    GAP_FORM_IN_PROMPT = "a form of the missing term appears in the question"
    FEW_OPTIONS = "there are fewer than three options"
    OPTION_IN_OPTION = "one option contains another"
    OPTION_IN_PROMPT = "an option appears in the question"
    KEY_WORD_IN_PROMPT = "the question contains a word of the key"
    KEY_LONGEST = "the key is much longer than the other options"


@dataclass(frozen=True, slots=True)
class GradedExample:
    """An answer to the same item that a person has graded."""

    answer: str
    right: bool


@dataclass(frozen=True, slots=True)
class Grade:
    """The outcome of an answer, with the confidence in it in [0, 1] and at least one reason."""

    outcome: Outcome
    confidence: float
    reasons: tuple[str, ...]
    missing: tuple[str, ...] = ()  # points of the key that the answer does not name

    def __post_init__(self) -> None:
        if not self.reasons:
            raise ValueError("a grade needs at least one reason")


def right_grade(reason: str, confidence: float = 1.0, **values: object) -> Grade:
    """Return a right grade; `reason` is the name of a message of `grading_reasons`, without its prefix."""
    return Grade(Outcome.RIGHT, confidence, (grading_reason(reason, **values),))


def partial_grade(reason: str, confidence: float = 1.0, **values: object) -> Grade:
    return Grade(Outcome.PARTIAL, confidence, (grading_reason(reason, **values),))


def wrong_grade(reason: str, confidence: float = 1.0, **values: object) -> Grade:
    return Grade(Outcome.WRONG, confidence, (grading_reason(reason, **values),))


def unsure_grade(reason: str, confidence: float = 0.0, **values: object) -> Grade:
    return Grade(Outcome.UNSURE, confidence, (grading_reason(reason, **values),))
