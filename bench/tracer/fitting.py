"""Fitting the tracer: from the answers of many learners to a tally and weights.

The rates that a learner's rows are made of are counted over other learners only (five folds), as they will be for a
new one. How much the trees say, and the calibration, are settled on learners that the trial weights had not seen.
scikit-learn is needed here and nowhere else in the room.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from bench.tracer.model import Tracer, Weights
from bench.tracer.signals import circumstances, expectation, signals
from bench.tracer.tally import Tally
from bench.tracer.trees import Forest
from tutor.errors import InputRefused, TrainingFailed
from tutor.learner.history import History, advance
from tutor.learner.odds import Floats

FOLDS = 5
FEWEST_LEARNERS = 2 * FOLDS
TREES_FROM_ROWS = 5_000  # below, the linear weights stand alone
SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
GROWTH = {"learning_rate": 0.05, "max_iter": 200, "max_leaf_nodes": 24, "l2_regularization": 20.0, "max_features": 0.3}
RIDGE = 0.1  # inverse strength, on standardised signals

Rights = npt.NDArray[np.int8]
Chosen = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Line:
    """The unaided answers of one learner, oldest first."""

    items: tuple[str, ...]
    skills: tuple[str, ...]
    rights: tuple[bool, ...]

    def __iter__(self) -> Iterator[tuple[str, str, bool]]:
        return zip(self.items, self.skills, self.rights, strict=True)


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """One row of signals for each answer, and the fold of its learner."""

    signals: Floats
    rights: Rights
    folds: npt.NDArray[np.int64]


def fit(lines: Sequence[Line], version: str) -> Tracer:
    """Return a tracer for learners who do the same items; raises InputRefused when there are too few to learn from."""
    if len(lines) < FEWEST_LEARNERS:
        raise InputRefused(
            f"{len(lines)} learners are too few to fit a tracer, {FEWEST_LEARNERS} are needed; count mastery only"
        )
    tally = count(lines)
    return Tracer(fit_weights(rows(lines, tally), version), tally)


def count(lines: Sequence[Line]) -> Tally:
    """Count the answers under their circumstances."""
    tally = Tally()
    for line in lines:
        history = History()
        for item, skill, right in line:
            tally.add(circumstances(history, item, skill), right=right)
            history = advance(history, item, skill, 0.0, right=right)
    return tally


def rows(lines: Sequence[Line], tally: Tally) -> Rows:
    """Return the rows of all answers, each learner's made from the rates of other learners."""
    parts = [count(lines[fold::FOLDS]) for fold in range(FOLDS)]
    made = [row for n, line in enumerate(lines) for row in _rows_of(line, tally, parts[n % FOLDS])]
    rights = np.array([right for line in lines for right in line.rights], dtype=np.int8)
    folds = np.repeat(np.arange(len(lines)) % FOLDS, [len(line.rights) for line in lines])
    return Rows(np.array(made, dtype=np.float64), rights, folds)


def _rows_of(line: Line, tally: Tally, without: Tally) -> Iterator[list[float]]:
    history = History()
    for item, skill, right in line:
        yield signals(history, item, skill, tally, without)
        history = advance(history, item, skill, expectation(tally, item, skill, without), right=right)


def fit_weights(data: Rows, version: str) -> Weights:
    """Return weights fitted on all rows, mixed and calibrated as did best on the learners of the last fold."""
    kept = data.folds == FOLDS - 1
    trial = _fit_on(data, ~kept, version)
    linear, trees = _scores(trial, data.signals[kept])
    share = min(SHARES, key=lambda s: _loss(linear + s * (trees - linear), data.rights[kept])) if trial.trees else 0.0
    slope, shift = _calibrate(linear + share * (trees - linear), data.rights[kept])
    whole = _fit_on(data, np.ones_like(kept), version)
    return replace(whole, trees_share=share, slope=slope, shift=shift)


def _fit_on(data: Rows, chosen: Chosen, version: str) -> Weights:
    table, rights = data.signals[chosen], data.rights[chosen]
    if rights.min() == rights.max():
        raise TrainingFailed("all answers have the same outcome, so there is nothing to tell apart; add learners")
    linear, bias = _fit_linear(table, rights)
    trees = _grow(table, rights) if len(table) >= TREES_FROM_ROWS else None
    return Weights(version, linear, bias, trees)


def _fit_linear(table: Floats, rights: Rights) -> tuple[Floats, float]:
    from sklearn.linear_model import LogisticRegression

    centre, spread = table.mean(axis=0), table.std(axis=0)
    spread[spread < 1e-9] = 1.0
    model = LogisticRegression(C=RIDGE, max_iter=300).fit((table - centre) / spread, rights)
    linear = model.coef_[0] / spread
    return linear, float(model.intercept_[0] - linear @ centre)


def _grow(table: Floats, rights: Rights) -> Forest:
    from sklearn.ensemble import HistGradientBoostingClassifier
    from threadpoolctl import threadpool_limits

    least = int(min(100, max(20, len(table) // 500)))
    model = HistGradientBoostingClassifier(**GROWTH, min_samples_leaf=least, early_stopping=False, random_state=0)
    with threadpool_limits(1):  # on a busy machine OpenMP's threads wait for one another instead of working
        model.fit(table, rights)
    grown = _export(model)
    sample = table[:: max(1, len(table) // 50)]
    theirs = model.decision_function(sample)
    if not np.allclose([grown.score(row) for row in sample], theirs, atol=1e-6):
        raise TrainingFailed(
            "the exported trees do not say what scikit-learn's say; this version of it keeps them differently"
        )
    return grown


def _export(model: Any) -> Forest:
    parts = [stage[0].nodes for stage in model._predictors]
    starts = np.cumsum([0, *(len(nodes) for nodes in parts)])[:-1]
    nodes = np.concatenate(parts)
    base = np.repeat(starts, [len(part) for part in parts])
    leaf = nodes["is_leaf"].astype(bool)
    own = np.arange(len(nodes))
    return Forest(
        start=float(np.ravel(model._baseline_prediction)[0]),
        depth=int(nodes["depth"].max()),
        roots=starts.astype(np.int64),
        feature=np.where(leaf, 0, nodes["feature_idx"]).astype(np.int64),
        threshold=np.where(leaf, 0.0, nodes["num_threshold"]).astype(np.float64),
        lower=np.where(leaf, own, base + nodes["left"]).astype(np.int64),
        upper=np.where(leaf, own, base + nodes["right"]).astype(np.int64),
        value=np.where(leaf, nodes["value"], 0.0).astype(np.float64),
    )


def _scores(weights: Weights, table: Floats) -> tuple[Floats, Floats]:
    linear = table @ weights.linear + weights.bias
    if weights.trees is None:
        return linear, linear
    return linear, np.array([weights.trees.score(row) for row in table])


def _calibrate(scores: Floats, rights: Rights) -> tuple[float, float]:
    found = minimize(
        lambda at: _loss(at[0] * scores + at[1], rights) + 1e-3 * (at[0] - 1) ** 2, x0=(1.0, 0.0), method="Nelder-Mead"
    )
    return float(found.x[0]), float(found.x[1])


def _loss(scores: Floats, rights: Rights) -> float:
    return float(np.mean(np.logaddexp(0.0, scores) - rights * scores))
