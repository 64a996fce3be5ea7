"""Formula: the answer is an expression or an equation, right however it is written."""

from __future__ import annotations

from tutor.assessment.formula_grading import grade_formula
from tutor.assessment.items import Grade, Item, ItemKind
from tutor.assessment.question_types.base import GradingContext, QuestionType
from tutor.assessment.question_types.maths_hints import maths_hint


class Formula(QuestionType):
    kind = ItemKind.FORMULA
    authoring_place = 7
    keys_are_alternatives = True
    may_be_message = True

    def grade(self, item: Item, answer: str, context: GradingContext) -> Grade:
        return grade_formula(answer, item.keys)

    def hint(self, item: Item, number: int, language: str) -> str:
        return maths_hint(item, number, language)
