"""Hints for questions with a number or a formula as their answer."""

from __future__ import annotations

from tutor.assessment.items import Item
from tutor.domain import HelpLevel
from tutor.locales import t
from tutor.pedagogy.exercise import parse_exercise
from tutor.pedagogy.hint_text import HintContext, blank_out, hint_for_rung
from tutor.pedagogy.ladder import Ladder, Rung


def maths_hint(item: Item, number: int, language: str) -> str:
    """Return hint 2 or 3: of the equation's hint ladder, otherwise from the sentence that the item was made from."""
    exercise = parse_exercise(item.prompt)
    if exercise.equation is not None:
        rung = Rung.QUESTION if number == 2 else Rung.STEP
        return hint_for_rung(exercise, Ladder(HelpLevel.MODERATE, rung), HintContext(), language)
    if item.source is None or number == 2:
        return t(language, "quiz_hint_around")
    return t(language, "quiz_hint_sentence", quote=blank_out(item.source.quote, item.keys))
