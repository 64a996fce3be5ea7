"""How answers to an item are graded, for tests of items from elsewhere."""

from __future__ import annotations

from tutor.assessment.grading import Grader
from tutor.assessment.items import Item
from tutor.domain import Outcome


def outcomes(item: Item, *answers: str) -> list[Outcome]:
    return [Grader().grade(item, answer).outcome for answer in answers]
