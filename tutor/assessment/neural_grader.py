"""A small network next to the logistic model: interactions of the features, and of a few directions of the vectors.

Plain arrays, one hidden layer. It was fitted on one embedder's vectors and is used on those only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tutor.assessment.answer_features import GradingCase
from tutor.assessment.logistic import LogisticModel

Floats = NDArray[np.float32]
MAX_LOG_ODDS = 9.0  # the network's log-odds are clipped to it
NETWORK_WEIGHT = 1 / 3  # with a half, 20 graded answers help less on questions of a new module


def vector_comparison(case: GradingCase) -> Floats:
    """Return the absolute difference and the product of the vectors of an answer and its nearest reference."""
    answer = case.answer.vector
    nearest = max((reference.vector for reference in case.references), key=lambda vector: float(vector @ answer))
    return np.concatenate([np.abs(answer - nearest), answer * nearest])


@dataclass(frozen=True, slots=True)
class GradingNetwork:
    """The weights; scaling is folded into them, and several networks are joined into a wide one."""

    embedder: NDArray[np.str_]  # the name of the embedder it was fitted on
    names: NDArray[np.str_]  # of the features
    directions: Floats  # of `vector_comparison`, one column a direction
    hidden: Floats  # one row a feature or direction, one column a unit
    hidden_bias: Floats
    out: Floats
    out_bias: Floats

    def supports_embedder(self, embedder: str) -> bool:
        return str(self.embedder) == embedder

    def log_odds(self, case: GradingCase, features: Mapping[str, float]) -> float:
        inputs = np.array(
            [*(features.get(str(name), 0.0) for name in self.names), *(vector_comparison(case) @ self.directions)]
        )
        units = np.maximum(0.0, inputs @ self.hidden + self.hidden_bias)
        return float(np.clip(units @ self.out + self.out_bias, -MAX_LOG_ODDS, MAX_LOG_ODDS))

    def save(self, path: Path) -> None:
        arrays: dict[str, Any] = asdict(self)
        np.savez_compressed(path, **arrays)


def load_network(path: Path) -> GradingNetwork:
    with np.load(path, allow_pickle=False) as stored:
        return GradingNetwork(**stored)


@dataclass(frozen=True, slots=True)
class GradingEnsemble:
    """The logistic model and, with a smaller weight, the network; the logistic model alone where there is none."""

    logistic: LogisticModel
    network: GradingNetwork | None

    def log_odds(self, case: GradingCase, features: Mapping[str, float]) -> float:
        logistic = self.logistic.log_odds(features)
        if self.network is None:
            return logistic
        return (1 - NETWORK_WEIGHT) * logistic + NETWORK_WEIGHT * self.network.log_odds(case, features)
