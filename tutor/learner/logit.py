"""The log-odds scale: probabilities to log-odds and back."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]


def logit(probability: float) -> float:
    return math.log(probability / (1 - probability))


def sigmoid(log_odds: float) -> float:
    """Return the probability that has these log-odds; log-odds are cut off at 30."""
    return 1 / (1 + math.exp(-min(max(log_odds, -30.0), 30.0)))
