"""A logistic model as plain numbers: named weights and a bias, read from the JSON of a fitted grader."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class LogisticModel:
    """Weights by feature name; features that the model was not fitted on are ignored."""

    weights: Mapping[str, float]
    bias: float

    def probability(self, features: Mapping[str, float]) -> float:
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, self.log_odds(features)))))

    def log_odds(self, features: Mapping[str, float]) -> float:
        return self.bias + sum(self.weights.get(name, 0.0) * value for name, value in features.items())


def load_models(path: Path) -> dict[str, LogisticModel]:
    """Return the models of a file by name."""
    stored = json.loads(path.read_text(encoding="utf-8"))
    return {
        name: LogisticModel(dict(one["weights"]), float(one["bias"])) for name, one in stored.items() if "bias" in one
    }
