"""Number: the answer is a value, with its unit where it has one."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence

from knowledge.languages import either
from tutor.assessment.course_text import CourseText
from tutor.assessment.gift_syntax import GiftQuestion, NotGift, escape, make_gift_item, unescape
from tutor.assessment.item_prompts import item_prompt
from tutor.assessment.items import Grade, Item, ItemKind
from tutor.assessment.maths_grading import grade_number, parse_quantity
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
        return grade_number(answer, item.keys, item.tolerance)

    def has_answer_form(self, item: Item, answer: str) -> bool:
        return bool(read_numbers(answer)) or parse_quantity(answer) is not None

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
        """Return the value with its margin; GIFT's margins are absolute, an item's tolerance is relative."""
        margin = "" if item.tolerance is None else f":{item.tolerance * abs(float(item.keys[0])):g}"
        return f"#{escape(item.keys[0])}{margin}"

    def from_gift(self, question: GiftQuestion) -> Item | None:
        if not question.is_numerical:
            return None
        body = question.body[1:].strip().removeprefix("=")
        value, _, margin = (part.strip() for part in unescape(body).partition(":"))
        try:
            size = abs(float(value))
            tolerance = float(margin) / size if margin and size else None
        except ValueError as error:
            raise NotGift(
                f"question {question.number}: {body[:40]!r} is not a number",
                key="gift_no_number",
                text=body[:40],
                prompt=question.prompt[:60],
            ) from error
        return make_gift_item(question, self.kind, (value,), tolerance=tolerance)
