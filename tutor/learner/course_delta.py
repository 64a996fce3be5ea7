"""Coursewise: what a course's own answers add to the tracer that ships.

A line and products of pairs on `tracing_features.py`, drawn to adding nothing, so that twenty learners mend
the level and a
thousand the order too. It is learnt from all learners of the course together (`course_delta_fitting.py`), never moved
by the one it speaks of, and stands still until it is learnt anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from tutor.errors import ModelUnusable
from tutor.learner.answer_history import AnswerHistory
from tutor.learner.feature_counts import FeatureCounts, counts_from_json, counts_to_json
from tutor.learner.logit import FloatArray
from tutor.learner.tracing_features import TRACING_FEATURES, feature_row

FORMAT_VERSION = 1
PRODUCT_FEATURES = (  # signals whose products are signals too
    *("item", "pattern", "run", "attempt", "after_last", "echo_sum", "echo_fading"),
    *("answers", "surplus", "surprise_middle", "surprise_long"),
    *("skill_answers", "skill_middle", "skill_long", "skill_gap", "streak", "item_answers", "item_last"),
)
CLIP_STD = 3.0  # standard deviations; beyond, a product grows no more
MIN_ANSWERS = 200  # unaided answers of a course from which on there is something to learn
REFIT_GROWTH = 1.25  # times as many answers as the last time: learn anew
_PRODUCT_COLUMNS = [TRACING_FEATURES.index(name) for name in PRODUCT_FEATURES]
_PAIRS = [(a, b) for n, a in enumerate(_PRODUCT_COLUMNS) for b in _PRODUCT_COLUMNS[n:]]
_LEFT, _RIGHT = (np.array(side) for side in zip(*_PAIRS, strict=True))
N_COLUMNS = len(TRACING_FEATURES) + len(_PAIRS)


@dataclass(frozen=True, slots=True, eq=False)
class CourseDelta:
    """What one course's answers taught, on top of the weights `upon`."""

    base_version: str  # version of the weights that it corrects
    answers: int  # from so many it was learnt
    counts: FeatureCounts
    centre: FloatArray
    spread: FloatArray
    weights: FloatArray  # one for each column of `expanded`
    bias: float

    def log_odds_delta(self, history: AnswerHistory, item: str, skill: str) -> float:
        """Return by how many log-odds the learner is likelier right on this item than the weights alone say."""
        found = np.array([feature_row(history, item, skill, self.counts)], dtype=np.float64)
        return float(add_products((found - self.centre) / self.spread)[0] @ self.weights) + self.bias


def is_refit_due(fitted_answers: int, answers: int) -> bool:
    """Whether a course with so many answers is worth learning (anew)."""
    return answers >= MIN_ANSWERS and answers >= REFIT_GROWTH * fitted_answers


def add_products(standard: FloatArray) -> FloatArray:
    """Return standardised rows with the products of pairs beside them."""
    near = np.clip(standard, -CLIP_STD, CLIP_STD)
    return np.concatenate([standard, near[:, _LEFT] * near[:, _RIGHT]], axis=1)


def delta_to_json(delta: CourseDelta) -> dict[str, Any]:
    """Return what `coursewise_from` reads again."""
    arrays = {name: [float(f"{v:.7g}") for v in getattr(delta, name)] for name in ("centre", "spread", "weights")}
    head = {
        "format": FORMAT_VERSION,
        "signals": [*TRACING_FEATURES, *PRODUCT_FEATURES],
        "upon": delta.base_version,
        "answers": delta.answers,
    }
    return {**head, **arrays, "bias": delta.bias, "counts": counts_to_json(delta.counts)}


def delta_from_json(stored: Mapping[str, Any]) -> CourseDelta:
    """Return what `plain` wrote; raises ModelUnusable when it was learnt for other signals."""
    if stored.get("format") != FORMAT_VERSION or stored.get("signals") != [*TRACING_FEATURES, *PRODUCT_FEATURES]:
        raise ModelUnusable("what this course taught the tracer was learnt for other signals; it is learnt anew")
    arrays = {name: np.array(stored[name], dtype=np.float64) for name in ("centre", "spread", "weights")}
    return CourseDelta(
        base_version=stored["upon"],
        answers=stored["answers"],
        counts=counts_from_json(stored["counts"]),
        bias=stored["bias"],
        **arrays,
    )
