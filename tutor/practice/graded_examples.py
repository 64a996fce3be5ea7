"""Precedents: an answer is judged by what persons have decided about answers to the same item, then by the grader.

The same words get the same verdict, partly right included. Whole verdicts teach the grader; half ones say neither.
"""

from __future__ import annotations

from collections.abc import Sequence

from tutor.assessment.grading import Grader
from tutor.assessment.items import Grade, GradedExample, Item, ItemKind
from tutor.domain import Outcome
from tutor.store.posed_questions import StoredAttempt

FREE_TEXT_KINDS = (ItemKind.SHORT_TEXT, ItemKind.CLOZE)  # kinds of answers of which a person's decisions say something
SAME_TEXT_REASON = "an instructor has graded the same words"


def grade_with_examples(grader: Grader, item: Item, text: str, graded_by_person: Sequence[StoredAttempt]) -> Grade:
    """Grade an answer; `decided` are answers to the same item that a person has judged."""
    verdict = _previous_outcome(text, graded_by_person) if item.kind in FREE_TEXT_KINDS else None
    if verdict is not None:
        return Grade(verdict, 1.0, (SAME_TEXT_REASON,))
    return grader.grade(item, text, _to_graded_examples(graded_by_person))


def _previous_outcome(text: str, graded_by_person: Sequence[StoredAttempt]) -> Outcome | None:
    """Return what was decided last about the same words."""
    same = [one for one in graded_by_person if one.grade is not None and _normalize(one.text) == _normalize(text)]
    latest = max(same, key=lambda one: one.grade_number, default=None)
    return latest.grade.outcome if latest is not None and latest.grade is not None else None


def _to_graded_examples(graded_by_person: Sequence[StoredAttempt]) -> list[GradedExample]:
    outcomes = [(one.text, one.grade.outcome) for one in graded_by_person if one.grade is not None]
    return [
        GradedExample(text, outcome is Outcome.RIGHT) for text, outcome in outcomes if outcome is not Outcome.PARTIAL
    ]


def _normalize(text: str) -> str:
    return " ".join(text.casefold().split()).strip(" .。!！")
