"""Curves for whoever watches trainings with TensorBoard: off unless `ADAPTERS_TENSORBOARD` names a folder.

The package `tensorboard` is no requirement; the pages and `card.json` have the curves without it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from adapters.errors import TrainingRefused
from adapters.records import StepMetrics

VARIABLE = "ADAPTERS_TENSORBOARD"


def tensorboard_logger(name: str) -> Callable[[StepMetrics], None]:
    """Return what is told each step of the run of this name. Raises TrainingRefused when it was asked for in vain."""
    folder = os.environ.get(VARIABLE)
    if not folder:
        return lambda point: None
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError as error:
        raise TrainingRefused(f"{VARIABLE} is set, but tensorboard is not installed; install it or unset it") from error
    writer = SummaryWriter(str(Path(folder) / name))

    def tell(point: StepMetrics) -> None:
        for curve in ("loss", "held_out", "drift"):
            value = getattr(point, curve)
            if value is not None:
                writer.add_scalar(curve, value, point.step)
        writer.flush()

    return tell
