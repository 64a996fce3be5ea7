"""Reads what fills a gap off the sentence that it was cut from."""

from __future__ import annotations

from collections.abc import Sequence

from tutor.assessment.item_prompts import parse_item_prompt
from tutor.domain import BLANK


def solve_gap(prompt_name: str, prompt: str, quote: str, terms: Sequence[str]) -> tuple[str, ...]:
    """Return the text of `quote` at the prompt's gap, as the course's term where it is one; empty where none fits."""
    asked = parse_item_prompt(prompt_name, prompt)
    before, _, after = asked["body"].partition(BLANK) if asked else ("", "", "")
    end = len(quote) - len(after)
    if not before + after or not quote.startswith(before) or not quote.endswith(after) or end <= len(before):
        return ()
    filling = quote[len(before) : end]
    return next(((term,) for term in terms if term.lower() == filling.lower()), (filling,))
