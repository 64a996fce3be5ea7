"""Precedents: an answer is judged by what persons have decided about answers to the same item, then by the grader.

The same words get the same verdict, partly right included. Whole verdicts teach the grader; half ones say neither.
"""

from __future__ import annotations

from collections.abc import Sequence

from tutor.assessment.grading import Grader
from tutor.assessment.items import Grade, Graded, Item, Kind
from tutor.domain import Outcome
from tutor.store.posed_questions import Given

FREE = (Kind.SHORT_TEXT, Kind.CLOZE)  # kinds of answers of which a person's decisions say something
SAME_WORDS = "an instructor has graded the same words"


def judge(grader: Grader, item: Item, text: str, decided: Sequence[Given]) -> Grade:
    """Grade an answer; `decided` are answers to the same item that a person has judged."""
    verdict = _verdict(text, decided) if item.kind in FREE else None
    if verdict is not None:
        return Grade(verdict, 1.0, (SAME_WORDS,))
    return grader.grade(item, text, _lessons(decided))


def _verdict(text: str, decided: Sequence[Given]) -> Outcome | None:
    """Return what was decided last about the same words."""
    same = [one for one in decided if one.grade is not None and _words(one.text) == _words(text)]
    latest = max(same, key=lambda one: one.number, default=None)
    return latest.grade.outcome if latest is not None and latest.grade is not None else None


def _lessons(decided: Sequence[Given]) -> list[Graded]:
    outcomes = [(one.text, one.grade.outcome) for one in decided if one.grade is not None]
    return [Graded(text, outcome is Outcome.RIGHT) for text, outcome in outcomes if outcome is not Outcome.PARTIAL]


def _words(text: str) -> str:
    return " ".join(text.casefold().split()).strip(" .。!！")
