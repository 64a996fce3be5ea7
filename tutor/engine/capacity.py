"""How much the engine runs at once: slots, chunk sizes and caches, by device and settings. Without torch.

The values for CPUs are measured: slots and prefill rows by bench/serving_shape.py, the others as docs/LOG.md records.
Those for CUDA follow the literature and the memory of common cards; they ran once, on an H100 (bench/gpu.py), and were
not compared with other values. Every value can be set.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Literal

from tutor.errors import ModelUnusable

KV_MEMORY_SHARE = 0.5  # of the memory that is free after the model is loaded
BankDtype = Literal["fp32", "bf16"]


@dataclass(frozen=True, slots=True)
class EngineCapacity:
    """What an engine reserves and how it splits its work. The defaults are those for CPUs."""

    slots: int = 16  # answers generated at once
    chunk: int = 64  # prompt tokens read in one step; larger: earlier first token, longer pauses for others
    prefill_rows: int = 2  # prompts read in one step
    bank_dtype: BankDtype = "fp32"  # of the adapter weights in the LoRA bank
    # A row attends to its length rounded up to a multiple of this; 0: every row to the length of the longest.
    attention_span_unit: int = 64
    prefix_cache_bytes: int = 256 << 20  # keys and values of prompt prefixes
    adapter_cache_bytes: int = 512 << 20  # adapter weights in memory
    unpacked_bytes: int = 1 << 30  # for a dequantized copy of the weights, which reads prompts faster
    max_rank: int = 64

    @property
    def slots_per_learner(self) -> int:
        """The most answers that one learner may have running, so that others always find a slot."""
        return fair_share(self.slots)


CPU_DEFAULTS = EngineCapacity()
CUDA_DEFAULTS = EngineCapacity(
    slots=32,
    chunk=512,
    prefill_rows=4,
    bank_dtype="bf16",
    attention_span_unit=0,
    prefix_cache_bytes=2 << 30,
    adapter_cache_bytes=4 << 30,  # 32 adapters of rank 8 for a model of 4 B parameters take 66 MB each
    unpacked_bytes=0,
)


def fair_share(places: int) -> int:
    """Return how many of the places one learner may hold: a quarter, but at least one."""
    return max(1, places // 4)


def capacity_for(device: str, overrides: Mapping[str, Any], free_bytes: int, row_bytes: int) -> EngineCapacity:
    """Return the capacity for a device. `overrides` are fields of EngineCapacity; slots not among them fit the memory.

    `row_bytes` is the size of one KV row. Raises ModelUnusable when not even one row fits.
    """
    known = {field.name for field in fields(EngineCapacity)}
    assert overrides.keys() <= known, overrides.keys() - known
    capacity = replace(CUDA_DEFAULTS if device == "cuda" else CPU_DEFAULTS, **overrides)
    if "slots" in overrides:
        return capacity
    fitting = int(free_bytes * KV_MEMORY_SHARE) // row_bytes
    if fitting < 1:
        raise ModelUnusable(
            f"the context of one conversation takes {row_bytes >> 20} MiB, but only {free_bytes >> 20} MiB are free; "
            "choose a smaller model"
        )
    return replace(capacity, slots=min(capacity.slots, fitting))
