"""Code: a program or a part of one. It is not graded automatically yet."""

from __future__ import annotations

from tutor.assessment.items import Grade, Item, ItemKind, unsure_grade
from tutor.assessment.question_types.base import GradingContext, QuestionType


class Code(QuestionType):
    kind = ItemKind.CODE

    def grade(self, item: Item, answer: str, context: GradingContext) -> Grade:
        return unsure_grade("not_gradable", kind=item.kind.value)
