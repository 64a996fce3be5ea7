"""Grades an answer by what persons have decided about answers to the same item, then by the grader.

The same words get the same grade, partly right included. Answers that were graded right or wrong are examples for the
grader; partly right ones are not.
"""

from __future__ import annotations

from collections.abc import Sequence

from knowledge.languages import each
from tutor.assessment.grading import Grader
from tutor.assessment.items import Grade, GradedExample, Item
from tutor.assessment.question_types.registry import question_type
from tutor.domain import Outcome
from tutor.locales.grading_reasons import grading_reason
from tutor.store.posed_questions import StoredAttempt

_SENTENCE_ENDS = " " + "".join(
    mark for name in ("FULL_STOP", "EXCLAMATION_MARK") for mark in each("text", name).values()
)


def grade_with_examples(grader: Grader, item: Item, text: str, graded_by_person: Sequence[StoredAttempt]) -> Grade:
    """Grade an answer; `graded_by_person` are answers to the same item. Raises NotAnAnswer."""
    learns = question_type(item.kind).learns_from_decisions
    outcome = _previous_outcome(text, graded_by_person) if learns else None
    if outcome is not None:
        return Grade(outcome, 1.0, (grading_reason("same_words"),))
    return grader.grade(item, text, _to_graded_examples(graded_by_person))


def _previous_outcome(text: str, graded_by_person: Sequence[StoredAttempt]) -> Outcome | None:
    """Return the latest decision about the same words."""
    same = [one for one in graded_by_person if one.grade is not None and _normalize(one.text) == _normalize(text)]
    latest = max(same, key=lambda one: one.grade_number, default=None)
    return latest.grade.outcome if latest is not None and latest.grade is not None else None


def _to_graded_examples(graded_by_person: Sequence[StoredAttempt]) -> list[GradedExample]:
    outcomes = [(one.text, one.grade.outcome) for one in graded_by_person if one.grade is not None]
    return [
        GradedExample(text, outcome is Outcome.RIGHT) for text, outcome in outcomes if outcome is not Outcome.PARTIAL
    ]


def _normalize(text: str) -> str:
    return " ".join(text.casefold().split()).strip(_SENTENCE_ENDS)
