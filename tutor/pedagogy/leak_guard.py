"""Decide whether a draft reply gives away the answer that the learner is to find.

A small fitted model weighs how the draft uses numbers (`leak_features`); rules find answers in words, formulas and
obfuscated forms (`leak_rules`). Pure; independent of the language model that wrote the draft.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tutor.pedagogy.leak_features import Utterance, extract_leak_features
from tutor.pedagogy.leak_rules import find_leaks

MAX_DRAFT_CHARS = 3_000
MAX_NUMBERS = 200  # written in digits
_DIGITS = re.compile(r"\d+")
MODEL_FILE = Path(__file__).with_name("leak_model.json")


@dataclass(frozen=True, slots=True)
class LeakVerdict:
    """Whether a draft gives the answer away; `reasons` never contain the answer and are empty without a leak."""

    leaks: bool
    reasons: tuple[str, ...]


def check_leak(draft: str, lines: Sequence[Utterance], keys: Sequence[str] = ()) -> LeakVerdict:
    """Check a draft reply to the dialogue `lines`; without `keys` the answer to the last question is computed.

    A draft that is longer than any hint, or has more numbers, counts as a leak and is not read.
    """
    if len(draft) > MAX_DRAFT_CHARS or len(_DIGITS.findall(draft)) > MAX_NUMBERS:
        return LeakVerdict(True, ("is too long to be checked",))
    model = _load_model()
    dialogue = "\n".join(line.text for line in lines)
    reasons = list(dict.fromkeys(reason for key in keys for reason in find_leaks(draft, key, dialogue)))
    if leak_probability(extract_leak_features(draft, lines, keys), model.weights, model.bias) >= model.threshold:
        reasons.append("states the number that is asked for")
    return LeakVerdict(bool(reasons), tuple(reasons))


def leak_probability(features: Mapping[str, float], weights: Mapping[str, float], bias: float) -> float:
    """Return the probability of the logistic model; features that it was not fitted on count as zero."""
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
