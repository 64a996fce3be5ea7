"""Highlighting: where the words of a quote are on a page. Pure; works on characters and boxes.

A quote and its page differ in what typesetting adds: line breaks, hyphens, ligatures, spaces, separate accents. So only
letters and digits are compared, in a normal form, each with the index of the character that it came from.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from knowledge.languages.scripts import has_cjk
from knowledge.languages.sentences import Span

MIN_MATCH_SHARE = 0.5  # share of a quote's letters that must be on the page
_MIN_MATCH = 6  # letters: a shorter match may be chance
_MIN_MATCH_CJK = 3
_MAX_PAGE_LETTERS = 100_000
_MAX_QUOTE_LETTERS = 2_000


@dataclass(frozen=True, slots=True)
class FoldedText:
    """The letters of a text in normal form; letter i comes from the character `source_offsets[i]`."""

    text: str
    source_offsets: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page, in shares of its width and height from the top left corner."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class QuoteMatch:
    """The characters of a page that match a quote, and the share of the quote that they are, in [0, 1]."""

    spans: tuple[Span, ...]
    share: float


def fold_text(text: str) -> FoldedText:
    """Return the letters to compare; case, accents, ligatures, spaces and punctuation do not count."""
    letters: list[str] = []
    offsets: list[int] = []
    for index, character in enumerate(text):
        for part in unicodedata.normalize("NFKD", character).casefold():
            if part.isalnum():
                letters.append(part)
                offsets.append(index)
    return FoldedText("".join(letters), tuple(offsets))


def find_quote(page: FoldedText, quote: str) -> QuoteMatch:
    """Return where the quote is on the page; no spans if less than MIN_MATCH_SHARE of it is found."""
    wanted = fold_text(quote).text[:_MAX_QUOTE_LETTERS]
    if not wanted:
        return QuoteMatch((), 0.0)
    at = page.text.find(wanted)
    if at >= 0:
        return QuoteMatch((_source_span(page, at, at + len(wanted)),), 1.0)
    blocks = _matching_spans(wanted, page.text[:_MAX_PAGE_LETTERS])
    share = sum(end - start for start, end in blocks) / len(wanted)
    if share < MIN_MATCH_SHARE:
        return QuoteMatch((), share)
    return QuoteMatch(tuple(_source_span(page, start, end) for start, end in blocks), share)


def _matching_spans(wanted: str, text: str) -> list[Span]:
    """Return the stretches of the page that match stretches of the quote, in its order."""
    smallest = _MIN_MATCH_CJK if has_cjk(wanted[0]) else _MIN_MATCH
    blocks = SequenceMatcher(None, wanted, text, autojunk=False).get_matching_blocks()
    return [(block.b, block.b + block.size) for block in blocks if block.size >= smallest]


def _source_span(page: FoldedText, start: int, end: int) -> Span:
    return page.source_offsets[start], page.source_offsets[end - 1] + 1


def merge_boxes_by_line(boxes: Sequence[Box]) -> tuple[Box, ...]:
    """Join the boxes of neighbouring characters into one for each line."""
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
    """Whether a box continues another: at about the same height and not in another column."""
    height = min(one.bottom - one.top, other.bottom - other.top)
    overlap = min(one.bottom, other.bottom) - max(one.top, other.top)
    gap = max(other.left - one.right, one.left - other.right)
    return overlap > 0.5 * height and gap < 3 * max(height, 0.005)
