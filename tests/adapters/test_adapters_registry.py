"""What may be loaded: exactly plain LoRA of ours, whole and finite, for this base."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from adapters import registry
from adapters.errors import AdapterDamaged, AdapterError, AdapterMismatch, AdapterNotFound
from adapters.files import CARD, CONFIG, MANIFEST, WEIGHTS, read_manifest, sha256_of, write_manifest
from adapters.records import Manifest
from adapters.signature import Seal, key_of

BASE = "b" * 64
LAYER = "base_model.model.model.layers.0.self_attn.q_proj"
GOOD = {f"{LAYER}.lora_A.weight": torch.ones(4, 8), f"{LAYER}.lora_B.weight": torch.ones(8, 4)}
CONFIGURATION: dict[str, Any] = {
    "peft_type": "LORA", "task_type": "CAUSAL_LM", "bias": "none", "r": 4, "lora_alpha": 8, "target_modules": ["q_proj"]
}  # fmt: skip


def put(folder: Path, tensors: dict[str, torch.Tensor] | None = None, **config: Any) -> Path:
    """Write an adapter whose manifest agrees with its files."""
    folder.mkdir(exist_ok=True)
    save_file(GOOD if tensors is None else tensors, folder / WEIGHTS)
    (folder / CONFIG).write_text(json.dumps(CONFIGURATION | config))
    sums = (sha256_of(folder / WEIGHTS), sha256_of(folder / CONFIG))
    write_manifest(folder, Manifest("wren-v1", BASE, "d" * 64, *sums, 3, {}, {}, {}))
    return folder


@pytest.fixture
def adapter(tmp_path: Path) -> Path:
    return put(tmp_path / "wren-v1")


def test_a_whole_adapter_of_ours_is_accepted(adapter: Path) -> None:
    assert registry.verify(adapter, BASE).name == "wren-v1"


def test_another_base_is_refused_by_name(adapter: Path) -> None:
    with pytest.raises(AdapterMismatch, match="wren-v1 was trained on base bbbb"):
        registry.verify(adapter, "c" * 64)


@pytest.mark.parametrize(
    "config",
    [
        {"r": 65}, {"r": 0}, {"r": "4"}, {"r": 5}, {"peft_type": "IA3"}, {"bias": "all"}, {"task_type": None},
        {"target_modules": ["lm_head"]}, {"target_modules": "all-linear"}, {"target_modules": []},
        {"modules_to_save": ["embed_tokens"]}, {"auto_mapping": {"parent_library": "os"}}, {"use_dora": True},
        {"megatron_config": {"x": 1}}, {"use_rslora": True}, {"rank_pattern": {"q_proj": 64}},
        {"alpha_pattern": {"q_proj": 1000}}, {"layer_replication": [[0, 1]]},
    ],
)  # fmt: skip
def test_a_configuration_that_is_not_plain_lora_is_refused(tmp_path: Path, config: dict[str, Any]) -> None:
    with pytest.raises(AdapterMismatch):
        registry.verify(put(tmp_path / "wren-v1", **config), BASE)


@pytest.mark.parametrize(
    "tensors",
    [
        {},
        {f"{LAYER}.lora_A.weight": torch.ones(4, 8)},
        {**GOOD, "base_model.model.lm_head.weight": torch.ones(2, 2)},
        {**GOOD, f"{LAYER}.lora_A.weight": torch.ones(8, 8)},
        {**GOOD, f"{LAYER}.lora_B.weight": torch.ones(8)},
        {**GOOD, f"{LAYER}.lora_B.weight": torch.ones(8, 4, dtype=torch.int64)},
        {**GOOD, f"{LAYER}.lora_B.weight": torch.full((8, 4), float("nan"))},
        {**GOOD, f"{LAYER}.lora_B.weight": torch.full((8, 4), float("inf"))},
    ],
    ids=["empty", "half", "extra", "rank", "vector", "integers", "nan", "inf"],
)
def test_weights_that_are_not_finite_pairs_of_the_rank_are_refused(
    tmp_path: Path, tensors: dict[str, torch.Tensor]
) -> None:
    with pytest.raises(AdapterError):
        registry.verify(put(tmp_path / "wren-v1", tensors), BASE)


@pytest.mark.parametrize("name", [WEIGHTS, CONFIG, MANIFEST])
def test_a_missing_file_is_refused(adapter: Path, name: str) -> None:
    (adapter / name).unlink()
    with pytest.raises((AdapterDamaged, AdapterNotFound), match=name):
        registry.verify(adapter, BASE)


@pytest.mark.parametrize("name", [WEIGHTS, CONFIG])
def test_every_flipped_byte_is_found(adapter: Path, name: str) -> None:
    whole = (adapter / name).read_bytes()
    for at in range(0, len(whole), 7):
        (adapter / name).write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        with pytest.raises(AdapterDamaged):
            registry.verify(adapter, BASE)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"name": 1}'])
def test_a_manifest_that_is_none_is_refused(adapter: Path, text: str) -> None:
    (adapter / MANIFEST).write_text(text)
    with pytest.raises(AdapterDamaged, match="not a manifest"):
        registry.verify(adapter, BASE)


def _pickle(folder: Path) -> None:
    (folder / "adapter_model.bin").write_bytes(b"\x80\x04")


def _link(folder: Path) -> None:
    (folder / WEIGHTS).rename(folder.parent / "elsewhere")
    (folder / WEIGHTS).symlink_to(folder.parent / "elsewhere")


@pytest.mark.parametrize("harm", [_pickle, _link])
def test_a_pickle_or_a_link_beside_the_files_is_refused(adapter: Path, harm: Callable[[Path], None]) -> None:
    harm(adapter)
    with pytest.raises(AdapterMismatch, match="does not belong there"):
        registry.verify(adapter, BASE)


def test_a_file_over_the_limit_is_refused_before_it_is_read(adapter: Path) -> None:
    with pytest.raises(AdapterMismatch, match="larger than 10 bytes"):
        registry.verify(adapter, BASE, replace(registry.USUAL_LIMITS, max_bytes=10))


def test_a_name_is_never_used_twice(adapter: Path, tmp_path: Path) -> None:
    place = registry.install(adapter, tmp_path / "adapters", "wren-v1")
    assert read_manifest(place).name == "wren-v1"
    with pytest.raises(AdapterMismatch, match="never used twice"):
        registry.install(put(tmp_path / "second"), tmp_path / "adapters", "wren-v1")


def test_a_removed_adapter_is_gone(adapter: Path) -> None:
    registry.remove(adapter)
    assert list(adapter.parent.iterdir()) == []
    with pytest.raises(AdapterNotFound):
        registry.remove(adapter)


def test_an_adapter_is_sealed_for_its_owner_when_it_is_put_in_its_place(adapter: Path, tmp_path: Path) -> None:
    hers, his = Seal(b"k" * 32, "ann/algebra"), Seal(b"k" * 32, "bob/algebra")
    place = registry.install(adapter, tmp_path / "adapters", "wren-v1", hers)
    assert registry.verify(place, BASE, seal=hers).owner == "ann/algebra"
    with pytest.raises(AdapterMismatch, match="belongs to somebody else"):
        registry.verify(place, BASE, seal=his)
    with pytest.raises(AdapterDamaged, match="this installation's seal"):
        registry.verify(place, BASE, seal=Seal(b"x" * 32, "ann/algebra"))


@pytest.mark.parametrize("name", ["owner", "name", "sha256", "data_sha256", "rows", "metrics"])
def test_whoever_rewrites_a_manifest_breaks_its_seal(adapter: Path, tmp_path: Path, name: str) -> None:
    """Even when the hashes in it agree with the files: a forged adapter has them right, but not the key."""
    seal = Seal(b"k" * 32, "ann/algebra")
    place = registry.install(adapter, tmp_path / "adapters", "wren-v1", seal)
    forged = json.loads((place / MANIFEST).read_text())
    forged[name] = {"loss": 0.0} if name == "metrics" else 7 if name == "rows" else "f" * 64
    (place / MANIFEST).write_text(json.dumps(forged))
    with pytest.raises(AdapterDamaged, match="this installation's seal"):
        registry.verify(place, BASE, seal=seal)


def test_an_adapter_without_a_seal_is_refused_where_one_is_asked(adapter: Path) -> None:
    with pytest.raises(AdapterDamaged, match="this installation's seal"):
        registry.verify(adapter, BASE, seal=Seal(b"k" * 32, "ann/algebra"))


def test_the_key_is_made_once_and_read_by_nobody_else(tmp_path: Path) -> None:
    key = key_of(tmp_path / "key")
    assert key_of(tmp_path / "key") == key
    assert len(set(key)) > 8
    assert (tmp_path / "key").stat().st_mode & 0o077 == 0
    (tmp_path / "key").write_bytes(b"short")
    with pytest.raises(AdapterDamaged, match="is no key"):
        key_of(tmp_path / "key")


def test_a_changed_card_is_found(adapter: Path) -> None:
    (adapter / CARD).write_text("{}")
    write_manifest(adapter, replace(read_manifest(adapter), card_sha256=sha256_of(adapter / CARD)))
    assert registry.verify(adapter, BASE)
    (adapter / CARD).write_text('{"better": true}')
    with pytest.raises(AdapterDamaged, match="not the card that was written"):
        registry.verify(adapter, BASE)
