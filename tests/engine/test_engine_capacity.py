"""How much runs at once is chosen for the device, fits its memory, and can be set by the operator."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.engine.capacity import CPU, CUDA, Shape, fair_share, shape_for
from tutor.engine.factory import wishes
from tutor.errors import ModelUnusable
from tutor.platform.settings import Settings

PLENTY = 1 << 40
ROW = 48 << 20


def test_each_device_has_a_shape_of_its_own():
    assert shape_for("cpu", {}, PLENTY, ROW) == CPU
    assert shape_for("cuda", {}, PLENTY, ROW) == CUDA
    assert CPU.bank_dtype == "fp32" and CUDA.bank_dtype == "bf16"


def test_there_are_no_more_slots_than_half_of_the_free_memory_holds():
    assert shape_for("cuda", {}, 10 * ROW, ROW).slots == 5


def test_a_model_whose_one_conversation_does_not_fit_is_refused_in_a_sentence():
    with pytest.raises(ModelUnusable, match="one conversation takes 48 MiB and 47 MiB are free"):
        shape_for("cuda", {}, 47 << 20, ROW)


def test_what_the_operator_sets_is_what_the_engine_gets():
    caches = {"adapter_cache_mb": 7, "prompt_cache_mb": 0, "unpacked_weights_mb": 1}
    chosen = Settings(slots=3, prefill_chunk=32, prefill_rows=4, bank_dtype="bf16", **caches)
    bytes_ = {"adapter_bytes": 7 << 20, "shelf_bytes": 0, "unpacked_bytes": 1 << 20}
    assert shape_for("cpu", wishes(chosen), 0, ROW) == Shape(
        slots=3, chunk=32, prefill_rows=4, bank_dtype="bf16", **bytes_
    )


def test_nothing_set_means_chosen_for_the_device():
    assert wishes(Settings()) == {}


def test_the_settings_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TUTOR_SLOTS", "5")
    monkeypatch.setenv("TUTOR_PREFILL_CHUNK", "128")
    monkeypatch.setenv("TUTOR_BANK_DTYPE", "bf16")
    assert wishes(Settings()) == {"slots": 5, "chunk": 128, "bank_dtype": "bf16"}


@given(st.integers(1, 1000))
def test_a_fair_share_leaves_places_to_others(places: int):
    assert 1 <= fair_share(places) <= max(1, places // 2)
