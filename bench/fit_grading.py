"""Fit the grader of short answers: a logistic model of the features, a network, and the similarity of graded answers.

Used by `bench.grading`; `python -m bench.grading --train F... --fit MODEL.json` writes the shipped files. The weights
of the similarities are those under which the grades of the training rows are most likely (Laplace's approximation of
the evidence). The rows of each question are predicted by a model that was not fitted on that question; only then does
the evidence reflect how wrong the model is on a new question.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from bench.fit_grading_network import fit_network
from tutor.assessment.answer_features import GradingCase, extract_answer_features
from tutor.assessment.gaussian_process_grader import (
    KERNEL_NAMES,
    Floats,
    GpModel,
    kernels,
    laplace_posterior,
    weighted_kernel_sum,
)
from tutor.assessment.logistic import LogisticModel
from tutor.assessment.neural_grader import GradingEnsemble, GradingNetwork

PENALTY = 0.02  # of the logistic model, by folds of whole questions: .003 and .1 are no better
START = (*np.log([0.7, 0.3, 1.0, 0.5, 0.4]), 1.2, 0.0)
MAX_EVALUATIONS = 250
PRIOR = 1e-3  # keeps the logarithms of the weights near -1


@dataclass(frozen=True, slots=True)
class LabelledAnswer:
    """One answer with its label by a person, embedded once."""

    group: str  # its question
    case: GradingCase
    features: dict[str, float]
    right: bool
    label: str  # one of three


@dataclass(frozen=True, slots=True)
class FittedGrader:
    right: LogisticModel
    network: GradingNetwork
    contradiction: LogisticModel | None
    gp: GpModel

    @property
    def ensemble(self) -> GradingEnsemble:
        return GradingEnsemble(self.right, self.network)

    def to_json(self) -> dict[str, Any]:
        """Return the content of the shipped file, without the network, which has its own file."""
        models = {"right": self.right} | ({"contradicts": self.contradiction} if self.contradiction else {})
        written = {name: {"bias": model.bias, "weights": dict(model.weights)} for name, model in models.items()}
        return _rounded(written | {"neighbours": asdict(self.gp)})


def label_answer(group: str, case: GradingCase, label: str, *, right: bool) -> LabelledAnswer:
    return LabelledAnswer(group, case, extract_answer_features(case), right, label)


def fit(rows: Sequence[LabelledAnswer], embedder: str) -> FittedGrader:
    names = sorted(set().union(*(row.features for row in rows)))
    x = np.array([[row.features.get(name, 0.0) for name in names] for row in rows])
    right = np.array([row.right for row in rows])
    against = np.array([row.label == "contradictory" for row in rows])
    contradicts = fit_logistic(x[~right], against[~right], names) if against.any() else None
    ensemble = _fit_ensemble(rows, x, right, names, embedder)
    assert ensemble.network
    return FittedGrader(ensemble.logistic, ensemble.network, contradicts, _fit_gp(rows, x, right, names, embedder))


def _fit_ensemble(
    rows: Sequence[LabelledAnswer], x: Floats, y: NDArray[np.bool_], names: Sequence[str], embedder: str
) -> GradingEnsemble:
    return GradingEnsemble(fit_logistic(x, y, names), fit_network([row.case for row in rows], x, y, names, embedder))


def fit_logistic(x: Floats, y: NDArray[np.bool_], names: Sequence[str]) -> LogisticModel:
    """Return a logistic model fitted on standardised features, with the scaling folded into its weights."""
    mean, spread = x.mean(axis=0), x.std(axis=0) + 1e-9
    model = LogisticRegression(C=PENALTY, max_iter=2000).fit((x - mean) / spread, y)
    weights = model.coef_[0] / spread
    bias = float(model.intercept_[0] - weights @ mean)
    return LogisticModel({name: float(weight) for name, weight in zip(names, weights, strict=True)}, bias)


def _fit_gp(
    rows: Sequence[LabelledAnswer], x: Floats, y: NDArray[np.bool_], names: Sequence[str], embedder: str
) -> GpModel:
    centre, spread = _named(names, x.mean(axis=0)), _named(names, x.std(axis=0) + 1e-9)
    unfitted = GpModel(dict.fromkeys(KERNEL_NAMES, 1.0), 1.0, 0.0, centre, spread)
    log_odds = _out_of_fold_log_odds(rows, x, y, names, embedder)
    questions: dict[str, list[int]] = defaultdict(list)
    for n, row in enumerate(rows):
        questions[row.group].append(n)
    read = [
        (
            kernels([unfitted.to_input(rows[n].case, rows[n].features, 0.0) for n in at]),
            log_odds[at],
            y[at].astype(np.float64),
        )
        for at in questions.values()
    ]
    settings = {"maxfev": MAX_EVALUATIONS, "xtol": 0.05, "ftol": 1e-4}
    found = minimize(_negative_log_evidence, START, (read, len(rows)), "Powell", options=settings).x
    return GpModel(_named(KERNEL_NAMES, np.exp(found[:-2])), float(found[-2]), float(found[-1]), centre, spread)


def _out_of_fold_log_odds(
    rows: Sequence[LabelledAnswer], x: Floats, y: NDArray[np.bool_], names: Sequence[str], embedder: str
) -> Floats:
    """Return the log-odds of every row from a model that was fitted on other questions."""
    groups = [row.group for row in rows]
    log_odds = np.zeros(len(rows))
    for train, aside in GroupKFold(min(5, len(set(groups)))).split(x, y, groups):
        ensemble = _fit_ensemble([rows[n] for n in train], x[train], y[train], names, embedder)
        log_odds[aside] = [ensemble.log_odds(rows[n].case, rows[n].features) for n in aside]
    return log_odds


def _negative_log_evidence(
    parameters: Floats, read: Sequence[tuple[Mapping[str, Floats], Floats, Floats]], count: int
) -> float:
    """Return the mean negative log evidence of an answer."""
    shares, scale, offset = _named(KERNEL_NAMES, np.exp(parameters[:-2])), parameters[-2], parameters[-1]
    total = 0.0
    for kinds, log_odds, verdicts in read:
        prior = scale * log_odds + offset
        seen = laplace_posterior(weighted_kernel_sum(kinds, shares), prior, verdicts)
        loss = np.logaddexp(0, -seen.latent * (2 * verdicts - 1)).sum()
        total += float(-seen.alpha @ (seen.latent - prior) / 2 - loss - np.log(np.diag(seen.cholesky)).sum())
    return -total / count + PRIOR * float(np.square(parameters[:-2] + 1).mean())


def _named(names: Sequence[str], values: Sequence[float] | Floats) -> dict[str, float]:
    return {name: float(value) for name, value in zip(names, values, strict=True)}


def _rounded(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _rounded(one) for name, one in value.items()}
    return float(f"{value:.6g}")
