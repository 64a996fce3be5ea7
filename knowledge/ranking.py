"""Ranking: which passages of an index answer a question best, and whether any does. Values in, values out.

Lexical and dense search name candidates; a small linear model of ours, fitted by `bench/fit_retrieval.py` and kept in
`ranking.json`, orders them and decides the coverage. Where the embedder does not read the question (Chinese with the
English model) the lexical score decides alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from knowledge.embedding import Embedder
from knowledge.index import CourseIndex, reads
from knowledge.lexical import Floats, Rows, terms

POOL = 50  # candidates taken from each of the two searches


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage of the index, by its row; all scores in [0, 1]."""

    row: int
    score: float
    lexical: float
    dense: float


@dataclass(frozen=True, slots=True)
class Ranked:
    """Candidates, best first, and whether the course covers the query."""

    candidates: tuple[Candidate, ...]
    covered: bool
    confidence: float


def rank(index: CourseIndex, query: str, embedder: Embedder) -> Ranked:
    """Return the candidates for a query in order."""
    words = list(dict.fromkeys(terms(query)))
    lexical = index.lexical.scores(words)
    vector = embedder.embed_query(query) if reads(embedder, query) and len(index.dense_rows) else None
    rows = top(lexical, POOL)
    if vector is not None:
        rows = np.union1d(rows, index.nearest(vector, POOL))
    if len(rows) == 0:
        return Ranked((), False, 0.0)
    dense = index.similarities(vector, rows)[1] if vector is not None else np.zeros(len(rows), np.float32)
    total = sum(index.lexical.idf(word) for word in words) * 2.2 or 1.0
    fused = dense + 0.05 * lexical[rows]
    order = np.argsort(-fused, kind="stable")
    confidence = _confidence(float(lexical.max(initial=0.0)), float(dense.max()), vector is not None)
    candidates = tuple(
        Candidate(
            int(rows[i]),
            float(np.clip(fused[i] / 2, 0, 1)),
            float(np.clip(lexical[rows[i]] / total, 0, 1)),
            float(np.clip(dense[i], 0, 1)),
        )
        for i in order
    )
    return Ranked(candidates, confidence >= 0.5, confidence)


def top(scores: Floats, count: int) -> Rows:
    """Return the rows with the highest scores above zero, best first."""
    count = min(count, len(scores))
    rows = np.argpartition(-scores, count - 1)[:count] if count else np.empty(0, np.int64)
    rows = rows[scores[rows] > 0]
    return np.asarray(rows[np.argsort(-scores[rows], kind="stable")], np.int64)


def _confidence(lexical: float, dense: float, fused: bool) -> float:
    logit = 10 * (dense - 0.5) + 0.2 * (lexical - 8) if fused else 0.5 * (lexical - 8)
    return float(1 / (1 + np.exp(-logit)))
