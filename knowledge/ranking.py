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
from knowledge.index import CourseIndex, reads
from knowledge.lexical import Floats, Rows, terms
from knowledge.retrieval_features import FUSED, LEXICAL, Asked, Words, dense_evidence, lexical_evidence

POOL = 50  # candidates taken from each of the two searches
COVERED = 0.5  # confidence from which a course is said to cover a question


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage of the index, by its row; all scores in [0, 1]."""

    row: int
    score: float  # how likely it answers the question
    lexical: float  # share of the question's words (by idf) that it holds
    dense: float  # cosine of its nearest sentence


@dataclass(frozen=True, slots=True)
class Ranked:
    """Candidates, best first, and whether the course covers the query."""

    candidates: tuple[Candidate, ...]
    covered: bool
    confidence: float


@dataclass(frozen=True, slots=True)
class Found:
    """The candidates of one question with their evidence; columns are FUSED, or LEXICAL without vectors."""

    rows: Rows
    evidence: Floats

    @property
    def fused(self) -> bool:
        return bool(self.evidence.shape[1] == len(FUSED))


@dataclass(frozen=True, slots=True)
class Model:
    """One linear model for the order, one for the chance that a passage answers; over raw evidence."""

    order: Floats
    answers: Floats
    bias: float


def rank(index: CourseIndex, query: str, embedder: Embedder, threshold: float = COVERED) -> Ranked:
    """Return the candidates for a query in order; covered when the best one answers with chance >= `threshold`."""
    dense = len(index.dense_rows) > 0 and reads(embedder, query)
    found = find(index, query, Asked.of(embedder.embed_questions([query])[0]) if dense else None)
    if len(found.rows) == 0:
        return Ranked((), False, 0.0)
    model = models()["fused" if found.fused else "lexical"]
    chance = 1 / (1 + np.exp(-(found.evidence @ model.answers + model.bias)))
    order = np.argsort(-(found.evidence @ model.order), kind="stable")
    candidates = tuple(_candidate(found, int(i), float(chance[i])) for i in order)
    confidence = candidates[0].score
    return Ranked(candidates, confidence >= threshold, confidence)


def find(index: CourseIndex, query: str, asked: Asked | None) -> Found:
    """Return the candidates for a query and what speaks for each."""
    spoken = terms(query)
    words = Words.of(spoken, index.lexical)
    bm25 = index.lexical.scores(list(dict.fromkeys(spoken)))
    rows = top(bm25, POOL)
    if asked is not None:
        rows = np.union1d(rows, index.nearest(asked.vector, POOL))
        rows = rows[np.diff(index.offsets)[rows] > 0]  # passages that the embedder does not read have no say here
    rows = np.sort(rows)
    if len(rows) == 0:
        return Found(rows, np.empty((0, len(LEXICAL)), np.float32))
    evidence, share = lexical_evidence(index.lexical, words, rows, bm25[rows])
    if asked is not None:
        evidence = np.concatenate([evidence, dense_evidence(index, asked, rows, share)], axis=1)
    return Found(rows, evidence)


def top(scores: Floats, count: int) -> Rows:
    """Return the rows with the highest scores above zero, best first."""
    count = min(count, len(scores))
    rows = np.argpartition(-scores, count - 1)[:count] if count else np.empty(0, np.int64)
    rows = rows[scores[rows] > 0]
    return np.asarray(rows[np.argsort(-scores[rows], kind="stable")], np.int64)


@functools.cache
def models() -> Mapping[str, Model]:
    """Return the fitted models "fused" and "lexical"."""
    kept = json.loads((Path(__file__).with_name("ranking.json")).read_text("utf-8"))
    return {"fused": _model(kept["fused"], FUSED), "lexical": _model(kept["lexical"], LEXICAL)}


def _model(kept: Mapping[str, Any], names: tuple[str, ...]) -> Model:
    order, answers = (np.asarray([kept[part][name] for name in names], np.float32) for part in ("order", "answers"))
    return Model(order, answers, float(kept["answers"]["bias"]))


def _candidate(found: Found, at: int, chance: float) -> Candidate:
    evidence = found.evidence[at]
    dense = float(evidence[FUSED.index("nearest")]) if found.fused else 0.0
    words = float(evidence[LEXICAL.index("words")])
    return Candidate(int(found.rows[at]), chance, min(max(words, 0.0), 1.0), min(max(dense, 0.0), 1.0))
