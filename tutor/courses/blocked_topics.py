"""Whether a text is about a topic that a course does not talk about: by its words, in any form and any language."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from knowledge.lexical import tokenize


def find_blocked_topic(text: str, topics: Iterable[str]) -> str | None:
    """Return the first topic whose words stand in `text` next to each other; word endings do not matter."""
    words = _words(text)
    return next((topic for topic in topics if (sought := _words(topic)) and sought in words), None)


def can_be_found(topic: str) -> bool:
    """Whether a topic has words at all: "the" or "?" has none."""
    return bool(_words(topic))


def _words(text: str) -> str:
    """Return the words as an index has them, each between spaces, without characters that only disguise them."""
    plain = unicodedata.normalize("NFKC", text)
    words = tokenize("".join(letter for letter in plain if unicodedata.category(letter) != "Cf"))
    return f" {' '.join(words)} " if words else ""
