"""The last look before an adapter is written: one that tells ordinary text worse than it may is made weaker.

Adding less of an adapter is free and gives up a little of what was learnt for much of what was forgotten. The rows
looked at are the anchor's watched ones: neither learnt from nor those of the card.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from adapters.dataset import EncodedExample
from adapters.lora import scale_adapter
from adapters.scoring import mean_loss

SCALES = (1.0, 0.85, 0.7, 0.55, 0.4)


class BaseReference:
    """How well the base tells some ordinary rows: its mean loss on them."""

    def __init__(self, rows: Sequence[EncodedExample], loss: float) -> None:
        self._rows, self._loss = rows, loss

    def limit_drift(self, model: Any, max_drift: float) -> float:
        """Weaken the adapter until the rows are told at most `most_drift` worse; return the strength that is left."""
        left = 1.0
        for strength in SCALES:
            scale_adapter(model, strength / left)
            left = strength
            if mean_loss(model, self._rows) <= self._loss * (1 + max_drift):
                break
        return left
