"""Ranking: which passages of an index answer a question best, and whether any does.

Lexical and dense search propose candidates. Two linear models over `retrieval_features` order them and estimate the
probability that each one answers; fitted by `bench/fit_retrieval.py`, stored and described in `ranking.json`. If the
embedder cannot read the question (Chinese with the English model), models over the lexical features alone decide. With
the multilingual embedder, a passage in another script than the question is weighed by other weights: it has hardly a
word in common with the question, and that says nothing against it. So are two texts in a script without spaces, whose
terms are characters.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.embedding import Embedder
from knowledge.index import CourseIndex, can_embed
from knowledge.lexical import Floats, RowIndices, tokenize, unspaced_share
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
MULTILINGUAL_FAMILY = "multilingual-e5-small-centred"  # in the names of the embedders of the multilingual model
KINDS = ("spaced", "unspaced", "crossing")  # the scripts of question and passage: both with spaces, neither, or one
_UNSPACED_QUESTION = 0.2  # share of letters from which on a question is in a script without spaces


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
    kinds: RowIndices  # of each candidate: its index in KINDS

    @property
    def has_dense(self) -> bool:
        return bool(self.features.shape[1] == len(FUSED_FEATURES))


@dataclass(frozen=True, slots=True)
class Weights:
    """A linear model for the order and a logistic one for the probability that a passage answers; raw features."""

    order: Floats
    order_bias: float
    answers: Floats
    answer_bias: float


@dataclass(frozen=True, slots=True)
class RankingModel:
    """Weights for each of KINDS, fitted together, so that the scores of all candidates can be compared."""

    weights: tuple[Weights, ...]

    def order_scores(self, found: CandidateFeatures) -> Floats:
        """Return the score of each candidate; the highest comes first."""
        scores = [found.features @ one.order + one.order_bias for one in self.weights]
        return np.asarray(np.choose(found.kinds, scores))

    def probabilities(self, found: CandidateFeatures) -> Floats:
        """Return the probability of each candidate that it answers the question."""
        logits = [found.features @ one.answers + one.answer_bias for one in self.weights]
        return np.asarray(1 / (1 + np.exp(-np.choose(found.kinds, logits))))


def rank_passages(index: CourseIndex, query: str, embedder: Embedder, threshold: float = COVERAGE_THRESHOLD) -> Ranking:
    """Return the candidates for a query in order; covered when the best one answers with p >= `threshold`."""
    comparable = index.embedder == embedder.name and len(index.dense_rows) > 0
    dense = comparable and can_embed(embedder, query)
    found = find_candidates(
        index, query, QueryVectors.from_encoding(embedder.encode_queries([query])[0]) if dense else None
    )
    if len(found.rows) == 0:
        return Ranking((), False, 0.0)
    model = choose_model(found, embedder.name)
    probability = model.probabilities(found)
    order = np.argsort(-model.order_scores(found), kind="stable")
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
        return CandidateFeatures(rows, np.empty((0, len(LEXICAL_FEATURES)), np.float32), rows)
    features, share = lexical_features(index.lexical, terms, rows, bm25[rows])
    if query_vectors is not None:
        features = np.concatenate([features, dense_features(index, query_vectors, rows, share)], axis=1)
    return CandidateFeatures(rows, features, _kinds(query, index.unspaced[rows]))


def _kinds(query: str, unspaced: NDArray[np.bool_]) -> RowIndices:
    """Return the index in KINDS of each candidate, given whether it is in a script without spaces."""
    asked_unspaced = unspaced_share(query) >= _UNSPACED_QUESTION
    same = KINDS.index("unspaced" if asked_unspaced else "spaced")
    return np.where(unspaced == asked_unspaced, same, KINDS.index("crossing"))


def top_k(scores: Floats, count: int) -> RowIndices:
    """Return the rows with the highest scores above zero, best first."""
    count = min(count, len(scores))
    rows = np.argpartition(-scores, count - 1)[:count] if count else np.empty(0, np.int64)
    rows = rows[scores[rows] > 0]
    return np.asarray(rows[np.argsort(-scores[rows], kind="stable")], np.int64)


def choose_model(found: CandidateFeatures, embedder: str) -> RankingModel:
    """Return the model for candidates with these features, under the embedder of this name."""
    if not found.has_dense:
        return load_ranking_models()["lexical"]
    return load_ranking_models()["multilingual" if MULTILINGUAL_FAMILY in embedder else "fused"]


@functools.cache
def load_ranking_models() -> Mapping[str, RankingModel]:
    """Return the fitted models "fused", "lexical" and "multilingual"."""
    stored = json.loads((Path(__file__).with_name("ranking.json")).read_text("utf-8"))
    fused, lexical = (
        _read_weights(stored[name], names) for name, names in (("fused", FUSED_FEATURES), ("lexical", LEXICAL_FEATURES))
    )
    multilingual = tuple(_read_weights(stored["multilingual"][kind], FUSED_FEATURES) for kind in KINDS)
    return {
        "fused": RankingModel((fused,) * len(KINDS)),
        "lexical": RankingModel((lexical,) * len(KINDS)),
        "multilingual": RankingModel(multilingual),
    }


def _read_weights(stored: Mapping[str, Any], names: tuple[str, ...]) -> Weights:
    """Return stored weights; a feature without one, newer than the fit, counts nothing."""
    order, answers = (
        np.asarray([stored[part].get(name, 0.0) for name in names], np.float32) for part in ("order", "answers")
    )
    return Weights(order, float(stored["order"].get("bias", 0.0)), answers, float(stored["answers"]["bias"]))
