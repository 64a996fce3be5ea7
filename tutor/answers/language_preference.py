"""Prefers passages in the language of the answer, where a course has its material in several languages. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from knowledge.documents import Hit
from knowledge.languages import detect_language

LOOKED_AT = 10  # hits among which one in the language of the answer is looked for
SURE_SCORE = 0.9  # of such a hit: the probability that it answers


def prefer_language(hits: Sequence[Hit], language: str, limit: int) -> tuple[Hit, ...]:
    """Return the first hits, at most `limit`.

    Where the best hit is in another language, those in `language` that surely answer come first, the surest before the
    others: a course that has the same text in two languages is read in the learner's.
    """
    if not hits or _is_in(hits[0], language):
        return tuple(hits[:limit])
    sure = [hit for hit in hits if hit.score >= SURE_SCORE and _is_in(hit, language)]
    first = sorted(sure, key=lambda hit: -hit.score)
    return (*first, *(hit for hit in hits if hit not in sure))[:limit]


def _is_in(hit: Hit, language: str) -> bool:
    return detect_language(hit.passage.text, language) == language
