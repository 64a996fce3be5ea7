"""Ranking: which passages of an index answer a question best, and whether any does.

Lexical and dense search name candidates; two linear models of ours over their evidence order them and say how likely
each one answers. Fitted by `bench/fit_retrieval.py`, kept with a card in `ranking.json`. Where the embedder does not
read the question (Chinese with the English model) the models over lexical evidence decide alone.
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

CANDIDATES_PER_SEARCH = 50  # candidates taken from each of the two searches
COVERAGE_THRESHOLD = 0.5  # confidence from which a course is said to cover a question


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage of the index, by its row; all scores in [0, 1]."""

    row: int
    score: float  # how likely it answers the question
    lexical: float  # share of the question's words (by idf) that it holds
    dense: float  # cosine of its nearest sentence


@dataclass(frozen=True, slots=True)
class Ranking:
    """Candidates, best first, and whether the course covers the query."""

    candidates: tuple[Candidate, ...]
    covered: bool
    confidence: float


@dataclass(frozen=True, slots=True)
class CandidateFeatures:
    """The candidates of one question with their evidence; columns are FUSED, or LEXICAL without vectors."""

    rows: RowIndices
    features: Floats

    @property
    def has_dense(self) -> bool:
        return bool(self.features.shape[1] == len(FUSED_FEATURES))


@dataclass(frozen=True, slots=True)
class RankingModel:
    """One linear model for the order, one for the chance that a passage answers; over raw evidence."""

    order_weights: Floats
    answer_weights: Floats
    answer_bias: float


def rank_passages(index: CourseIndex, query: str, embedder: Embedder, threshold: float = COVERAGE_THRESHOLD) -> Ranking:
    """Return the candidates for a query in order; covered when the best one answers with chance >= `threshold`."""
    dense = len(index.dense_rows) > 0 and can_embed(embedder, query)
    found = find_candidates(
        index, query, QueryVectors.from_encoding(embedder.encode_queries([query])[0]) if dense else None
    )
    if len(found.rows) == 0:
        return Ranking((), False, 0.0)
    model = load_ranking_models()["fused" if found.has_dense else "lexical"]
    chance = 1 / (1 + np.exp(-(found.features @ model.answer_weights + model.answer_bias)))
    order = np.argsort(-(found.features @ model.order_weights), kind="stable")
    candidates = tuple(_to_candidate(found, int(i), float(chance[i])) for i in order)
    confidence = candidates[0].score
    return Ranking(candidates, confidence >= threshold, confidence)


def find_candidates(index: CourseIndex, query: str, query_vectors: QueryVectors | None) -> CandidateFeatures:
    """Return the candidates for a query and what speaks for each."""
    spoken = tokenize(query)
    words = QueryTerms.from_terms(spoken, index.lexical)
    bm25 = index.lexical.bm25_scores(list(dict.fromkeys(spoken)))
    rows = top_k(bm25, CANDIDATES_PER_SEARCH)
    if query_vectors is not None:
        rows = np.union1d(rows, index.nearest(query_vectors.vector, CANDIDATES_PER_SEARCH))
        rows = rows[np.diff(index.offsets)[rows] > 0]  # passages that the embedder does not read have no say here
    rows = np.sort(rows)
    if len(rows) == 0:
        return CandidateFeatures(rows, np.empty((0, len(LEXICAL_FEATURES)), np.float32))
    evidence, share = lexical_features(index.lexical, words, rows, bm25[rows])
    if query_vectors is not None:
        evidence = np.concatenate([evidence, dense_features(index, query_vectors, rows, share)], axis=1)
    return CandidateFeatures(rows, evidence)


def top_k(scores: Floats, count: int) -> RowIndices:
    """Return the rows with the highest scores above zero, best first."""
    count = min(count, len(scores))
    rows = np.argpartition(-scores, count - 1)[:count] if count else np.empty(0, np.int64)
    rows = rows[scores[rows] > 0]
    return np.asarray(rows[np.argsort(-scores[rows], kind="stable")], np.int64)


@functools.cache
def load_ranking_models() -> Mapping[str, RankingModel]:
    """Return the fitted models "fused" and "lexical"."""
    kept = json.loads((Path(__file__).with_name("ranking.json")).read_text("utf-8"))
    return {
        "fused": _read_model(kept["fused"], FUSED_FEATURES),
        "lexical": _read_model(kept["lexical"], LEXICAL_FEATURES),
    }


def _read_model(kept: Mapping[str, Any], names: tuple[str, ...]) -> RankingModel:
    order, answers = (np.asarray([kept[part][name] for name in names], np.float32) for part in ("order", "answers"))
    return RankingModel(order, answers, float(kept["answers"]["bias"]))


def _to_candidate(found: CandidateFeatures, at: int, chance: float) -> Candidate:
    evidence = found.features[at]
    dense = float(evidence[FUSED_FEATURES.index("nearest")]) if found.has_dense else 0.0
    words = float(evidence[LEXICAL_FEATURES.index("words")])
    return Candidate(int(found.rows[at]), chance, min(max(words, 0.0), 1.0), min(max(dense, 0.0), 1.0))
