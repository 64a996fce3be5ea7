"""Generates items from passages by every question type; only items that their own quote solves are returned.

Deterministic for a seed.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

from knowledge.documents import Passage
from tutor.assessment.course_text import read_course_text
from tutor.assessment.item_checks import find_fault, solve_from_quote
from tutor.assessment.items import Item
from tutor.assessment.question_types.registry import question_types


def generate_items(passages: Sequence[Passage], *, seed: int = 0, limit: int | None = None) -> list[Item]:
    """Return checked items of mixed kinds, at most one a sentence and kind; fewer where the text has fewer."""
    text = read_course_text(passages)
    terms = [definition.term for definition in text.definitions]
    texts = {passage.id: passage.text for passage in passages}
    made = [
        [
            each.add_alternatives(item, text)
            for item in each.generate(text, random.Random(seed))
            if _is_sound(item, texts, terms)
        ]
        for each in question_types()
    ]
    mixed = [items[n] for n in range(max(map(len, made), default=0)) for items in made if n < len(items)]
    return mixed[:limit]


def _is_sound(item: Item, texts: Mapping[str, str], terms: Sequence[str]) -> bool:
    """Whether an item is solved by its own passage alone and gives nothing away."""
    assert item.source is not None
    quoted = " ".join(item.source.quote.split()) in " ".join(texts[item.source.passage_id].split())
    return quoted and not find_fault(item) and solve_from_quote(item, terms) == item.keys
