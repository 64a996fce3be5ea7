"""Is a quiz item sound? It is solved from its quote alone, and inspected for options that give the key away.

The solver sees the prompt, the options and the quoted text, never the key.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum

from tutor.assessment.items import Item, ItemKind
from tutor.assessment.term_extraction import Sentence, contains_term, extract_definitions, is_same_term

_BLANK = "_____"


class ItemFault(StrEnum):
    """What can be wrong with the form of an item, in words."""

    SAME_OPTIONS = "two options are the same"
    GAP_IN_PROMPT = "the gap's term stands elsewhere in the prompt"
    GAP_FORM_IN_PROMPT = "a form of the gap's term stands in the prompt"
    FEW_OPTIONS = "fewer than three options"
    OPTION_IN_OPTION = "one option holds another"
    OPTION_IN_PROMPT = "an option stands in the prompt"
    KEY_WORD_IN_PROMPT = "the prompt holds a word of the key"
    KEY_LONGEST = "the key is much longer than the rest"


def solve_from_quote(item: Item, terms: Sequence[str]) -> tuple[str, ...]:
    """Answer an item from its quote; `terms` are those of the course. Empty when the quote does not decide it."""
    assert item.source is not None
    quote = item.source.quote
    match item.kind:
        case ItemKind.CHOICE:
            held = [option for option in item.options if contains_term(quote, option)]
            return tuple(held) if len(held) == 1 else ()
        case ItemKind.TRUE_FALSE:
            return _solve_true_false(item.prompt, quote)
        case ItemKind.CLOZE | ItemKind.NUMBER:
            return _solve_gap(item.prompt, quote, terms)
        case ItemKind.SHORT_TEXT:
            read = extract_definitions([Sentence("", quote)])
            return (quote,) if len(read) == 1 and contains_term(item.prompt, read[0].term) else ()
        case ItemKind.ORDERING:
            plain = " ".join(quote.split())
            places = {option: plain.find(option) for option in item.options}
            return tuple(sorted(item.options, key=places.__getitem__)) if min(places.values()) >= 0 else ()
    return ()


def _solve_true_false(prompt: str, quote: str) -> tuple[str, ...]:
    """Read the definition off the quote again and compare its term with the one asked about."""
    said = re.search(r'describes the term "([^"]+)"|描述的是“([^”]+)”', prompt)
    read = extract_definitions([Sentence("", quote)])
    if said is None or len(read) != 1:
        return ()
    return ("true",) if read[0].term.lower() == (said[1] or said[2]).lower() else ("false",)


def _solve_gap(prompt: str, quote: str, terms: Sequence[str]) -> tuple[str, ...]:
    """The text that stands in the quote between what stands before and after the gap."""
    lead = "：" if "：" in prompt.partition(_BLANK)[0][:8] else ": "
    before, _, after = prompt.partition(lead)[2].partition(_BLANK)
    start, end = quote.find(before), len(quote) - len(after)
    if not before + after or start != 0 or not quote.endswith(after) or end <= len(before):
        return ()
    filling = quote[len(before) : end]
    return next(((term,) for term in terms if term.lower() == filling.lower()), (filling,))


def find_fault(item: Item) -> ItemFault | None:
    """Say what is wrong with the form of an item, None when nothing is."""
    options = [option.strip().lower() for option in item.options]
    if len(set(options)) != len(options):
        return ItemFault.SAME_OPTIONS
    if item.kind is ItemKind.CHOICE:
        return _find_choice_fault(item, options)
    if item.kind is ItemKind.CLOZE and contains_term(item.prompt, item.keys[0]):
        return ItemFault.GAP_IN_PROMPT
    if item.kind is ItemKind.CLOZE and any(
        is_same_term(item.keys[0], word) for word in re.findall(r"[\w-]{4,}", item.prompt)
    ):
        return ItemFault.GAP_FORM_IN_PROMPT
    return None


def _find_choice_fault(item: Item, options: Sequence[str]) -> ItemFault | None:
    key = item.keys[0]
    if len(options) < 3:
        return ItemFault.FEW_OPTIONS
    if any(is_same_term(a, b) for n, a in enumerate(options) for b in options[n + 1 :]):
        return ItemFault.OPTION_IN_OPTION
    if any(contains_term(item.prompt, option) for option in item.options):
        return ItemFault.OPTION_IN_PROMPT
    words = re.findall(r"[a-z]{4,}", key.lower())
    if any(word in item.prompt.lower() for word in words):
        return ItemFault.KEY_WORD_IN_PROMPT
    longest = sorted((len(option) for option in options), reverse=True)
    if len(key) == longest[0] > 2.5 * longest[1]:
        return ItemFault.KEY_LONGEST
    return None
