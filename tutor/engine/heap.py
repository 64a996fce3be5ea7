"""Keeps the memory of a process small: while a model is loaded, and what is reserved but not used."""

from __future__ import annotations

import ctypes
import math
import mmap
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor

_MMAP_THRESHOLD = -3  # glibc's M_MMAP_THRESHOLD
_WHILE_LOADING, _AFTERWARDS = 256 << 10, 64 << 20  # bytes


@contextmanager
def large_blocks_returned() -> Iterator[None]:
    """Give every large block back to the system when it is freed; afterwards glibc may reuse blocks of up to 64 MB.

    Loading allocates and frees gigabytes of short-lived tensors, which would leave holes that are never used again.
    Does nothing where the C library is not glibc.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is None:
        yield
        return
    mallopt(_MMAP_THRESHOLD, _WHILE_LOADING)
    try:
        yield
    finally:
        mallopt(_MMAP_THRESHOLD, _AFTERWARDS)
        ctypes.CDLL(None).malloc_trim(0)


def reserve_zeros(shape: tuple[int, ...], dtype: torch.dtype, device: torch.device) -> Tensor:
    """Return zeros; on a CPU, memory that nothing is written to is never touched, which torch.zeros would do."""
    size = math.prod(shape) * dtype.itemsize
    if device.type != "cpu" or size == 0:
        return torch.zeros(shape, dtype=dtype, device=device)
    block = mmap.mmap(-1, size)  # zeros
    if hasattr(mmap, "MADV_NOHUGEPAGE"):
        block.madvise(mmap.MADV_NOHUGEPAGE)  # otherwise one written value takes 2 MB
    return torch.frombuffer(block, dtype=dtype).view(shape)
