"""The points of a reference answer, and which of them an answer names; feedback is written from them.

A point is a phrase of the reference that says something the question does not. It is named when its content words are
in the answer, as the same stem or as a word with a similar vector.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from knowledge.languages import either, words
from knowledge.languages.stemming import stem
from tutor.assessment.answer_features import EncodedText, TextEncoder
from tutor.assessment.word_diff import FUNCTION_WORDS, TokenizedText

MIN_SIMILARITY = 0.62
MIN_COVERAGE = 0.5
_PHRASE_BOUNDARY = re.compile(
    rf"\s+[.]\s+|[.]\s*$|\s*[;:]\s+|\s*,\s*(?:(?:{either('answers', 'LIST_CONJUNCTIONS')})\s+)?|"
    rf"\s+(?:{either('answers', 'PHRASE_CONJUNCTIONS')})\s+",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"[\w'-]+")
_IGNORED_WORDS = FUNCTION_WORDS | words("answers", "UNINFORMATIVE_WORDS")


@dataclass(frozen=True, slots=True)
class KeyPoint:
    """A phrase of the reference, verbatim, and how much of it the answer names, in [0, 1]."""

    phrase: str
    coverage: float


def score_key_points(question: str, reference: str, answer: str, encoder: TextEncoder) -> tuple[KeyPoint, ...]:
    """Split the reference into points and score each against the answer."""
    asked, given = encoder.encode([question, answer])
    phrases = [trimmed for phrase in split_phrases(reference) if (trimmed := trim_phrase(phrase, asked.tokenized))]
    return tuple(
        KeyPoint(text.tokenized.text, _coverage(text, given, asked)) for text in encoder.encode(phrases or [reference])
    )


def missing_points(found: Sequence[KeyPoint]) -> tuple[str, ...]:
    return tuple(point.phrase for point in found if point.coverage < MIN_COVERAGE)


def weakest_point(found: Sequence[KeyPoint]) -> tuple[str, ...]:
    """Return the point that an answer names least: feedback where no point is clearly missing."""
    return (min(found, key=lambda point: point.coverage).phrase,) if found else ()


def covered_points(found: Sequence[KeyPoint]) -> tuple[str, ...]:
    return tuple(point.phrase for point in found if point.coverage >= MIN_COVERAGE)


def split_phrases(reference: str) -> list[str]:
    """Return the phrases of a reference, cut at commas, conjunctions and sentence ends."""
    return [part.strip() for part in _PHRASE_BOUNDARY.split(reference) if part.strip(" .()")]


def trim_phrase(phrase: str, asked: TokenizedText) -> str:
    """Return a phrase without the words at its ends that repeat the question; "" where nothing is left."""
    tokens = list(_TOKEN.finditer(phrase))
    old = [t.group().lower() in _IGNORED_WORDS or stem(t.group().lower()) in asked.content_stems for t in tokens]
    if all(old):
        return ""
    first, last = old.index(False), len(old) - 1 - old[::-1].index(False)
    whole = first == last or phrase[tokens[last].end() :].strip() == ")"
    end = len(phrase) if whole else tokens[last].end()
    return phrase[tokens[first].start() : end]


def _coverage(point: EncodedText, given: EncodedText, asked: EncodedText) -> float:
    """Return the share of the point's new words that the answer contains, exactly or nearly."""
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
