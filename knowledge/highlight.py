"""Highlighting: where on a page the words of a quote stand. Pure; knows characters and boxes, no formats.

A quote and the page it was read from differ in what setting adds: line breaks, hyphens, ligatures, spaces, accents set
apart. Only letters and digits are compared, folded; each remembers the character that it came from.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

FOUND = 0.5  # share of a quote's letters from which it counts as found
_SMALLEST = 6  # letters: a shorter agreement may be chance
_SMALLEST_CJK = 3
_FURTHEST = 100_000  # letters of a page that are searched
_LONGEST = 2_000  # letters of a quote that are searched

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Letters:
    """Folded letters of a text; `origin[i]` is the index of the character that letter i came from."""

    text: str
    origin: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page in shares of its width and height, from the top left corner."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Match:
    """The characters of a page that carry a quote, and how much of the quote they are, in [0, 1]."""

    spans: tuple[Span, ...]
    share: float


def letters(text: str) -> Letters:
    """Return what of a text is compared: case, accents, ligatures, spaces, hyphens and points do not count."""
    kept: list[str] = []
    origin: list[int] = []
    for index, character in enumerate(text):
        for part in unicodedata.normalize("NFKD", character).casefold():
            if part.isalnum():
                kept.append(part)
                origin.append(index)
    return Letters("".join(kept), tuple(origin))


def locate(page: Letters, quote: str) -> Match:
    """Return where the quote stands on the page; without a place when less than half of it does."""
    wanted = letters(quote).text[:_LONGEST]
    if not wanted:
        return Match((), 0.0)
    at = page.text.find(wanted)
    if at >= 0:
        return Match((_origin(page, at, at + len(wanted)),), 1.0)
    blocks = _agreements(wanted, page.text[:_FURTHEST])
    share = sum(end - start for start, end in blocks) / len(wanted)
    if share < FOUND:
        return Match((), share)
    return Match(tuple(_origin(page, start, end) for start, end in blocks), share)


def _agreements(wanted: str, text: str) -> list[Span]:
    """The stretches of the page that hold stretches of the quote in its order."""
    smallest = _SMALLEST_CJK if wanted[0] > "\u2e7f" else _SMALLEST
    blocks = SequenceMatcher(None, wanted, text, autojunk=False).get_matching_blocks()
    return [(block.b, block.b + block.size) for block in blocks if block.size >= smallest]


def _origin(page: Letters, start: int, end: int) -> Span:
    return page.origin[start], page.origin[end - 1] + 1


def lines(boxes: Sequence[Box]) -> tuple[Box, ...]:
    """Join the boxes of neighbouring characters into one a line."""
    joined: list[Box] = []
    for box in boxes:
        if joined and _same_line(joined[-1], box):
            last = joined[-1]
            joined[-1] = Box(
                min(last.left, box.left),
                min(last.top, box.top),
                max(last.right, box.right),
                max(last.bottom, box.bottom),
            )
        else:
            joined.append(box)
    return tuple(joined)


def _same_line(one: Box, other: Box) -> bool:
    """Whether a box goes on where another ends: at about the same height, not in another column."""
    height = min(one.bottom - one.top, other.bottom - other.top)
    overlap = min(one.bottom, other.bottom) - max(one.top, other.top)
    gap = max(other.left - one.right, one.left - other.right)
    return overlap > 0.5 * height and gap < 3 * max(height, 0.005)
