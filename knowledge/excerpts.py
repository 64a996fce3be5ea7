"""Excerpts: the whole slide, cell, row or cue of a document that contains a quote. Pure.

A passage may join several small places; its offsets are into the document's text, so the place can be found again.
"""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.chunking import BLOCK_SEPARATOR
from knowledge.documents import Locator, ParsedDocument, Passage


@dataclass(frozen=True, slots=True)
class Excerpt:
    """One place of a document with all its texts, in order."""

    locator: Locator
    heading: tuple[str, ...]
    texts: tuple[str, ...]


def find_excerpt(parsed: ParsedDocument, passage: Passage, quote: str) -> Excerpt | None:
    """Return the place where the quote from this passage begins, None if the document no longer has it there."""
    wanted = passage.start + max(0, passage.text.find(quote))
    start = 0
    for block in parsed.blocks:
        end = start + len(block.text)
        if start <= wanted < end:
            if not block.text[wanted - start :].startswith(quote[: end - wanted]):
                return None
            texts = tuple(other.text for other in parsed.blocks if other.locator == block.locator)
            return Excerpt(block.locator, block.heading, texts)
        start = end + len(BLOCK_SEPARATOR)
    return None
