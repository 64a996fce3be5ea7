"""Where a training stands, on disk: one safetensors file that is either whole or the one before it.

A checkpoint belongs to one training: rows, recipe, base and what it started from are hashed into its fingerprint, and
a file of another training is not used.
"""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from adapters.files import fsync_path


@dataclass(frozen=True, slots=True)
class TrainingState:
    """A run between two steps."""

    tensors: dict[str, torch.Tensor]
    numbers: dict[str, Any]  # JSON-able


class CheckpointFile:
    """The one checkpoint of a training, written anew every `every_s` seconds."""

    def __init__(self, file: Path, fingerprint: str, every_s: float) -> None:
        self._file, self._fingerprint, self._every_s = file, fingerprint, every_s
        self._written = time.monotonic()

    def is_due(self) -> bool:
        return time.monotonic() - self._written >= self._every_s

    def write(self, state: TrainingState) -> None:
        """Replace the checkpoint; a kill or a power cut leaves the old one."""
        temporary = self._file.with_suffix(".tmp")
        header = {"fingerprint": self._fingerprint, "numbers": json.dumps(state.numbers)}
        save_file({name: value.contiguous() for name, value in state.tensors.items()}, temporary, header)
        fsync_path(temporary)
        os.replace(temporary, self._file)
        fsync_path(self._file.parent)
        self._written = time.monotonic()

    def read(self) -> TrainingState | None:
        """Return where this training stood; None when it starts. A file that is another training's or damaged goes."""
        if not self._file.is_file():
            return None
        try:
            with safe_open(self._file, framework="pt") as file:
                header = file.metadata() or {}
                if header.get("fingerprint") == self._fingerprint:
                    tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
                    return TrainingState(tensors, json.loads(header["numbers"]))
        except (SafetensorError, ValueError, KeyError):
            pass  # cut off by a kill before it was whole: as good as none
        self._file.unlink()
        return None
