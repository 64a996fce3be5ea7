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

from tutor.pedagogy.leak_features import Utterance, extract_leak_features
from tutor.pedagogy.leak_rules import find_leaks

MODEL_FILE = Path(__file__).with_name("leak_model.json")


@dataclass(frozen=True, slots=True)
class LeakVerdict:
    """Whether a draft gives the answer away; `reasons` never repeat the answer and are empty when it does not."""

    leaks: bool
    probability: float
    reasons: tuple[str, ...]


def check_leak(draft: str, lines: Sequence[Utterance], keys: Sequence[str] = ()) -> LeakVerdict:
    """Judge a draft reply to the dialogue `lines`; without `keys` the last question itself is worked out."""
    weights = _load_model()
    probability = leak_probability(extract_leak_features(draft, lines, keys), weights.weights, weights.bias)
    said = "\n".join(line.text for line in lines)
    reasons = list(dict.fromkeys(reason for key in keys for reason in find_leaks(draft, key, said)))
    if probability >= weights.threshold:
        reasons.append("tells the number asked for")
    return LeakVerdict(
        bool(reasons),
        max(probability, 0.95 if len(reasons) > (probability >= weights.threshold) else 0),
        tuple(reasons),
    )


def leak_probability(features: Mapping[str, float], weights: Mapping[str, float], bias: float) -> float:
    """The logistic model: features it was not fitted on weigh nothing."""
    return 1 / (1 + math.exp(-bias - sum(weights.get(name, 0.0) * value for name, value in features.items())))


@dataclass(frozen=True, slots=True)
class _LeakModel:
    weights: Mapping[str, float]
    bias: float
    threshold: float


@cache
def _load_model() -> _LeakModel:
    stored = json.loads(MODEL_FILE.read_text(encoding="utf-8"))
    return _LeakModel(stored["weights"], stored["bias"], stored["threshold"])
