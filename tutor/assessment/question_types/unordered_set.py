"""Set: several elements in any order."""

from __future__ import annotations

from tutor.assessment.choice_grading import grade_set
from tutor.assessment.items import Grade, Item, ItemKind
from tutor.assessment.question_types.base import GradingContext, QuestionType


class UnorderedSet(QuestionType):
    kind = ItemKind.SET
    authoring_place = 6

    def grade(self, item: Item, answer: str, context: GradingContext) -> Grade:
        return grade_set(answer, item.keys)
