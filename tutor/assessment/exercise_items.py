"""Items from the exercises of a course that can be solved exactly: linear equations, as questions for a number."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from knowledge.documents import Passage
from knowledge.languages import each
from tutor.assessment.item_prompts import item_prompt
from tutor.assessment.items import Item, ItemKind, ItemSource
from tutor.maths.linear_equation import format_fraction
from tutor.pedagogy.exercise import parse_exercise

_EXERCISES = tuple(re.compile(pattern) for pattern in each("items", "EQUATION_EXERCISE").values())


def exercise_items(passage: Passage) -> Iterator[Item]:
    """Yield an item for every exercise of a passage whose equation can be solved."""
    for match in (found for pattern in _EXERCISES for found in pattern.finditer(passage.text)):
        quote = " ".join(match["text"].split())
        equation = parse_exercise(quote).equation
        if equation is None:
            continue
        prompt = item_prompt("equation", quote, equation=equation.text, unknown=equation.unknown)
        identity = f"equation\x1f{prompt}\x1f{passage.id}"
        yield Item(
            hashlib.sha256(identity.encode()).hexdigest()[:16],
            ItemKind.NUMBER,
            prompt,
            (format_fraction(equation.solution),),
            source=ItemSource(passage.id, quote),
            difficulty=min(0.9, 0.3 + 0.15 * len(equation.steps)),
        )
