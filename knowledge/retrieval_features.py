"""Evidence: what speaks for a passage as the answer to a question, as numbers. Policy is `ranking.py`.

Words count by their rarity in the course (idf). Most questions are answered by one sentence, so a sentence that holds
the question's words, or lies near it in meaning, or both at once, says more than the passage as a whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge.embedding import Reading, Vectors
from knowledge.index import CourseIndex, runs
from knowledge.late_interaction import Codes, codes
from knowledge.lexical import Floats, LexicalIndex, Rows

LEXICAL = (
    "bm25",
    "bm25_share",  # of the most that the question's words can give
    "words",  # share of the question's words (by idf) in the passage, titles included
    "title",  # ... in the titles
    "sentence",  # ... in its best sentence
    "neighbours",  # ... in its best two neighbouring sentences
    "pairs",  # ... that stand side by side as in the question
    "loose_pairs",  # ... side by side in either order
    "length",  # ln of the number of words
)
DENSE = (
    "whole",  # cosine of the passage
    "nearest",  # ... of its nearest sentence
    "two_nearest",  # mean of its two nearest sentences
    "joint",  # best sum over one sentence of cosine and 0.6 x words
    "tokens",  # how near its words come to the question's, word by word
)
FUSED = (*LEXICAL, *DENSE)
_JOINT = 0.6


@dataclass(frozen=True, slots=True)
class Words:
    """The terms of a question: distinct ones with their numbers and rarity, and its pairs of neighbours."""

    numbers: Rows
    idf: Floats
    pairs: NDArray[np.bool_]  # [i, j]: term j follows term i in the question

    @classmethod
    def of(cls, terms: Sequence[str], index: LexicalIndex) -> Words:
        distinct = list(dict.fromkeys(terms))
        at = {term: i for i, term in enumerate(distinct)}
        pairs = np.zeros((len(distinct), len(distinct)), np.bool_)
        for left, right in zip(terms, terms[1:], strict=False):
            pairs[at[left], at[right]] = True
        idf = np.asarray([index.idf(t) for t in distinct], np.float32)
        return cls(np.asarray([index.number(t) for t in distinct], np.int64), idf, pairs)

    @property
    def total(self) -> float:
        return float(self.idf.sum()) or 1.0


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as vectors: of the whole, and the codes of its words."""

    vector: Vectors
    tokens: Codes

    @classmethod
    def of(cls, reading: Reading) -> Asked:
        return cls(reading.spans[0], codes(reading.tokens))


@dataclass(frozen=True, slots=True)
class _Matches:
    """Which of the question's terms stand where in the candidates."""

    owner: Rows  # of each part: the candidate it belongs to
    first: Rows  # of each candidate: its first part, the titles
    parts: NDArray[np.bool_]  # part x term
    adjacent: NDArray[np.bool_]  # candidate x term x term: the second stands behind the first


def lexical_evidence(index: LexicalIndex, words: Words, rows: Rows, bm25: Floats) -> tuple[Floats, Floats]:
    """Return a row of the LEXICAL features for each candidate, and the `words` share of all their sentences."""
    found = _matches(index, words, rows)
    share = (found.parts @ words.idf / words.total).astype(np.float32)
    title = np.zeros(len(share), np.bool_)
    title[found.first] = True
    joined = np.where(title, 0, share)
    pair = (found.parts[:-1] | found.parts[1:]) @ words.idf / words.total
    inside = (found.owner[:-1] == found.owner[1:]) & ~title[:-1]
    neighbours = joined.copy()
    neighbours[:-1] = np.maximum(neighbours[:-1], np.where(inside, pair, 0))
    weights = (words.idf[:, None] + words.idf[None, :]) / (2 * words.total)
    either = found.adjacent | found.adjacent.transpose(0, 2, 1)
    columns = (
        bm25,
        bm25 / (2.2 * words.total),
        np.logical_or.reduceat(found.parts, found.first, axis=0) @ words.idf / words.total,
        share[found.first],
        np.maximum.reduceat(joined, found.first),
        np.maximum.reduceat(neighbours, found.first),
        _weigh(found.adjacent & words.pairs, weights),
        _weigh(either & words.pairs, weights),
        np.log1p(index.offsets[rows + 1] - index.offsets[rows]),
    )
    return np.stack(columns, axis=1).astype(np.float32), share[~title]


def dense_evidence(index: CourseIndex, asked: Asked, rows: Rows, share: Floats) -> Floats:
    """Return a row of the DENSE features for each candidate; `share` as from `lexical_evidence`."""
    whole, cosines = index.similarities(asked.vector, rows)
    counts = index.lexical.part_counts[rows] - 1
    first = np.cumsum(counts) - counts
    nearest = np.maximum.reduceat(cosines, first)
    order = np.lexsort((-cosines, np.repeat(np.arange(len(rows)), counts)))
    second = cosines[order][first + np.minimum(1, counts - 1)]
    joint = np.maximum.reduceat(cosines + _JOINT * share, first)
    words = index.word_agreement(asked.tokens, rows)
    return np.stack((whole, nearest, (nearest + second) / 2, joint, words), axis=1).astype(np.float32)


def _matches(index: LexicalIndex, words: Words, rows: Rows) -> _Matches:
    starts, counts = index.offsets[rows], index.offsets[rows + 1] - index.offsets[rows]
    flat = runs(starts, counts)
    candidate = np.repeat(np.arange(len(rows)), counts)
    part_counts = index.part_counts[rows]
    first = np.cumsum(part_counts) - part_counts
    part = first[candidate] + index.parts[flat]
    term = _positions(index.tokens[flat], words.numbers)
    hit = term >= 0
    parts = np.zeros((int(part_counts.sum()), len(words.numbers)), np.bool_)
    parts[part[hit], term[hit]] = True
    adjacent = np.zeros((len(rows), len(words.numbers), len(words.numbers)), np.bool_)
    both = hit[:-1] & hit[1:] & (part[:-1] == part[1:])
    adjacent[candidate[:-1][both], term[:-1][both], term[1:][both]] = True
    return _Matches(np.repeat(np.arange(len(rows)), part_counts), first, parts, adjacent)


def _positions(tokens: NDArray[np.int32], numbers: Rows) -> Rows:
    """Return for each token the place of its number among `numbers`, -1 where it is none of them."""
    if len(numbers) == 0:
        return np.full(len(tokens), -1, np.int64)
    order = np.argsort(numbers)
    at = order[np.minimum(np.searchsorted(numbers[order], tokens), len(numbers) - 1)]
    return np.where(numbers[at] == tokens, at, -1)


def _weigh(pairs: NDArray[np.bool_], weights: Floats) -> Floats:
    return np.asarray((pairs * weights).sum(axis=(1, 2)), np.float32)
