"""Number: the answer is a value, with its unit where it has one."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence

from knowledge.languages import either
from tutor.assessment.course_text import CourseText
from tutor.assessment.gift_numbers import format_gift_number, parse_gift_numbers
from tutor.assessment.gift_syntax import GiftQuestion, make_gift_item
from tutor.assessment.item_prompts import item_prompt
from tutor.assessment.items import Grade, Item, ItemKind
from tutor.assessment.number_grading import grade_number, key_example
from tutor.assessment.quantities import parse_quantity
from tutor.assessment.question_types.base import GradingContext, QuestionType
from tutor.assessment.question_types.gaps import solve_gap
from tutor.assessment.question_types.maths_hints import maths_hint
from tutor.domain import BLANK
from tutor.maths.numbers import read_numbers

_NUMBER = re.compile(
    r"(?<![\w.,-])\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\w-])|(?<![\w.,-])\d+(?:\.\d+)?(?![\w.,-]*\d|[\w'’-])"
)
_NUMBERED_THING = re.compile(rf"(?:{either('items', 'NUMBERED_THINGS')})\s*$", re.IGNORECASE)


class NumberQuestion(QuestionType):
    kind = ItemKind.NUMBER
    instruction = "quiz_answer_number"
    authoring_place = 2
    difficulty = 0.7
    keys_are_alternatives = True
    may_be_message = True

    def grade(self, item: Item, answer: str, context: GradingContext) -> Grade:
        return grade_number(answer, item.keys, item.tolerance, item.prompt)

    def has_answer_form(self, item: Item, answer: str) -> bool:
        return bool(read_numbers(answer)) or parse_quantity(answer) is not None

    def own_answer(self, item: Item) -> str:
        """Return a number that the key accepts; the key itself may be a range."""
        return key_example(item.keys[0])

    def generate(self, text: CourseText, rng: random.Random) -> Iterator[Item]:
        """Leave out the number of a sentence that has exactly one."""
        for sentence in text.sentences:
            numbers = list(_NUMBER.finditer(sentence.text))
            if len(numbers) != 1 or "$" in sentence.text:
                continue
            before, after = sentence.text[: numbers[0].start()], sentence.text[numbers[0].end() :]
            if not _NUMBERED_THING.search(before):
                gapped = f"{before}{BLANK}{after}"
                yield self.make_item(item_prompt("number", gapped, body=gapped), (numbers[0].group(),), sentence)

    def solve(self, item: Item, quote: str, terms: Sequence[str]) -> tuple[str, ...]:
        return solve_gap("number", item.prompt, quote, terms)

    def hint(self, item: Item, number: int, language: str) -> str:
        return maths_hint(item, number, language)

    def to_gift(self, item: Item) -> str:
        """Return the values with their margins; GIFT's margins are absolute, an item's tolerance is relative."""
        answers = [format_gift_number(key, item) for key in item.keys]
        return "#" + (answers[0] if len(answers) == 1 else " ".join(f"={answer}" for answer in answers))

    def from_gift(self, question: GiftQuestion) -> Item | None:
        if not question.is_numerical:
            return None
        keys, tolerance = parse_gift_numbers(question)
        return make_gift_item(question, self.kind, keys, tolerance=tolerance)
