"""A logistic model as plain numbers: named weights and a bias, read from JSON. What a fitted grader ships as."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Logistic:
    """Features that the model was not fitted on weigh nothing."""

    weights: Mapping[str, float]
    bias: float

    def probability(self, row: Mapping[str, float]) -> float:
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, self.log_odds(row)))))

    def log_odds(self, row: Mapping[str, float]) -> float:
        return self.bias + sum(self.weights.get(name, 0.0) * value for name, value in row.items())


def read_models(path: Path) -> dict[str, Logistic]:
    """Read the models of a file by name."""
    stored = json.loads(path.read_text(encoding="utf-8"))
    return {name: Logistic(dict(one["weights"]), float(one["bias"])) for name, one in stored.items() if "bias" in one}
