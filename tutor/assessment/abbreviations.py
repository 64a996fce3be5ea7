"""Abbreviations that a text prints beside a term: "adenosine triphosphate (ATP)"."""

from __future__ import annotations

import re
from collections.abc import Iterator

_SHORT_FORM = r"[A-Z][A-Za-z0-9]{1,9}"
_OPENING, _CLOSING = "[(\uff08]", "[)\uff09]"
_MIN_CAPITALS = 2


def printed_abbreviations(term: str, text: str) -> tuple[str, ...]:
    """Return the abbreviations of a term that stand beside it in brackets, or before it with the term in brackets."""
    name = re.escape(term)
    behind = rf"(?<!\w){name}s?\s?{_OPENING}\s?({_SHORT_FORM})\s?{_CLOSING}"
    before = rf"\b({_SHORT_FORM})\s?{_OPENING}\s?{name}s?\s?{_CLOSING}"
    found = (*_matches(behind, text), *_matches(before, text))
    return tuple(dict.fromkeys(short for short in found if _abbreviates(short, term)))


def _matches(pattern: str, text: str) -> Iterator[str]:
    for match in re.finditer(pattern, text, re.IGNORECASE):
        yield match[1]


def _abbreviates(short: str, term: str) -> bool:
    """Whether the letters of a short form occur in a term in their order; a foreign short form has capitals only."""
    if sum(char.isupper() for char in short) < _MIN_CAPITALS or short.lower() == term.lower():
        return False
    if not term.isascii():
        return short.isupper()
    rest = iter(term.lower())
    return short[0].lower() == term[0].lower() and all(char in rest for char in short.lower() if char.isalpha())
