"""Sentences: where they begin and end in a text of any script we read.

Rules, no model: an end mark, what may follow it, and the abbreviations that are no end. Spans are code points.
"""

from __future__ import annotations

import re

Span = tuple[int, int]

_END = re.compile(
    r"[.!?]+[\"'”’)\]]*(?=\s)"  # Latin end marks need a space behind them: 3.14, e.g.
    r"|[。！？!?；]+[”’」』）)]*"  # CJK end marks do not
    r"|\n\s*\n"
    r"|\n(?=\s*(?:[-*•]|\d+[.)])\s)"  # list items
)
_ABBREVIATION = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|St|Sr|Jr|vs|etc|Fig|Eq|Sec|Ch|No|Vol|pp|cf|ca|approx|resp|Inc|Ltd|Co|al|i\.e|e\.g|U\.S|a\.m|p\.m)"
    r"|\b[A-Z])\.$"
)


def split_sentences(text: str) -> list[Span]:
    """Return the spans of the sentences of `text`, in order, without the white space around them."""
    spans: list[Span] = []
    start = 0
    for mark in _END.finditer(text):
        if not _is_end(text, start, mark):
            continue
        _append_trimmed(spans, text, start, mark.end())
        start = mark.end()
    _append_trimmed(spans, text, start, len(text))
    return spans


def _is_end(text: str, start: int, mark: re.Match[str]) -> bool:
    if mark.group()[0] != ".":
        return True
    if _ABBREVIATION.search(text, max(start, mark.start() - 8), mark.start() + 1):
        return False
    following = text[mark.end() :].lstrip()[:1]
    return not following.islower()


def _append_trimmed(spans: list[Span], text: str, start: int, end: int) -> None:
    piece = text[start:end]
    left = start + len(piece) - len(piece.lstrip())
    right = end - (len(piece) - len(piece.rstrip()))
    if left < right:
        spans.append((left, right))
