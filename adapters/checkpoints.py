"""Checkpoints of a training: one safetensors file, replaced atomically.

A checkpoint belongs to one training: its fingerprint is a hash of rows, recipe, base and start version, and a file with
another fingerprint is not used.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save

from adapters.errors import AdapterDamaged
from adapters.vault import CLEAR, Vault


@dataclass(frozen=True, slots=True)
class TrainingState:
    """The state of a training run between two steps."""

    tensors: dict[str, torch.Tensor]
    numbers: dict[str, Any]  # JSON-able


class CheckpointFile:
    """The checkpoint of a training, due again `every_s` seconds after each write."""

    def __init__(self, file: Path, fingerprint: str, every_s: float, vault: Vault = CLEAR) -> None:
        self._file, self._fingerprint, self._every_s, self._vault = file, fingerprint, every_s, vault
        self._written = time.monotonic()

    def is_due(self) -> bool:
        return time.monotonic() - self._written >= self._every_s

    def write(self, state: TrainingState) -> None:
        """Replace the checkpoint; after a kill or a power failure the old one remains."""
        header = {"fingerprint": self._fingerprint, "numbers": json.dumps(state.numbers)}
        tensors = {name: value.contiguous() for name, value in state.tensors.items()}
        self._vault.replace(self._file, save(tensors, header))
        self._written = time.monotonic()

    def read(self) -> TrainingState | None:
        """Return the saved state, or None without one. Deletes a damaged file and one of another training."""
        if not self._file.is_file():
            return None
        try:
            data = self._vault.read(self._file)
            header = _metadata(data)
            if header.get("fingerprint") == self._fingerprint:
                return TrainingState(load(data), json.loads(header["numbers"]))
        except (AdapterDamaged, SafetensorError, ValueError, KeyError):
            pass  # a damaged file is deleted
        self._file.unlink()
        return None


def _metadata(data: bytes) -> dict[str, str]:
    """Return the metadata of a safetensors file: JSON after its length in eight bytes."""
    length = int.from_bytes(data[:8], "little")
    metadata = json.loads(data[8 : 8 + length]).get("__metadata__")
    return metadata if isinstance(metadata, dict) else {}
