"""Is an item sound? It is solved from its quote alone, and inspected for options that give the key away.

The solver sees the prompt, the options and the quoted text, never the key.
"""

from __future__ import annotations

from collections.abc import Sequence

from tutor.assessment.items import Item, ItemFault
from tutor.assessment.question_types.registry import question_type


def solve_from_quote(item: Item, terms: Sequence[str]) -> tuple[str, ...]:
    """Answer an item from its quote; `terms` are those of the course. Empty where the quote does not decide it."""
    assert item.source is not None
    return question_type(item.kind).solve(item, item.source.quote, terms)


def find_fault(item: Item) -> ItemFault | None:
    """Return what is wrong with the form of an item, None where nothing is."""
    options = [option.strip().lower() for option in item.options]
    if len(set(options)) != len(options):
        return ItemFault.SAME_OPTIONS
    return question_type(item.kind).find_fault(item)
