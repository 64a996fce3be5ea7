"""Grades one answer: its question type decides, and fails closed.

What cannot be decided is UNSURE with the reason, for the instructor. Nothing is right because something failed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.languages import either
from tutor.assessment.items import Grade, GradedExample, Item, unsure_grade
from tutor.assessment.question_types.base import FreeTextGrader, GradingContext
from tutor.assessment.question_types.registry import question_type
from tutor.errors import InputRefused

MAX_CHARS = 4_000
_ZERO_WIDTH_CHARS = re.compile("[\u200b-\u200d\u2060\ufeff]")  # they come along when text is copied from a page
_GIVES_UP = re.compile(rf"\W*(?:{either('answers', 'GIVING_UP')}|\?+|-+)\W*", re.IGNORECASE)


class NotAnAnswer(InputRefused):
    """Empty, or "I don't know": nothing is graded and nothing is scored."""


def has_answer_form(item: Item, answer: str) -> bool:
    """Whether an answer has the form that is asked for; nobody needs to grade one that does not."""
    return question_type(item.kind).has_answer_form(item, answer)


@dataclass(frozen=True, slots=True)
class Grader:
    """Grades answers; without a grader of free text, free text that is not the key's own words is unsure."""

    short_text: FreeTextGrader | None = None

    def grade(self, item: Item, answer: str, examples: Sequence[GradedExample] = ()) -> Grade:
        """Grade an answer; `examples` are answers to the same item that persons have graded. Raises NotAnAnswer."""
        text = _ZERO_WIDTH_CHARS.sub("", answer).strip()
        if not text or _GIVES_UP.fullmatch(text):
            raise NotAnAnswer("there is no answer to grade; answer, ask for a hint, or skip the question")
        if len(text) > MAX_CHARS:
            return unsure_grade("too_long", count=len(text), most=MAX_CHARS)
        return question_type(item.kind).grade(item, text, GradingContext(self.short_text, examples))
