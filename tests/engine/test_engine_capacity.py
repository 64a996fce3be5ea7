"""The capacity is chosen for the device, fits its memory, and can be set by the operator."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from tutor.engine.capacity import CPU_DEFAULTS, CUDA_DEFAULTS, EngineCapacity, capacity_for, fair_share
from tutor.engine.factory import capacity_overrides
from tutor.engine.heap import reserve_zeros
from tutor.errors import ModelUnusable
from tutor.platform.settings import Settings

PLENTY = 1 << 40
ROW = 48 << 20


def test_each_device_has_its_own_default_capacity():
    assert capacity_for("cpu", {}, PLENTY, ROW) == CPU_DEFAULTS
    assert capacity_for("cuda", {}, PLENTY, ROW) == CUDA_DEFAULTS
    assert CPU_DEFAULTS.bank_dtype == "fp32" and CUDA_DEFAULTS.bank_dtype == "bf16"


def test_slots_use_at_most_half_of_free_memory():
    assert capacity_for("cuda", {}, 10 * ROW, ROW).slots == 5


def test_a_model_too_large_for_one_slot_is_refused():
    with pytest.raises(ModelUnusable, match="one conversation takes 48 MiB, but only 47 MiB are free"):
        capacity_for("cuda", {}, 47 << 20, ROW)


def test_operator_settings_override_the_defaults():
    caches = {"adapter_cache_mb": 7, "prompt_cache_mb": 0, "unpacked_weights_mb": 1}
    chosen = Settings(slots=3, prefill_chunk=32, prefill_rows=4, bank_dtype="bf16", **caches)
    bytes_ = {"adapter_cache_bytes": 7 << 20, "prefix_cache_bytes": 0, "unpacked_bytes": 1 << 20}
    assert capacity_for("cpu", capacity_overrides(chosen), 0, ROW) == EngineCapacity(
        slots=3, chunk=32, prefill_rows=4, bank_dtype="bf16", **bytes_
    )


def test_unset_capacity_is_chosen_for_the_device():
    assert capacity_overrides(Settings()) == {}


def test_the_settings_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TUTOR_SLOTS", "5")
    monkeypatch.setenv("TUTOR_PREFILL_CHUNK", "128")
    monkeypatch.setenv("TUTOR_BANK_DTYPE", "bf16")
    assert capacity_overrides(Settings()) == {"slots": 5, "chunk": 128, "bank_dtype": "bf16"}


@given(st.integers(1, 1000))
def test_the_fair_share_leaves_slots_to_others(places: int):
    assert 1 <= fair_share(places) <= max(1, places // 2)


def test_memory_that_is_reserved_on_a_cpu_is_used_only_where_it_is_written():
    def resident_bytes() -> int:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    before = resident_bytes()
    reserved = reserve_zeros((16, 64, 1 << 18), torch.bfloat16, torch.device("cpu"))
    assert reserved.dtype == torch.bfloat16 and reserved.shape == (16, 64, 1 << 18)
    reserved[3, 5] = 1.0
    assert resident_bytes() - before < 64 << 20 < reserved.nbytes
    assert float(reserved[3, 5].sum()) == 1 << 18 and float(reserved[3, 4, :9].sum()) == 0
