"""Hints at a question of a quiz, each giving more help than the one before, none of them the answer. Pure.

The first says where the course covers it; the question type words the others from the item.
"""

from __future__ import annotations

from tutor.assessment.items import Item
from tutor.assessment.question_types.base import LAST_HINT
from tutor.assessment.question_types.registry import question_type
from tutor.locales import t

MAX_HINTS = LAST_HINT


def quiz_hint(item: Item, number: int, location: str, language: str) -> str:
    """Return hint `number` (from 1); after the last one, that there are no more."""
    if number <= 1:
        return t(language, "quiz_hint_place", place=location) if location else t(language, "quiz_hint_reread")
    if number > MAX_HINTS:
        return t(language, "quiz_hint_last")
    return question_type(item.kind).hint(item, number, language)
