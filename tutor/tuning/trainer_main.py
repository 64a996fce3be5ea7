"""The trainer process of the tutor: `python -m tutor.tuning.trainer_main JOB.json`.

It is `adapters.trainer`, which knows nothing of GGUF files, with a loader that does.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from adapters import trainer
from adapters.errors import BaseUnusable
from adapters.records import Recipe, TrainedAdapter, TrainingJob, TrainingProgress
from adapters.trainer_process import train_in_subprocess
from tutor.engine.published_folder import WEIGHTS as GGUF_WEIGHTS
from tutor.errors import ModelUnusable


def train_any_base(
    job: TrainingJob, on_progress: Callable[[TrainingProgress], None], cancelled: Callable[[], bool]
) -> TrainedAdapter:
    """Train in a subprocess that reads every format of weights. Raises what `train_in_subprocess` raises."""
    return train_in_subprocess(job, on_progress, cancelled, __name__)


def load_base(directory: Path, recipe: Recipe) -> Any:
    """Return the base of a folder, from its GGUF file if it has one. Raises BaseUnusable."""
    if not (directory / GGUF_WEIGHTS).is_file():
        return trainer.load_safetensors_base(directory, recipe)
    from tutor.engine.trainable_base import load_trainable_gguf

    try:
        return load_trainable_gguf(directory, recipe.upper_layers)
    except ModelUnusable as error:
        raise BaseUnusable(str(error)) from error


if __name__ == "__main__":
    sys.exit(trainer.main(sys.argv[1:], load_base))
