"""Stemming: a word of running text as the stem under which it is indexed, by Snowball's algorithm for its language."""

from __future__ import annotations

import threading
from typing import Any

import Stemmer

from knowledge.languages import DEFAULT, data, detect_language

_stemmers = threading.local()  # a Snowball stemmer may not be shared between threads


def stem(word: str) -> str:
    """Return the stem of a lower-case word; the word itself where its language names no `text.STEMMER`."""
    code = DEFAULT if word.isascii() else detect_language(word, DEFAULT)
    stemmer = _stemmer(code)
    return str(stemmer.stemWord(word)) if stemmer is not None else word


def _stemmer(code: str) -> Any:
    known: dict[str, Any] = _stemmers.__dict__
    if code not in known:
        algorithm = data(code, "text", "STEMMER")
        known[code] = Stemmer.Stemmer(algorithm) if algorithm else None
    return known[code]
