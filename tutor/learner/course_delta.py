"""What a course's own answers add to the shipped weights of the tracer.

A linear model on `tracing_features.py` and products of pairs of them, shrunk towards zero: the answers of twenty
learners correct the level, those of a thousand the ranking too. It is fitted on all learners of a course together
(`course_delta_fitting.py`) and stays fixed until it is fitted again.
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
PRODUCT_FEATURES = (  # features whose products are features too
    *("item", "pattern", "run", "attempt", "after_last", "echo_sum", "echo_fading"),
    *("answers", "surplus", "surprise_middle", "surprise_long"),
    *("skill_answers", "skill_middle", "skill_long", "skill_gap", "streak", "item_answers", "item_last"),
)
CLIP_STD = 3.0  # standard deviations at which the factors of a product are clipped
MIN_ANSWERS = 200  # unaided answers a course needs to be fitted
REFIT_GROWTH = 1.25  # times as many answers as last time: fit again
_PRODUCT_COLUMNS = [TRACING_FEATURES.index(name) for name in PRODUCT_FEATURES]
_PAIRS = [(a, b) for n, a in enumerate(_PRODUCT_COLUMNS) for b in _PRODUCT_COLUMNS[n:]]
_LEFT, _RIGHT = (np.array(side) for side in zip(*_PAIRS, strict=True))
N_COLUMNS = len(TRACING_FEATURES) + len(_PAIRS)


@dataclass(frozen=True, slots=True, eq=False)
class CourseDelta:
    """What was fitted on one course's answers, on top of the weights `base_version`."""

    base_version: str  # version of the weights that it is added to
    answers: int  # number of answers it was fitted on
    counts: FeatureCounts
    centre: FloatArray
    spread: FloatArray
    weights: FloatArray  # one for each column of `add_products`
    bias: float

    def log_odds_delta(self, history: AnswerHistory, item: str, skill: str) -> float:
        """Return what is added to the log-odds of a right answer on this item."""
        found = np.array([feature_row(history, item, skill, self.counts)], dtype=np.float64)
        return float(add_products((found - self.centre) / self.spread)[0] @ self.weights) + self.bias


def is_refit_due(fitted_answers: int, answers: int) -> bool:
    """Return whether a course with so many answers should be fitted (again)."""
    return answers >= MIN_ANSWERS and answers >= REFIT_GROWTH * fitted_answers


def add_products(standard: FloatArray) -> FloatArray:
    """Return standardised rows (n, features) with the products of pairs appended: (n, N_COLUMNS)."""
    near = np.clip(standard, -CLIP_STD, CLIP_STD)
    return np.concatenate([standard, near[:, _LEFT] * near[:, _RIGHT]], axis=1)


def delta_to_json(delta: CourseDelta) -> dict[str, Any]:
    """Return what `delta_from_json` reads."""
    arrays = {name: [float(f"{v:.7g}") for v in getattr(delta, name)] for name in ("centre", "spread", "weights")}
    head = {
        "format": FORMAT_VERSION,
        "signals": [*TRACING_FEATURES, *PRODUCT_FEATURES],
        "upon": delta.base_version,
        "answers": delta.answers,
    }
    return {**head, **arrays, "bias": delta.bias, "counts": counts_to_json(delta.counts)}


def delta_from_json(stored: Mapping[str, Any]) -> CourseDelta:
    """Return what `delta_to_json` wrote; raises ModelUnusable when it was fitted on other features."""
    if stored.get("format") != FORMAT_VERSION or stored.get("signals") != [*TRACING_FEATURES, *PRODUCT_FEATURES]:
        raise ModelUnusable("the course delta was fitted on other signals; it will be fitted again")
    arrays = {name: np.array(stored[name], dtype=np.float64) for name in ("centre", "spread", "weights")}
    return CourseDelta(
        base_version=stored["upon"],
        answers=stored["answers"],
        counts=counts_from_json(stored["counts"]),
        bias=stored["bias"],
        **arrays,
    )
