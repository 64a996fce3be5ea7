"""Messages that need a person: self-harm, violence, sexual acts with the young, and services that cheat for money.

A linear model over the vector of a message tells them: `bench.fit_concerns` fits it, its card is `concern_model.md`.
Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

MODEL_FILE = Path(__file__).with_name("concern_model.npz")
HARMLESS = "none"
POSSIBLE, SURE = 0.3, 0.6  # chances from which a message is noticed, and from which it is answered with help alone


class ConcernKind(StrEnum):
    """What a message is about."""

    SELF_HARM = "self_harm"
    VIOLENCE = "violence"
    SEXUAL_YOUNG = "sexual_young"
    CHEATING = "cheating"


class AlertLevel(StrEnum):
    """How soon an instructor should look."""

    URGENT = "urgent"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True)
class Concern:
    """What a message is probably about, and how probable it is that it is about any of it."""

    kind: ConcernKind
    chance: float

    @property
    def is_sure(self) -> bool:
        return self.chance >= SURE

    @property
    def level(self) -> AlertLevel:
        """Somebody may be in danger: urgent. Cheating, and what is only possible: to look at when there is time."""
        return AlertLevel.URGENT if self.is_sure and self.kind is not ConcernKind.CHEATING else AlertLevel.NOTICE


@dataclass(frozen=True, slots=True)
class ConcernModel:
    """A multinomial logistic model over the vectors of one embedder."""

    embedder: str  # its name: vectors of another one mean something else
    labels: tuple[str, ...]
    weights: NDArray[Any]  # labels x dimension
    bias: NDArray[Any]

    def find(self, vector: NDArray[Any]) -> Concern | None:
        """Return what a message with this vector is about; None for anything else."""
        scores = self.weights @ vector + self.bias
        shares = np.exp(scores - scores.max())
        chances = dict(zip(self.labels, map(float, shares / shares.sum()), strict=True))
        chance = 1.0 - chances.pop(HARMLESS)
        if chance < POSSIBLE:
            return None
        return Concern(ConcernKind(max(chances, key=lambda label: chances[label])), chance)


@cache
def load_concern_model() -> ConcernModel:
    with np.load(MODEL_FILE, allow_pickle=False) as stored:
        labels = tuple(map(str, stored["labels"]))
        return ConcernModel(str(stored["embedder"]), labels, stored["weights"].astype(np.float32), stored["bias"])
