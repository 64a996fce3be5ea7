"""Writes training curves for TensorBoard if `ADAPTERS_TENSORBOARD` names a folder.

The package `tensorboard` is optional; the pages and `card.json` have the curves without it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from adapters.errors import TrainingRefused
from adapters.records import StepMetrics

VARIABLE = "ADAPTERS_TENSORBOARD"


def tensorboard_logger(name: str) -> Callable[[StepMetrics], None]:
    """Return a function that logs each step of the named run; it does nothing unless the variable is set.

    Raises TrainingRefused when the variable is set, but tensorboard is not installed.
    """
    folder = os.environ.get(VARIABLE)
    if not folder:
        return lambda point: None
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError as error:
        raise TrainingRefused(f"{VARIABLE} is set, but tensorboard is not installed; install it or unset it") from error
    writer = SummaryWriter(str(Path(folder) / name))

    def log(point: StepMetrics) -> None:
        for curve in ("loss", "held_out", "drift"):
            value = getattr(point, curve)
            if value is not None:
                writer.add_scalar(curve, value, point.step)
        writer.flush()

    return log
