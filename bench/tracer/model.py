"""Knowledge tracing: how likely is the next answer to be right?

A logistic model on `signals.py`, sharpened by a few boosted trees where there were enough learners to grow them. It
is learnt from other learners (`fitting.py`) and is never trained on the learner it speaks of: her answers only move
her history. Whether a skill counts as known is `mastery.py`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from bench.tracer.signals import NAMES, STRENGTH, expectation, signals
from bench.tracer.tally import Tally
from bench.tracer.trees import Forest, forest
from tutor.errors import ModelUnusable
from tutor.learner.evidence import Answered
from tutor.learner.history import History, advance
from tutor.learner.odds import Floats, logit

FORMAT = 1


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """What was learnt about signals, apart from any course: linear weights, perhaps trees, and how to mix them."""

    version: str
    linear: Floats  # one weight a signal
    bias: float
    trees: Forest | None = None
    trees_share: float = 0.0  # of the log-odds
    slope: float = 1.0  # calibration on learners that the weights had not seen
    shift: float = 0.0

    def probability(self, row: Floats) -> float:
        score = float(self.linear @ row) + self.bias
        if self.trees is not None and self.trees_share:
            score += self.trees_share * (self.trees.score(row) - score)
        return 1 / (1 + math.exp(-(self.slope * score + self.shift)))


@dataclass(frozen=True, slots=True)
class Traced:
    """What one answer was worth: how likely it had been, and which weights said so."""

    answer_id: str
    expected: float
    counted: bool  # an aided answer is recorded, but says nothing about what she can do alone
    version: str


@dataclass(frozen=True, slots=True, eq=False)
class Tracer:
    """Predicts answers in one course: its tally and the weights."""

    weights: Weights
    tally: Tally

    def predict(self, history: History, item: str, skill: str) -> float:
        """Return the probability, in (0, 1), that the learner gets this item right now and without help."""
        return self.weights.probability(np.array(signals(history, item, skill, self.tally), dtype=np.float64))

    def ease(self, item: str, skill: str) -> float:
        """Return how much easier the item is for everybody than others on the skill, in log-odds."""
        overall = self.tally.rate(("all",), 0.5, STRENGTH["all"])
        usual = self.tally.rate(("skill", skill), overall, STRENGTH["skill"])
        return logit(expectation(self.tally, item, skill)) - logit(usual)

    def observe(self, history: History, item: str, skill: str, *, right: bool) -> History:
        """Return the history after one unaided answer."""
        return advance(history, item, skill, expectation(self.tally, item, skill), right=right)

    def update(self, history: History, answer: Answered) -> tuple[History, Traced]:
        """Return the history after an answer and the record of how expected it was."""
        item, skill = answer.item_id, answer.skills[0]
        traced = Traced(answer.id, self.predict(history, item, skill), answer.unaided, self.weights.version)
        if not answer.unaided:
            return history, traced
        return self.observe(history, item, skill, right=answer.right), traced


def write_weights(weights: Weights) -> str:
    """Return the weights as JSON that `read_weights` reads."""
    plain = {
        "format": FORMAT,
        "version": weights.version,
        "signals": list(NAMES),
        "linear": [float(f"{w:.6g}") for w in weights.linear],
        "bias": weights.bias,
        "trees_share": weights.trees_share,
        "slope": weights.slope,
        "shift": weights.shift,
        "trees": weights.trees.plain() if weights.trees else None,
    }
    return json.dumps(plain)


def read_weights(text: str) -> Weights:
    """Return the weights in `text`; raises ModelUnusable when they were fitted for other signals."""
    plain: Mapping[str, Any] = json.loads(text)
    if plain.get("format") != FORMAT or tuple(plain.get("signals", ())) != NAMES:
        raise ModelUnusable(
            "the tracing weights were fitted for other signals; fit them again with bench.tracer.fitting"
        )
    return Weights(
        version=plain["version"],
        linear=np.array(plain["linear"], dtype=np.float64),
        bias=plain["bias"],
        trees=forest(plain["trees"]) if plain["trees"] else None,
        trees_share=plain["trees_share"],
        slope=plain["slope"],
        shift=plain["shift"],
    )
