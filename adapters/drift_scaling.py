"""Scales a trained adapter down until its loss on ordinary text is close enough to that of the base.

Scaling costs nothing and trades a little of what was learned for much of what was forgotten. It uses the monitored
replay rows, which are neither trained on nor part of the eval suite.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from adapters.dataset import EncodedExample
from adapters.lora import scale_adapter
from adapters.scoring import mean_loss

SCALES = (1.0, 0.85, 0.7, 0.55, 0.4)


class BaseReference:
    """The mean loss of the base on some ordinary rows."""

    def __init__(self, rows: Sequence[EncodedExample], loss: float) -> None:
        self._rows, self._loss = rows, loss

    def limit_drift(self, model: Any, max_drift: float) -> float:
        """Scale the adapter down until its loss on the rows exceeds the base's by at most the share `max_drift`.

        Returns the scale, in (0, 1].
        """
        current = 1.0
        for scale in SCALES:
            scale_adapter(model, scale / current)
            current = scale
            if mean_loss(model, self._rows) <= self._loss * (1 + max_drift):
                break
        return current
