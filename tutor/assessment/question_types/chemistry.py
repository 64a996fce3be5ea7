"""Chemistry: a reaction or a formula. It is not graded automatically yet."""

from __future__ import annotations

from tutor.assessment.items import Grade, Item, ItemKind, unsure_grade
from tutor.assessment.question_types.base import GradingContext, QuestionType


class Chemistry(QuestionType):
    kind = ItemKind.CHEMISTRY

    def grade(self, item: Item, answer: str, context: GradingContext) -> Grade:
        return unsure_grade("not_gradable", kind=item.kind.value)
