"""The points of a model answer, and which of them an answer names: what feedback is written from.

A point is a phrase of the reference that says something the question did not; it is named when its content words are
found in the answer, as the same stem or as a near word by the embedder's vectors.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tutor.assessment.answer_features import EncodedText, TextEncoder
from tutor.assessment.word_diff import FUNCTION_WORDS, TokenizedText, stem

MIN_SIMILARITY = 0.62
MIN_COVERAGE = 0.5
_PHRASE_BOUNDARY = re.compile(
    r"\s+[.]\s+|[.]\s*$|\s*[;:]\s+|\s*,\s*(?:and\s+|or\s+)?|"
    r"\s+(?:and|or|but|while|because|so that|rather than|as well as)\s+",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"[\w'-]+")
_IGNORED_WORDS = FUNCTION_WORDS | frozenset("include includes define defines use used called one".split())


@dataclass(frozen=True, slots=True)
class KeyPoint:
    """A phrase of the reference, verbatim, and how far the answer names it, in [0, 1]."""

    phrase: str
    coverage: float


def score_key_points(question: str, reference: str, answer: str, reader: TextEncoder) -> tuple[KeyPoint, ...]:
    """Split the reference into points and weigh each against the answer."""
    asked, given = reader.encode([question, answer])
    phrases = [trimmed for phrase in split_phrases(reference) if (trimmed := trim_phrase(phrase, asked.tokenized))]
    return tuple(
        KeyPoint(text.tokenized.text, _coverage(text, given, asked)) for text in reader.encode(phrases or [reference])
    )


def missing_points(found: Sequence[KeyPoint]) -> tuple[str, ...]:
    return tuple(point.phrase for point in found if point.coverage < MIN_COVERAGE)


def weakest_point(found: Sequence[KeyPoint]) -> tuple[str, ...]:
    """The point that an answer names least: what to say when it is not right, though no point is clearly missing."""
    return (min(found, key=lambda point: point.coverage).phrase,) if found else ()


def covered_points(found: Sequence[KeyPoint]) -> tuple[str, ...]:
    return tuple(point.phrase for point in found if point.coverage >= MIN_COVERAGE)


def split_phrases(reference: str) -> list[str]:
    """The phrases of a reference, cut at commas, conjunctions and sentence ends."""
    return [part.strip() for part in _PHRASE_BOUNDARY.split(reference) if part.strip(" .()")]


def trim_phrase(phrase: str, asked: TokenizedText) -> str:
    """The phrase without what merely repeats the question at its ends; "" when nothing is left."""
    tokens = list(_TOKEN.finditer(phrase))
    old = [t.group().lower() in _IGNORED_WORDS or stem(t.group().lower()) in asked.content_stems for t in tokens]
    if all(old):
        return ""
    first, last = old.index(False), len(old) - 1 - old[::-1].index(False)
    whole = first == last or phrase[tokens[last].end() :].strip() == ")"
    end = len(phrase) if whole else tokens[last].end()
    return phrase[tokens[first].start() : end]


def _coverage(point: EncodedText, given: EncodedText, asked: EncodedText) -> float:
    """The share of the point's new words that the answer has, exactly or nearly."""
    new = [n for n, s in enumerate(point.tokenized.stems) if s not in asked.tokenized.content_stems] or list(
        range(len(point.tokenized.stems))
    )
    if not new:
        return 1.0
    near = (
        np.asarray(point.word_vectors[new] @ given.word_vectors.T).max(axis=1)
        if len(given.word_vectors)
        else np.zeros(len(new))
    )
    held = [point.tokenized.stems[n] in given.tokenized.content_stems for n in new]
    return float(
        np.mean(
            [
                1.0 if h else max(0.0, (v - MIN_SIMILARITY) / (1 - MIN_SIMILARITY))
                for h, v in zip(held, near, strict=True)
            ]
        )
    )
