"""Ranking: which passages of an index answer a question best, and whether any does.

Lexical and dense search propose candidates. Two linear models over `retrieval_features` order them and estimate the
probability that each one answers; fitted by `bench/fit_retrieval.py`, stored and described in `ranking.json`. If the
embedder cannot read the question (Chinese with the English model), models over the lexical features alone decide.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from knowledge.embedding import Embedder
from knowledge.index import CourseIndex, can_embed
from knowledge.lexical import Floats, RowIndices, tokenize
from knowledge.retrieval_features import (
    FUSED_FEATURES,
    LEXICAL_FEATURES,
    QueryTerms,
    QueryVectors,
    dense_features,
    lexical_features,
)

CANDIDATES_PER_SEARCH = 50  # from each of the two searches
COVERAGE_THRESHOLD = 0.5  # confidence from which on a course covers a question


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage of the index, by its row."""

    row: int
    score: float  # probability that it answers the question


@dataclass(frozen=True, slots=True)
class Ranking:
    """Candidates, best first, and whether the course covers the query."""

    candidates: tuple[Candidate, ...]
    covered: bool
    confidence: float


@dataclass(frozen=True, slots=True)
class CandidateFeatures:
    """The candidates for one question with their features."""

    rows: RowIndices
    features: Floats  # candidates x FUSED_FEATURES, or LEXICAL_FEATURES without vectors

    @property
    def has_dense(self) -> bool:
        return bool(self.features.shape[1] == len(FUSED_FEATURES))


@dataclass(frozen=True, slots=True)
class RankingModel:
    """A linear model for the order and a logistic one for the probability that a passage answers; raw features."""

    order_weights: Floats
    answer_weights: Floats
    answer_bias: float


def rank_passages(index: CourseIndex, query: str, embedder: Embedder, threshold: float = COVERAGE_THRESHOLD) -> Ranking:
    """Return the candidates for a query in order; covered when the best one answers with p >= `threshold`."""
    dense = len(index.dense_rows) > 0 and can_embed(embedder, query)
    found = find_candidates(
        index, query, QueryVectors.from_encoding(embedder.encode_queries([query])[0]) if dense else None
    )
    if len(found.rows) == 0:
        return Ranking((), False, 0.0)
    model = load_ranking_models()["fused" if found.has_dense else "lexical"]
    probability = 1 / (1 + np.exp(-(found.features @ model.answer_weights + model.answer_bias)))
    order = np.argsort(-(found.features @ model.order_weights), kind="stable")
    candidates = tuple(Candidate(int(found.rows[i]), float(probability[i])) for i in order)
    confidence = candidates[0].score
    return Ranking(candidates, confidence >= threshold, confidence)


def find_candidates(index: CourseIndex, query: str, query_vectors: QueryVectors | None) -> CandidateFeatures:
    """Return the candidates for a query with their features."""
    tokens = tokenize(query)
    terms = QueryTerms.from_terms(tokens, index.lexical)
    bm25 = index.lexical.bm25_scores(list(dict.fromkeys(tokens)))
    rows = top_k(bm25, CANDIDATES_PER_SEARCH)
    if query_vectors is not None:
        rows = np.union1d(rows, index.nearest(query_vectors.vector, CANDIDATES_PER_SEARCH))
        rows = rows[np.diff(index.offsets)[rows] > 0]  # only passages with vectors
    rows = np.sort(rows)
    if len(rows) == 0:
        return CandidateFeatures(rows, np.empty((0, len(LEXICAL_FEATURES)), np.float32))
    features, share = lexical_features(index.lexical, terms, rows, bm25[rows])
    if query_vectors is not None:
        features = np.concatenate([features, dense_features(index, query_vectors, rows, share)], axis=1)
    return CandidateFeatures(rows, features)


def top_k(scores: Floats, count: int) -> RowIndices:
    """Return the rows with the highest scores above zero, best first."""
    count = min(count, len(scores))
    rows = np.argpartition(-scores, count - 1)[:count] if count else np.empty(0, np.int64)
    rows = rows[scores[rows] > 0]
    return np.asarray(rows[np.argsort(-scores[rows], kind="stable")], np.int64)


@functools.cache
def load_ranking_models() -> Mapping[str, RankingModel]:
    """Return the fitted models "fused" and "lexical"."""
    stored = json.loads((Path(__file__).with_name("ranking.json")).read_text("utf-8"))
    return {
        "fused": _read_model(stored["fused"], FUSED_FEATURES),
        "lexical": _read_model(stored["lexical"], LEXICAL_FEATURES),
    }


def _read_model(stored: Mapping[str, Any], names: tuple[str, ...]) -> RankingModel:
    order, answers = (np.asarray([stored[part][name] for name in names], np.float32) for part in ("order", "answers"))
    return RankingModel(order, answers, float(stored["answers"]["bias"]))
