"""How much runs at once: slots, chunks and caches, as they suit a device and as an operator wishes. Torch-free.

The figures for CPUs were measured: slots and prompts together by bench/serving_shape.py, the rest as docs/LOG.md says.
Those for CUDA are what the literature and the memory of usual cards suggest; they ran once, on an H100 (bench/gpu.py),
and none was compared with another value. Every figure can be set.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Literal

from tutor.errors import ModelUnusable

KV_MEMORY_SHARE = 0.5  # of the memory that is free once the model is loaded
BankDtype = Literal["fp32", "bf16"]


@dataclass(frozen=True, slots=True)
class EngineCapacity:
    """What an engine reserves and how it cuts its work. The values are those for CPUs."""

    slots: int = 16  # answers that run at once
    chunk: int = 64  # tokens of a prompt read in one step: the dial between first token and jitter
    prefill_rows: int = 2  # prompts read together
    bank_dtype: BankDtype = "fp32"  # numbers of the adapters in the rows
    attention_span_unit: int = (
        64  # a row's attention looks at a multiple of this many positions; 0: all at the longest row's
    )
    prefix_cache_bytes: int = 256 << 20  # beginnings of prompts that were read
    adapter_cache_bytes: int = 512 << 20  # adapters in memory
    unpacked_bytes: int = 1 << 30  # what the weights may take once more, unpacked, for reading prompts faster
    max_rank: int = 64

    @property
    def slots_per_learner(self) -> int:
        """How many answers one learner may have running, so that others always find a slot."""
        return fair_share(self.slots)


CPU_DEFAULTS = EngineCapacity()
CUDA_DEFAULTS = EngineCapacity(
    slots=32,
    chunk=512,
    prefill_rows=4,
    bank_dtype="bf16",
    attention_span_unit=0,
    prefix_cache_bytes=2 << 30,
    adapter_cache_bytes=4
    << 30,  # one of rank 8 for a model of 4 B parameters takes 66 MB: less would not hold 32 learners
    unpacked_bytes=0,
)


def fair_share(places: int) -> int:
    """Return how many of the places one learner may hold: a quarter, at least one."""
    return max(1, places // 4)


def capacity_for(device: str, overrides: Mapping[str, Any], free_bytes: int, row_bytes: int) -> EngineCapacity:
    """Return the shape for a device; what is wished for is taken as it is, the number of slots else fits the memory.

    Raises ModelUnusable when not even one row of the context window fits.
    """
    known = {field.name for field in fields(EngineCapacity)}
    assert overrides.keys() <= known, overrides.keys() - known
    shape = replace(CUDA_DEFAULTS if device == "cuda" else CPU_DEFAULTS, **overrides)
    if "slots" in overrides:
        return shape
    fitting = int(free_bytes * KV_MEMORY_SHARE) // row_bytes
    if fitting < 1:
        raise ModelUnusable(
            f"the memory of one conversation takes {row_bytes >> 20} MiB and {free_bytes >> 20} MiB are free; "
            "choose a smaller model"
        )
    return replace(shape, slots=min(shape.slots, fitting))
