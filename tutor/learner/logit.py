"""Odds: shares on the log-odds scale and back, and the arrays of numbers that this room computes with."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def logit(share: float) -> float:
    return math.log(share / (1 - share))


def squash(score: float) -> float:
    """Return the share that has these log-odds."""
    return 1 / (1 + math.exp(-min(max(score, -30.0), 30.0)))
