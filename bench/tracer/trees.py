"""Boosted trees as plain numbers: read from JSON, walked for one row at a time.

Growing them is `fitting.py`. All trees lie behind one another in flat arrays; a leaf points at itself, so that all
trees are walked together, one level a step.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tutor.learner.odds import Floats

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Forest:
    """A sum of trees: `start` plus the value of the leaf that the row reaches in each of them."""

    start: float
    depth: int
    roots: Ints
    feature: Ints
    threshold: Floats
    lower: Ints  # where to go when the feature is at most the threshold
    upper: Ints
    value: Floats

    def score(self, row: Floats) -> float:
        """Return the log-odds of one row."""
        at = self.roots
        for _ in range(self.depth):
            at = np.where(row[self.feature[at]] <= self.threshold[at], self.lower[at], self.upper[at])
        return self.start + float(self.value[at].sum())

    def plain(self) -> dict[str, Any]:
        """Return what `forest` reads again."""
        arrays = {
            name: getattr(self, name).tolist() for name in ("roots", "feature", "threshold", "lower", "upper", "value")
        }
        return {"start": self.start, "depth": self.depth, **arrays}


def forest(plain: Mapping[str, Any]) -> Forest:
    """Return the forest that `Forest.plain` wrote."""
    return Forest(
        start=float(plain["start"]),
        depth=int(plain["depth"]),
        roots=_ints(plain["roots"]),
        feature=_ints(plain["feature"]),
        threshold=np.asarray(plain["threshold"], dtype=np.float64),
        lower=_ints(plain["lower"]),
        upper=_ints(plain["upper"]),
        value=np.asarray(plain["value"], dtype=np.float64),
    )


def _ints(values: Sequence[int]) -> Ints:
    return np.asarray(values, dtype=np.int64)
