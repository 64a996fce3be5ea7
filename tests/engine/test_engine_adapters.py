"""An adapter that differs from the published one is refused by name; the base never answers in its place."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from tiny_models import TinyModel, ask

from adapters.vault import Vault
from tutor.engine.base import AdapterRef, text_of
from tutor.errors import AdapterNotLoaded, EngineError


@pytest.fixture
def adapter_copy(tiny: TinyModel, tmp_path: Path) -> AdapterRef:
    """A copy of a valid adapter that a test may damage."""
    valid = tiny.adapters[1]
    shutil.copytree(valid.directory, tmp_path / "adapter")
    return replace(valid, name="grey-owl-v1", directory=tmp_path / "adapter")


def rewrite(ref: AdapterRef, change: Any) -> AdapterRef:
    """Change the tensors and update the hash: only the content is wrong."""
    file = ref.directory / "adapter_model.safetensors"
    tensors = load_file(file)
    change(tensors)
    save_file(tensors, file)
    return replace(ref, sha256=hashlib.sha256(file.read_bytes()).hexdigest())


def reconfigure(ref: AdapterRef, **values: Any) -> AdapterRef:
    file = ref.directory / "adapter_config.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), **values}))
    return ref


def first_tensor_name(tensors: dict[str, torch.Tensor]) -> str:
    return next(iter(tensors))


def assert_refused(engine: Any, ref: AdapterRef, reason: str) -> None:
    with pytest.raises(AdapterNotLoaded, match=reason) as refused:
        list(engine.stream(ask(1, 2, adapter=ref)))
    assert ref.name in str(refused.value)
    assert text_of(engine.stream(ask(1, 2)))  # and other requests are not affected


def test_an_unknown_adapter_is_refused(open_tiny: Any, adapter_copy: AdapterRef):
    shutil.rmtree(adapter_copy.directory)
    assert_refused(open_tiny(), adapter_copy, "no readable adapter_config.json")


def test_an_adapter_of_another_base_is_refused(open_tiny: Any, adapter_copy: AdapterRef):
    assert_refused(open_tiny(), replace(adapter_copy, base_sha256="0" * 64), "another base model")


def test_a_sealed_adapter_answers_as_the_clear_one_and_with_its_key_only(open_tiny: Any, adapter_copy: AdapterRef):
    engine, file = open_tiny(), adapter_copy.directory / "adapter_model.safetensors"
    clear = text_of(engine.stream(ask(1, 2, adapter=adapter_copy)))
    Vault(b"k" * 32).replace(file, file.read_bytes())
    sealed = replace(adapter_copy, name="grey-owl-v2", vault=Vault(b"k" * 32))
    assert text_of(engine.stream(ask(1, 2, adapter=sealed))) == clear
    assert_refused(engine, replace(sealed, name="grey-owl-v3", vault=Vault(b"o" * 32)), "another owner")
    assert_refused(engine, replace(sealed, name="grey-owl-v4", vault=Vault()), "is sealed")


def test_a_flipped_bit_is_refused(open_tiny: Any, adapter_copy: AdapterRef):
    file = adapter_copy.directory / "adapter_model.safetensors"
    data = bytearray(file.read_bytes())
    data[-5] ^= 1
    file.write_bytes(data)
    assert_refused(open_tiny(), adapter_copy, "SHA-256 differs")


def test_a_rank_over_the_limit_is_refused(open_tiny: Any, adapter_copy: AdapterRef):
    assert_refused(open_tiny(max_rank=2), adapter_copy, "rank 4; this engine supports 1 to 2")


def test_a_rank_mismatch_is_refused(open_tiny: Any, adapter_copy: AdapterRef):
    assert_refused(open_tiny(), reconfigure(adapter_copy, r=3), "expected")


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_non_finite_weights_are_refused(open_tiny: Any, adapter_copy: AdapterRef, value: float):
    damaged = rewrite(adapter_copy, lambda tensors: tensors[first_tensor_name(tensors)].view(-1).__setitem__(3, value))
    assert_refused(open_tiny(), damaged, "not finite")


def test_a_wrong_matrix_shape_is_refused(open_tiny: Any, adapter_copy: AdapterRef):
    damaged = rewrite(adapter_copy, lambda tensors: tensors.update({first_tensor_name(tensors): torch.zeros(4, 5)}))
    assert_refused(open_tiny(), damaged, "expected")


def test_an_unsupported_layer_is_refused(open_tiny: Any, adapter_copy: AdapterRef):
    damaged = rewrite(
        adapter_copy, lambda tensors: tensors.update({"base_model.model.lm_head.lora_A.weight": torch.ones(4, 32)})
    )
    assert_refused(open_tiny(), damaged, "lm_head")


def test_an_incomplete_lora_pair_is_refused(open_tiny: Any, adapter_copy: AdapterRef):
    damaged = rewrite(adapter_copy, lambda tensors: tensors.pop(first_tensor_name(tensors)))
    assert_refused(open_tiny(), damaged, "only one of the two")


def test_an_unsupported_dtype_is_refused(open_tiny: Any, adapter_copy: AdapterRef):
    damaged = rewrite(
        adapter_copy,
        lambda tensors: tensors.update({first_tensor_name(tensors): tensors[first_tensor_name(tensors)].double()}),
    )
    assert_refused(open_tiny(), damaged, "float64")


@pytest.mark.parametrize(
    "setting", [{"use_dora": True}, {"modules_to_save": ["lm_head"]}, {"rank_pattern": {"q_proj": 2}}, {"bias": "all"}]
)
def test_unsupported_lora_settings_are_refused(open_tiny: Any, adapter_copy: AdapterRef, setting: dict[str, Any]):
    assert_refused(open_tiny(), reconfigure(adapter_copy, **setting), "does not support|not a plain LoRA")


def test_a_broken_adapter_config_is_refused(open_tiny: Any, adapter_copy: AdapterRef):
    (adapter_copy.directory / "adapter_config.json").write_text("{")
    assert_refused(open_tiny(), adapter_copy, "adapter_config.json")


def test_a_pickled_adapter_is_never_opened(open_tiny: Any, adapter_copy: AdapterRef):
    file = adapter_copy.directory / "adapter_model.safetensors"
    torch.save(load_file(file), adapter_copy.directory / "adapter_model.bin")
    file.unlink()
    assert_refused(open_tiny(), adapter_copy, "no readable adapter_model.safetensors")


def test_a_running_turn_keeps_its_adapter_version_and_the_next_uses_the_new_one(open_tiny: Any, tiny: TinyModel):
    engine = open_tiny()
    old, new = tiny.adapters[0], tiny.adapters[3]
    running = engine.stream(ask(1, 2, 3, adapter=old, max_tokens=24, learner="ada"))
    first = next(running)
    after = text_of(engine.stream(ask(1, 2, 3, adapter=new, max_tokens=24, learner="ada")))
    assert text_of([first, *running]) == tiny.oracle(ask(1, 2, 3, adapter=old, max_tokens=24))
    assert after == tiny.oracle(ask(1, 2, 3, adapter=new, max_tokens=24))


def test_disabling_the_adapter_gives_base_answers(open_tiny: Any, tiny: TinyModel):
    engine = open_tiny()
    before = text_of(engine.stream(ask(4, 5, 6)))
    list(engine.stream(ask(4, 5, 6, adapter=tiny.adapters[2])))
    assert text_of(engine.stream(ask(4, 5, 6))) == before == tiny.oracle(ask(4, 5, 6))


def test_an_overflowing_adapter_does_not_affect_other_slots(open_tiny: Any, tiny: TinyModel, adapter_copy: AdapterRef):
    """Regression: a nan that an earlier answer left in a row passed through the mask into the next answer."""
    engine = open_tiny(slots=1)
    huge = rewrite(adapter_copy, lambda tensors: [tensor.mul_(1e30) for tensor in tensors.values()])
    with pytest.raises(EngineError, match="out of range"):
        list(engine.stream(ask(*range(100), adapter=huge)))
    assert text_of(engine.stream(ask(4, 5, 6))) == tiny.oracle(ask(4, 5, 6))


def test_the_adapter_cache_stays_within_its_cap(open_tiny: Any, tiny: TinyModel):
    """With a thousand learners. bench.serving measures the memory with adapters of the usual size."""
    engine = open_tiny(adapter_cache_bytes=60_000, prefix_cache_bytes=100_000)
    for n in range(1000):
        adapter = replace(tiny.adapters[n % 6], name=f"learner-{n}-v1")
        list(engine.stream(ask(*range(n, n + 20), adapter=adapter, max_tokens=1, learner=f"learner {n}")))
    assert 0 < engine._adapters.bytes <= 60_000
    assert 0 < engine._runner.prefix_cache._blocks.bytes <= 100_000
    assert sum(weights is not None for weights in engine._runner.bank._held) <= 4
    assert not engine._queue._last_round and not engine._prefix_hints


def test_a_cached_adapter_is_not_reread_from_disk(open_tiny: Any, adapter_copy: AdapterRef):
    engine = open_tiny()
    expected = text_of(engine.stream(ask(1, 2, adapter=adapter_copy)))
    shutil.rmtree(adapter_copy.directory)
    assert text_of(engine.stream(ask(1, 2, adapter=adapter_copy))) == expected
