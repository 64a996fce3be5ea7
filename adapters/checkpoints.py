"""Checkpoints of a training: one safetensors file, replaced atomically.

A checkpoint belongs to one training: its fingerprint is a hash of rows, recipe, base and start version, and a file with
another fingerprint is not used.
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
    """The state of a training run between two steps."""

    tensors: dict[str, torch.Tensor]
    numbers: dict[str, Any]  # JSON-able


class CheckpointFile:
    """The checkpoint of a training, due again `every_s` seconds after each write."""

    def __init__(self, file: Path, fingerprint: str, every_s: float) -> None:
        self._file, self._fingerprint, self._every_s = file, fingerprint, every_s
        self._written = time.monotonic()

    def is_due(self) -> bool:
        return time.monotonic() - self._written >= self._every_s

    def write(self, state: TrainingState) -> None:
        """Replace the checkpoint; after a kill or a power failure the old one remains."""
        temporary = self._file.with_suffix(".tmp")
        header = {"fingerprint": self._fingerprint, "numbers": json.dumps(state.numbers)}
        save_file({name: value.contiguous() for name, value in state.tensors.items()}, temporary, header)
        fsync_path(temporary)
        os.replace(temporary, self._file)
        fsync_path(self._file.parent)
        self._written = time.monotonic()

    def read(self) -> TrainingState | None:
        """Return the saved state, or None without one. Deletes a damaged file and one of another training."""
        if not self._file.is_file():
            return None
        try:
            with safe_open(self._file, framework="pt") as file:
                header = file.metadata() or {}
                if header.get("fingerprint") == self._fingerprint:
                    tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
                    return TrainingState(tensors, json.loads(header["numbers"]))
        except (SafetensorError, ValueError, KeyError):
            pass  # a damaged file is deleted
        self._file.unlink()
        return None
