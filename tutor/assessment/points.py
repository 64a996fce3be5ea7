"""The points of a model answer, and which of them an answer names: what feedback is written from.

A point is a phrase of the reference that says something the question did not; it is named when its content words are
found in the answer, as the same stem or as a near word by the embedder's vectors.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tutor.assessment.pairs import Reader, Text
from tutor.assessment.words import FUNCTION_WORDS

NEAR = 0.62
NAMED = 0.5
_BREAK = re.compile(
    r"\s*[,;:.()]\s*|\s+(?:and|or|but|while|because|so that|which|who|that|than|rather than|as well as|then)\s+",
    re.IGNORECASE,
)
_VERB_EDGE = re.compile(
    r"^(?:(?:is|are|was|were|be|can|will|may|has|have|it|they|one|to|a|an|the|by|of|in|for|at|on|with|as|both)\s+)+",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Point:
    """A phrase of the reference, verbatim, and how far the answer names it, in [0, 1]."""

    phrase: str
    named: float


def points(question: str, reference: str, answer: str, reader: Reader) -> tuple[Point, ...]:
    """Split the reference into points and weigh each against the answer."""
    asked, given = reader.read([question, answer])
    phrases = split(reference)
    weighed = [
        Point(text.words.text, _named(text, given, asked)) for text in reader.read(phrases) if _is_new(text, asked)
    ]
    return tuple(weighed) or tuple(Point(t.words.text, _named(t, given, asked)) for t in reader.read([reference]))


def missing(found: Sequence[Point]) -> tuple[str, ...]:
    return tuple(point.phrase for point in found if point.named < NAMED)


def named(found: Sequence[Point]) -> tuple[str, ...]:
    return tuple(point.phrase for point in found if point.named >= NAMED)


def split(reference: str) -> list[str]:
    """Phrases of a reference, function words trimmed off their beginning."""
    parts = [_VERB_EDGE.sub("", part).strip() for part in _BREAK.split(reference)]
    return [part for part in parts if any(w.lower() not in FUNCTION_WORDS for w in re.findall(r"\w+", part))]


def _is_new(point: Text, asked: Text) -> bool:
    return bool(point.words.content - asked.words.content)


def _named(point: Text, given: Text, asked: Text) -> float:
    """The share of the point's new words that the answer has, exactly or nearly."""
    new = [n for n, s in enumerate(point.words.stems) if s not in asked.words.content] or list(
        range(len(point.words.stems))
    )
    if not new:
        return 1.0
    near = (
        np.asarray(point.word_vectors[new] @ given.word_vectors.T).max(axis=1)
        if len(given.word_vectors)
        else np.zeros(len(new))
    )
    held = [point.words.stems[n] in given.words.content for n in new]
    return float(np.mean([1.0 if h else max(0.0, (v - NEAR) / (1 - NEAR)) for h, v in zip(held, near, strict=True)]))
