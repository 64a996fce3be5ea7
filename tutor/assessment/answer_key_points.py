"""The points of a model answer, and which of them an answer names: what feedback is written from.

A point is a phrase of the reference that says something the question did not; it is named when its content words are
found in the answer, as the same stem or as a near word by the embedder's vectors.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tutor.assessment.answer_features import Reader, Text
from tutor.assessment.word_diff import FUNCTION_WORDS, Words, stem

NEAR = 0.62
NAMED = 0.5
_BREAK = re.compile(
    r"\s+[.]\s+|[.]\s*$|\s*[;:]\s+|\s*,\s*(?:and\s+|or\s+)?|"
    r"\s+(?:and|or|but|while|because|so that|rather than|as well as)\s+",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"[\w'-]+")
_SMALL = FUNCTION_WORDS | frozenset("include includes define defines use used called one".split())


@dataclass(frozen=True, slots=True)
class Point:
    """A phrase of the reference, verbatim, and how far the answer names it, in [0, 1]."""

    phrase: str
    named: float


def points(question: str, reference: str, answer: str, reader: Reader) -> tuple[Point, ...]:
    """Split the reference into points and weigh each against the answer."""
    asked, given = reader.read([question, answer])
    phrases = [trimmed for phrase in split(reference) if (trimmed := trim(phrase, asked.words))]
    return tuple(Point(text.words.text, _named(text, given, asked)) for text in reader.read(phrases or [reference]))


def missing(found: Sequence[Point]) -> tuple[str, ...]:
    return tuple(point.phrase for point in found if point.named < NAMED)


def weakest(found: Sequence[Point]) -> tuple[str, ...]:
    """The point that an answer names least: what to say when it is not right, though no point is clearly missing."""
    return (min(found, key=lambda point: point.named).phrase,) if found else ()


def named(found: Sequence[Point]) -> tuple[str, ...]:
    return tuple(point.phrase for point in found if point.named >= NAMED)


def split(reference: str) -> list[str]:
    """The phrases of a reference, cut at commas, conjunctions and sentence ends."""
    return [part.strip() for part in _BREAK.split(reference) if part.strip(" .()")]


def trim(phrase: str, asked: Words) -> str:
    """The phrase without what merely repeats the question at its ends; "" when nothing is left."""
    tokens = list(_TOKEN.finditer(phrase))
    old = [t.group().lower() in _SMALL or stem(t.group().lower()) in asked.content for t in tokens]
    if all(old):
        return ""
    first, last = old.index(False), len(old) - 1 - old[::-1].index(False)
    whole = first == last or phrase[tokens[last].end() :].strip() == ")"
    end = len(phrase) if whole else tokens[last].end()
    return phrase[tokens[first].start() : end]


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
