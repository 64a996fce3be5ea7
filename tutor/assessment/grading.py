"""Grading one answer: each kind of item goes to the one grader that understands it, and fails closed.

What nobody here can judge is UNSURE with the reason, for the instructor. Nothing is right because something failed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tutor.assessment import choice_grading, maths_grading
from tutor.assessment.items import Grade, Graded, Item, Kind, unsure
from tutor.assessment.short_text import ShortTextGrader
from tutor.errors import InputRefused
from tutor.maths.numbers import read_numbers

MAX_CHARS = 4_000
GAP = "_____"
_UNSEEN = re.compile("[\u200b-\u200d\u2060\ufeff]")  # come along when a question is copied from a page
_GIVES_UP = re.compile(
    r"\W*(?:i )?(?:do not|don'?t|dont) (?:know|understand|remember)\W*(?:it|this|the answer)?\W*|"
    r"\W*(?:idk|dunno|no idea|\?+|-+|不知道)\W*",
    re.IGNORECASE,
)


class NotAnAnswer(InputRefused):
    """Empty, or "I don't know": nothing to grade, and nothing is scored."""


def readable(item: Item, answer: str) -> bool:
    """Whether an answer has the form that is asked for; one that has not is no answer, and nobody need decide it."""
    match item.kind:
        case Kind.CHOICE:
            return bool(choice_grading.pick(answer, item.options))
        case Kind.TRUE_FALSE:
            return choice_grading.truth(answer) is not None
        case Kind.ORDERING:
            return choice_grading.order(answer, item.options, item.keys) is not None
        case Kind.NUMBER:
            return bool(read_numbers(answer)) or maths_grading.read_quantity(answer) is not None
    return True


def _filling(prompt: str, answer: str) -> str:
    """What stands in the gap when an answer is the whole sentence with its gap filled; else the answer."""
    before, gap, after = " ".join(prompt.split()).lower().partition(GAP)
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

    def grade(self, item: Item, answer: str, graded: Sequence[Graded] = ()) -> Grade:
        """Grade `answer`; `graded` are answers to the same item that a person has judged. Raises NotAnAnswer."""
        text = _UNSEEN.sub("", answer).strip()
        if not text or _GIVES_UP.fullmatch(text):
            raise NotAnAnswer("there is no answer to grade; answer, ask for a hint, or skip the question")
        if len(text) > MAX_CHARS:
            return unsure(f"the answer has {len(text)} characters, at most {MAX_CHARS} are graded")
        return self._dispatch(item, text, graded)

    def _dispatch(self, item: Item, text: str, graded: Sequence[Graded]) -> Grade:
        match item.kind:
            case Kind.CHOICE:
                return choice_grading.grade_choice(text, item.options, item.keys)
            case Kind.TRUE_FALSE:
                return choice_grading.grade_truth(text, item.keys[0])
            case Kind.NUMBER:
                return maths_grading.grade_number(text, item.keys, item.tolerance)
            case Kind.FORMULA:
                return maths_grading.grade_formula(text, item.keys)
            case Kind.SET:
                return choice_grading.grade_set(text, item.keys)
            case Kind.LIST:
                return choice_grading.grade_list(text, item.keys)
            case Kind.ORDERING:
                return choice_grading.grade_ordering(text, item.options, item.keys)
            case Kind.CLOZE:
                return choice_grading.grade_cloze(_filling(item.prompt, text), item.keys)
            case Kind.SHORT_TEXT:
                return self._short_text(item, text, graded)
        return unsure(f"{item.kind.value} answers cannot be graded here; the instructor will")

    def _short_text(self, item: Item, text: str, graded: Sequence[Graded]) -> Grade:
        if self.short_text is not None:
            return self.short_text.grade(item.prompt, item.keys, text, graded)
        verbatim = choice_grading.grade_cloze(text, item.keys)
        return (
            verbatim
            if verbatim.confidence == 1.0 and verbatim.outcome == "right"
            else unsure("no model for free text is loaded; the instructor will grade this")
        )
