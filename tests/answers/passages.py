"""Hits with the passages of a small course, for tests of how it is read."""

from __future__ import annotations

from datetime import UTC, datetime

from knowledge.documents import Document, Hit, Locator, LocatorKind, Passage

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def make_hit(
    text: str,
    *,
    heading: tuple[str, ...] = (),
    document: str = "notes",
    ordinal: int = 0,
    key_terms: tuple[str, ...] = (),
) -> Hit:
    """Return a hit with this text as its passage."""
    place = Locator(LocatorKind.SECTION, ordinal + 1, "section")
    passage = Passage(
        f"{document}-{ordinal}", document, "course", ordinal, text, place, heading, 0, len(text), key_terms
    )
    title = document.capitalize()
    return Hit(passage, Document(document, "course", document, title, "", "text/plain", 1, 1, (), NOW), 0.9)
