"""The question types by kind: the one place where a kind leads to what it does."""

from __future__ import annotations

from tutor.assessment.question_types.base import QuestionType
from tutor.assessment.question_types.chemistry import Chemistry
from tutor.assessment.question_types.choice import Choice
from tutor.assessment.question_types.cloze import Cloze
from tutor.assessment.question_types.code import Code
from tutor.assessment.question_types.formula import Formula
from tutor.assessment.question_types.number import NumberQuestion
from tutor.assessment.question_types.ordered_list import OrderedList
from tutor.assessment.question_types.ordering import Ordering
from tutor.assessment.question_types.short_text import ShortText
from tutor.assessment.question_types.true_false import TrueFalse
from tutor.assessment.question_types.unordered_set import UnorderedSet

# The order of generation: items of the first kinds come first in a course.
QUESTION_TYPES: dict[str, QuestionType] = {
    each.kind: each
    for each in (
        Choice(),
        Cloze(),
        TrueFalse(),
        NumberQuestion(),
        Ordering(),
        ShortText(),
        UnorderedSet(),
        OrderedList(),
        Formula(),
        Chemistry(),
        Code(),
    )
}


class UnknownKind(KeyError):
    """No question type is registered for a kind."""


def question_type(kind: str) -> QuestionType:
    """Return the type of a kind; raises UnknownKind."""
    try:
        return QUESTION_TYPES[kind]
    except KeyError as error:
        raise UnknownKind(
            f"no question type is registered for {kind!r}; add it to tutor/assessment/question_types/registry.py"
        ) from error


def question_types() -> tuple[QuestionType, ...]:
    """Return all types in the order of generation."""
    return tuple(QUESTION_TYPES.values())


def authorable_types() -> list[QuestionType]:
    """Return the types that an instructor can write, in the order in which they are offered."""
    offered = [each for each in question_types() if each.authoring_place is not None]
    return sorted(offered, key=lambda each: each.authoring_place or 0)
