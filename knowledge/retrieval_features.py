"""Retrieval features: how well a passage matches a question, as numbers. `ranking.py` weighs them.

Words are weighted by their rarity in the course (idf). Most questions are answered by one sentence, so a sentence with
the question's words, or near it in meaning, or both, says more than the passage as a whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge.embedding import TextEncoding, Vectors
from knowledge.index import CourseIndex, concatenate_ranges
from knowledge.late_interaction import TokenCodes, quantize_tokens
from knowledge.lexical import Floats, LexicalIndex, RowIndices

LEXICAL_FEATURES = (
    "bm25",
    "bm25_share",  # of the highest score that the question's words can give
    "words",  # share of the question's words (by idf) in the passage, titles included
    "title",  # ... in the titles
    "sentence",  # ... in its best sentence
    "neighbours",  # ... in its best two neighbouring sentences
    "pairs",  # ... that are adjacent as in the question
    "loose_pairs",  # ... adjacent in either order
    "length",  # ln of the number of words
)
DENSE_FEATURES = (
    "whole",  # cosine of the passage
    "nearest",  # ... of its nearest sentence
    "two_nearest",  # mean of its two nearest sentences
    "joint",  # best sum over one sentence of cosine and 0.6 x words
    "tokens",  # MaxSim of its tokens and the question's
    "telling_tokens",  # ... of those that tell the candidates apart
    "window",  # ... in its best 36 tokens
)
FUSED_FEATURES = (*LEXICAL_FEATURES, *DENSE_FEATURES)
_JOINT_WEIGHT = 0.6


@dataclass(frozen=True, slots=True)
class QueryTerms:
    """The distinct terms of a question with their numbers and rarity, and which terms are adjacent."""

    term_ids: RowIndices
    idf: Floats
    bigrams: NDArray[np.bool_]  # [i, j]: term j follows term i in the question

    @classmethod
    def from_terms(cls, terms: Sequence[str], index: LexicalIndex) -> QueryTerms:
        distinct = list(dict.fromkeys(terms))
        at = {term: i for i, term in enumerate(distinct)}
        pairs = np.zeros((len(distinct), len(distinct)), np.bool_)
        for left, right in zip(terms, terms[1:], strict=False):
            pairs[at[left], at[right]] = True
        idf = np.asarray([index.idf(t) for t in distinct], np.float32)
        return cls(np.asarray([index.term_id(t) for t in distinct], np.int64), idf, pairs)

    @property
    def total_idf(self) -> float:
        return float(self.idf.sum()) or 1.0


@dataclass(frozen=True, slots=True)
class QueryVectors:
    """A question as the vector of the whole and the codes of its tokens."""

    vector: Vectors
    token_codes: TokenCodes

    @classmethod
    def from_encoding(cls, encoding: TextEncoding) -> QueryVectors:
        return cls(encoding.span_vectors[0], quantize_tokens(encoding.token_vectors))


@dataclass(frozen=True, slots=True)
class _TermMatches:
    """Where the question's terms occur in the candidates."""

    owner: RowIndices  # of each part: its candidate
    first: RowIndices  # of each candidate: its first part, the titles
    parts: NDArray[np.bool_]  # part x term
    adjacent: NDArray[np.bool_]  # candidate x term x term: the second follows the first


def lexical_features(index: LexicalIndex, query: QueryTerms, rows: RowIndices, bm25: Floats) -> tuple[Floats, Floats]:
    """Return LEXICAL_FEATURES for each candidate, and the share of the question's words in each of their sentences."""
    found = _find_matches(index, query, rows)
    share = (found.parts @ query.idf / query.total_idf).astype(np.float32)
    title = np.zeros(len(share), np.bool_)
    title[found.first] = True
    joined = np.where(title, 0, share)
    pair = (found.parts[:-1] | found.parts[1:]) @ query.idf / query.total_idf
    inside = (found.owner[:-1] == found.owner[1:]) & ~title[:-1]
    neighbours = joined.copy()
    neighbours[:-1] = np.maximum(neighbours[:-1], np.where(inside, pair, 0))
    weights = (query.idf[:, None] + query.idf[None, :]) / (2 * query.total_idf)
    either = found.adjacent | found.adjacent.transpose(0, 2, 1)
    columns = (
        bm25,
        bm25 / (2.2 * query.total_idf),
        np.logical_or.reduceat(found.parts, found.first, axis=0) @ query.idf / query.total_idf,
        share[found.first],
        np.maximum.reduceat(joined, found.first),
        np.maximum.reduceat(neighbours, found.first),
        _weighted_sum(found.adjacent & query.bigrams, weights),
        _weighted_sum(either & query.bigrams, weights),
        np.log1p(index.offsets[rows + 1] - index.offsets[rows]),
    )
    return np.stack(columns, axis=1).astype(np.float32), share[~title]


def dense_features(index: CourseIndex, query: QueryVectors, rows: RowIndices, word_share: Floats) -> Floats:
    """Return DENSE_FEATURES for each candidate; `word_share` comes from `lexical_features`."""
    whole, cosines = index.cosine_similarities(query.vector, rows)
    counts = index.lexical.part_counts[rows] - 1
    first = np.cumsum(counts) - counts
    nearest = np.maximum.reduceat(cosines, first)
    order = np.lexsort((-cosines, np.repeat(np.arange(len(rows)), counts)))
    second = cosines[order][first + np.minimum(1, counts - 1)]
    joint = np.maximum.reduceat(cosines + _JOINT_WEIGHT * word_share, first)
    tokens = index.token_scores(query.token_codes, rows)
    columns = (whole, nearest, (nearest + second) / 2, joint, tokens.maxsim, tokens.telling, tokens.window)
    return np.stack(columns, axis=1).astype(np.float32)


def _find_matches(index: LexicalIndex, query: QueryTerms, rows: RowIndices) -> _TermMatches:
    starts, counts = index.offsets[rows], index.offsets[rows + 1] - index.offsets[rows]
    flat = concatenate_ranges(starts, counts)
    candidate = np.repeat(np.arange(len(rows)), counts)
    part_counts = index.part_counts[rows]
    first = np.cumsum(part_counts) - part_counts
    part = first[candidate] + index.parts[flat]
    term = _positions_in(index.tokens[flat], query.term_ids)
    hit = term >= 0
    parts = np.zeros((int(part_counts.sum()), len(query.term_ids)), np.bool_)
    parts[part[hit], term[hit]] = True
    adjacent = np.zeros((len(rows), len(query.term_ids), len(query.term_ids)), np.bool_)
    both = hit[:-1] & hit[1:] & (part[:-1] == part[1:])
    adjacent[candidate[:-1][both], term[:-1][both], term[1:][both]] = True
    return _TermMatches(np.repeat(np.arange(len(rows)), part_counts), first, parts, adjacent)


def _positions_in(tokens: NDArray[np.int32], numbers: RowIndices) -> RowIndices:
    """Return for each token the index of its number in `numbers`, -1 if it is not among them."""
    if len(numbers) == 0:
        return np.full(len(tokens), -1, np.int64)
    order = np.argsort(numbers)
    at = order[np.minimum(np.searchsorted(numbers[order], tokens), len(numbers) - 1)]
    return np.where(numbers[at] == tokens, at, -1)


def _weighted_sum(pairs: NDArray[np.bool_], weights: Floats) -> Floats:
    return np.asarray((pairs * weights).sum(axis=(1, 2)), np.float32)
