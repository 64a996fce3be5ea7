"""The leak guard: does a draft reply give away the answer that the learner should find?

A small fitted model weighs how numbers are said (`leak_features.py`); rules find words, formulas and disguises
(`leak_rules.py`). Pure; it knows no language model, and works on the draft of any.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tutor.pedagogy.leak_features import Line, features
from tutor.pedagogy.leak_rules import disguised

MODEL = Path(__file__).with_name("leak_model.json")


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a draft gives the answer away; `reasons` never repeat the answer and are empty when it does not."""

    leaks: bool
    probability: float
    reasons: tuple[str, ...]


def judge(draft: str, lines: Sequence[Line], keys: Sequence[str] = ()) -> Verdict:
    """Judge a draft reply to the dialogue `lines`; without `keys` the last question itself is worked out."""
    weights = _model()
    probability = weigh(features(draft, lines, keys), weights.weights, weights.bias)
    said = "\n".join(line.text for line in lines)
    reasons = list(dict.fromkeys(reason for key in keys for reason in disguised(draft, key, said)))
    if probability >= weights.threshold:
        reasons.append("tells the number asked for")
    return Verdict(
        bool(reasons),
        max(probability, 0.95 if len(reasons) > (probability >= weights.threshold) else 0),
        tuple(reasons),
    )


def weigh(row: Mapping[str, float], weights: Mapping[str, float], bias: float) -> float:
    """The logistic model: features it was not fitted on weigh nothing."""
    return 1 / (1 + math.exp(-bias - sum(weights.get(name, 0.0) * value for name, value in row.items())))


@dataclass(frozen=True, slots=True)
class _Model:
    weights: Mapping[str, float]
    bias: float
    threshold: float


@cache
def _model() -> _Model:
    stored = json.loads(MODEL.read_text(encoding="utf-8"))
    return _Model(stored["weights"], stored["bias"], stored["threshold"])
