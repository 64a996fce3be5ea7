"""Keeps the memory of a process small while a model is loaded."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterator
from contextlib import contextmanager

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
