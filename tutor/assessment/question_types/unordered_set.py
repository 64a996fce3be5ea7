"""Set: several elements in any order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tutor.assessment.choice_grading import grade_set
from tutor.assessment.gift_syntax import GiftQuestion, make_gift_item
from tutor.assessment.items import Grade, Item, ItemKind
from tutor.assessment.question_types.base import GradingContext, QuestionType


class UnorderedSet(QuestionType):
    kind = ItemKind.SET
    authoring_place = 6

    def grade(self, item: Item, answer: str, context: GradingContext) -> Grade:
        return grade_set(answer, item.keys)

    def from_gift(self, question: GiftQuestion) -> Item | None:
        """Read "choose all that apply": the options are listed in the prompt, and all right ones make the answer."""
        if not question.takes_several:
            return None
        keys = tuple(answer.text for answer in question.answers if answer.credit > 0)
        options = tuple(answer.text for answer in question.answers)
        return make_gift_item(replace(question, prompt=with_options(question.prompt, options)), self.kind, keys)


def with_options(prompt: str, options: Sequence[str]) -> str:
    """Return a prompt that lists what can be chosen."""
    return f"{prompt} ({' | '.join(options)})"
