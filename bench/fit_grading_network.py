"""Fit the small network that complements the logistic model of `fit_grading`, as plain arrays and reproducibly.

Several networks from different starting points are averaged in their log-odds, which makes them one wide network.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import PCA
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from tutor.assessment.answer_features import GradingCase
from tutor.assessment.neural_grader import GradingNetwork, vector_comparison

COMPONENTS = 15  # of the vectors' differences and products: 40 are more confident in new modules, but no better
NEGLIGIBLE_VARIANCE = 1e-12  # rounding error; scaled to unit spread it would be noise that differs between machines
HIDDEN_UNITS = 16
RESTARTS = 4
EPOCHS = 20
PENALTY = 1.0

Floats = NDArray[np.float64]


def fit_network(
    cases: Sequence[GradingCase], x: Floats, y: NDArray[np.bool_], names: Sequence[str], embedder: str
) -> GradingNetwork:
    """Fit on features [cases, features] and on the vectors of the cases."""
    vectors = np.array([vector_comparison(case) for case in cases], np.float64)
    pca = PCA(min(COMPONENTS, *vectors.shape), random_state=0).fit(vectors)
    directions = pca.components_[pca.explained_variance_ > NEGLIGIBLE_VARIANCE].T
    inputs = np.hstack([x, vectors @ directions])
    mean, spread = inputs.mean(axis=0), inputs.std(axis=0) + 1e-9
    fitted = [_fit_one((inputs - mean) / spread, y, seed) for seed in range(RESTARTS)]
    hidden = np.hstack([one.coefs_[0] for one in fitted])
    bias = np.concatenate([one.intercepts_[0] for one in fitted])
    return GradingNetwork(
        embedder=np.array(embedder),
        names=np.array(names),
        directions=directions.astype(np.float32),
        hidden=(hidden / spread[:, None]).astype(np.float32),
        hidden_bias=(bias - (mean / spread) @ hidden).astype(np.float32),
        out=np.concatenate([one.coefs_[1][:, 0] for one in fitted]).astype(np.float32) / RESTARTS,
        out_bias=np.float32(np.mean([one.intercepts_[1][0] for one in fitted])),
    )


def _fit_one(x: Floats, y: NDArray[np.bool_], seed: int) -> MLPClassifier:
    model = MLPClassifier(
        (HIDDEN_UNITS,),
        alpha=PENALTY,
        max_iter=EPOCHS,
        random_state=seed,
        learning_rate_init=0.003,
        batch_size=min(128, len(x)),
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # stopped early on purpose
        return model.fit(x, y)
