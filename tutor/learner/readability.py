"""Readability: how hard is a passage to read, so that simpler ones can come first?

English by sentence length and long words (Björnsson's LIX), Chinese by the length of its clauses; both as a grade in
[0, 1], where 0 reads easily. It orders passages of one course; it says nothing about a reader.
"""

from __future__ import annotations

import re

_SENTENCES = re.compile(r"[^.!?;:。！？；\n]+")
_WORDS = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_HAN = re.compile(r"[\u3400-\u9fff]")
_CLAUSES = re.compile(r"[^，。！？；：、\n,.!?;:]+")
LONG_WORD_LETTERS = 7  # letters
EASY_LIX, HARD_LIX = 20.0, 70.0  # LIX of a children's book and of a scientific paper
EASY_CLAUSE_CHARS, HARD_CLAUSE_CHARS = 6.0, 24.0  # Han characters


def reading_difficulty(text: str) -> float:
    """Return how hard the text is to read, in [0, 1]; 0.5 for a text without words."""
    if len(_HAN.findall(text)) > len(_WORDS.findall(text)) / 2:
        return _chinese_difficulty(text)
    words = _WORDS.findall(text)
    if not words:
        return 0.5
    sentences = [s for s in _SENTENCES.findall(text) if _WORDS.search(s)]
    lix = len(words) / max(len(sentences), 1) + 100 * sum(len(word) >= LONG_WORD_LETTERS for word in words) / len(words)
    return _scale_to_unit(lix, EASY_LIX, HARD_LIX)


def _chinese_difficulty(text: str) -> float:
    lengths = [len(_HAN.findall(clause)) for clause in _CLAUSES.findall(text)]
    lengths = [length for length in lengths if length]
    return _scale_to_unit(sum(lengths) / len(lengths), EASY_CLAUSE_CHARS, HARD_CLAUSE_CHARS)


def _scale_to_unit(value: float, low: float, high: float) -> float:
    return min(max((value - low) / (high - low), 0.0), 1.0)
