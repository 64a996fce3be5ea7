"""List: several elements in a given order."""

from __future__ import annotations

from tutor.assessment.choice_grading import grade_list
from tutor.assessment.items import Grade, Item, ItemKind
from tutor.assessment.question_types.base import GradingContext, QuestionType
from tutor.locales import t


class OrderedList(QuestionType):
    kind = ItemKind.LIST

    def grade(self, item: Item, answer: str, context: GradingContext) -> Grade:
        return grade_list(answer, item.keys)

    def hint(self, item: Item, number: int, language: str) -> str:
        return pair_hint(item, number, language)

    def qti_cardinality(self, item: Item) -> str:
        return "ordered"


def pair_hint(item: Item, number: int, language: str) -> str:
    """Give two neighbours in their order: the first pair, then the second where there is one."""
    at = number - 2 if number - 1 < len(item.keys) else 0
    return t(language, "quiz_hint_pair", first=item.keys[at], second=item.keys[at + 1])
