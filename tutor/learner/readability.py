"""How hard a passage is to read, so that simpler ones can come first.

Languages with spaces are measured by sentence length and long words (Björnsson's LIX), languages without spaces by the
length of their clauses. Both measures give a grade in [0, 1]; 0 reads easily. The grade orders passages of one course
and says nothing about a reader.
"""

from __future__ import annotations

import re

from knowledge.languages import characters, each, language

_SENTENCES = re.compile(rf"[^{characters('readability', 'SENTENCE_ENDS')}\n]+")
_CLAUSES = re.compile(rf"[^{characters('readability', 'CLAUSE_ENDS')}\n]+")
_WORDS = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
LONG_WORD_LETTERS = 7
EASY_LIX, HARD_LIX = 20.0, 70.0  # LIX of a children's book and of a scientific paper


def reading_difficulty(text: str) -> float:
    """Return how hard the text is to read, in [0, 1]; 0.5 for a text without words."""
    words = _WORDS.findall(text)
    for code, scale in each("readability", "EASY_AND_HARD_CLAUSE", spaced=False).items():
        letter = re.compile(f"[{language(code).script}]")
        if len(letter.findall(text)) > len(words) / 2:
            return _scale_to_unit(_mean_clause_length(text, letter), *scale)
    if not words:
        return 0.5
    sentences = [s for s in _SENTENCES.findall(text) if _WORDS.search(s)]
    lix = len(words) / max(len(sentences), 1) + 100 * sum(len(word) >= LONG_WORD_LETTERS for word in words) / len(words)
    return _scale_to_unit(lix, EASY_LIX, HARD_LIX)


def _mean_clause_length(text: str, letter: re.Pattern[str]) -> float:
    lengths = [len(letter.findall(clause)) for clause in _CLAUSES.findall(text)]
    lengths = [length for length in lengths if length]
    return sum(lengths) / len(lengths)


def _scale_to_unit(value: float, low: float, high: float) -> float:
    return min(max((value - low) / (high - low), 0.0), 1.0)
