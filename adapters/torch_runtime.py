"""The torch process of a training: its random seeds and its peak memory."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import torch


def set_seed(value: int) -> None:
    """Seed the random generators, so that initial values, dropout and gradients are the same in every run.

    On a GPU the fused attention kernels sum gradients in the order in which their blocks finish, so the plain kernel is
    used; it costs little, because gradients flow through answers only.
    """
    torch.manual_seed(value)
    if torch.cuda.is_available():
        for fused in ("flash", "mem_efficient", "cudnn"):
            getattr(torch.backends.cuda, f"enable_{fused}_sdp")(False)


def rng_state() -> dict[str, torch.Tensor]:
    """Return the states of the random generators; dropout on a GPU draws from the GPU's own."""
    found = {"dice": torch.get_rng_state()}
    return found | {"dice.cuda": torch.cuda.get_rng_state()} if torch.cuda.is_available() else found


def restore_rng_state(state: Mapping[str, torch.Tensor]) -> None:
    """Set the random generators to a state that `rng_state` returned."""
    torch.set_rng_state(state["dice"])
    if "dice.cuda" in state and torch.cuda.is_available():
        torch.cuda.set_rng_state(state["dice.cuda"])


def peak_resident_mb() -> int:
    """Return the peak resident memory of this process in MB; 0 where the system does not report it."""
    status = Path("/proc/self/status")
    if not status.is_file():
        return 0
    line = next((line for line in status.read_text().splitlines() if line.startswith("VmHWM")), "VmHWM: 0 kB")
    return int(line.split()[1]) // 1024


def peak_gpu_memory() -> dict[str, float]:
    """Return the peak GPU memory of this process as a metric; empty without a GPU."""
    return {"gpu_memory_mb": torch.cuda.max_memory_allocated() / 2**20} if torch.cuda.is_available() else {}
