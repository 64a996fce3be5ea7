"""Grading one answer: each kind of item goes to the one grader that understands it, and fails closed.

What nobody here can judge is UNSURE with the reason, for the instructor. Nothing is right because something failed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tutor.assessment import choice_grading, maths_grading
from tutor.assessment.items import Grade, GradedExample, Item, ItemKind, unsure_grade
from tutor.assessment.short_text import ShortTextGrader
from tutor.errors import InputRefused
from tutor.maths.numbers import read_numbers

MAX_CHARS = 4_000
BLANK = "_____"
_ZERO_WIDTH_CHARS = re.compile("[\u200b-\u200d\u2060\ufeff]")  # come along when a question is copied from a page
_GIVES_UP = re.compile(
    r"\W*(?:i )?(?:do not|don'?t|dont) (?:know|understand|remember)\W*(?:it|this|the answer)?\W*|"
    r"\W*(?:idk|dunno|no idea|\?+|-+|不知道)\W*",
    re.IGNORECASE,
)


class NotAnAnswer(InputRefused):
    """Empty, or "I don't know": nothing to grade, and nothing is scored."""


def has_answer_form(item: Item, answer: str) -> bool:
    """Whether an answer has the form that is asked for; one that has not is no answer, and nobody need decide it."""
    match item.kind:
        case ItemKind.CHOICE:
            return bool(choice_grading.match_options(answer, item.options))
        case ItemKind.TRUE_FALSE:
            return choice_grading.parse_true_false(answer) is not None
        case ItemKind.ORDERING:
            return choice_grading.parse_order(answer, item.options, item.keys) is not None
        case ItemKind.NUMBER:
            return bool(read_numbers(answer)) or maths_grading.parse_quantity(answer) is not None
    return True


def _extract_gap_text(prompt: str, answer: str) -> str:
    """What stands in the gap when an answer is the whole sentence with its gap filled; else the answer."""
    before, gap, after = " ".join(prompt.split()).lower().partition(BLANK)
    sentence = " ".join(answer.split())
    starts = [before, re.sub(r"^[^:：]{2,20}[:：]\s*", "", before)]
    for start in starts if gap and before.strip(" ,.") + after.strip(" ,.。") else ():
        end = after.rstrip(".。 ")
        plain = sentence.rstrip(".。 ")
        if len(start + end) > 20 and plain.lower().startswith(start) and plain.lower().endswith(end):
            return plain[len(start) : len(plain) - len(end)].strip() or answer
    return answer


@dataclass(frozen=True, slots=True)
class Grader:
    """Grades answers; without a short-text grader, free text that is not the key's own words is unsure."""

    short_text: ShortTextGrader | None = None

    def grade(self, item: Item, answer: str, examples: Sequence[GradedExample] = ()) -> Grade:
        """Grade `answer`; `graded` are answers to the same item that a person has judged. Raises NotAnAnswer."""
        text = _ZERO_WIDTH_CHARS.sub("", answer).strip()
        if not text or _GIVES_UP.fullmatch(text):
            raise NotAnAnswer("there is no answer to grade; answer, ask for a hint, or skip the question")
        if len(text) > MAX_CHARS:
            return unsure_grade(f"the answer has {len(text)} characters, at most {MAX_CHARS} are graded")
        return self._dispatch(item, text, examples)

    def _dispatch(self, item: Item, text: str, examples: Sequence[GradedExample]) -> Grade:
        match item.kind:
            case ItemKind.CHOICE:
                return choice_grading.grade_choice(text, item.options, item.keys)
            case ItemKind.TRUE_FALSE:
                return choice_grading.grade_true_false(text, item.keys[0])
            case ItemKind.NUMBER:
                return maths_grading.grade_number(text, item.keys, item.tolerance)
            case ItemKind.FORMULA:
                return maths_grading.grade_formula(text, item.keys)
            case ItemKind.SET:
                return choice_grading.grade_set(text, item.keys)
            case ItemKind.LIST:
                return choice_grading.grade_list(text, item.keys)
            case ItemKind.ORDERING:
                return choice_grading.grade_ordering(text, item.options, item.keys)
            case ItemKind.CLOZE:
                return choice_grading.grade_cloze(_extract_gap_text(item.prompt, text), item.keys)
            case ItemKind.SHORT_TEXT:
                return self._grade_short_text(item, text, examples)
        return unsure_grade(f"{item.kind.value} answers cannot be graded here; the instructor will")

    def _grade_short_text(self, item: Item, text: str, examples: Sequence[GradedExample]) -> Grade:
        if self.short_text is not None:
            return self.short_text.grade(item.prompt, item.keys, text, examples)
        verbatim = choice_grading.grade_cloze(text, item.keys)
        return (
            verbatim
            if verbatim.confidence == 1.0 and verbatim.outcome == "right"
            else unsure_grade("no model for free text is loaded; the instructor will grade this")
        )
