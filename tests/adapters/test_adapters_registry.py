"""Only complete, finite, plain LoRA adapters of this installation and for this base are accepted."""

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
from adapters.files import CONFIG, EVAL_REPORT, MANIFEST, WEIGHTS, read_manifest, sha256_of, write_manifest
from adapters.records import Manifest
from adapters.signature import ManifestSigner, load_or_create_key

BASE = "b" * 64
LAYER = "base_model.model.model.layers.0.self_attn.q_proj"
GOOD = {f"{LAYER}.lora_A.weight": torch.ones(4, 8), f"{LAYER}.lora_B.weight": torch.ones(8, 4)}
CONFIGURATION: dict[str, Any] = {
    "peft_type": "LORA", "task_type": "CAUSAL_LM", "bias": "none", "r": 4, "lora_alpha": 8, "target_modules": ["q_proj"]
}  # fmt: skip


def write_adapter(folder: Path, tensors: dict[str, torch.Tensor] | None = None, **config: Any) -> Path:
    """Write an adapter whose manifest agrees with its files."""
    folder.mkdir(exist_ok=True)
    save_file(GOOD if tensors is None else tensors, folder / WEIGHTS)
    (folder / CONFIG).write_text(json.dumps(CONFIGURATION | config))
    sums = (sha256_of(folder / WEIGHTS), sha256_of(folder / CONFIG))
    write_manifest(folder, Manifest("wren-v1", BASE, "d" * 64, *sums, 3, {}, {}, {}))
    return folder


@pytest.fixture
def adapter_dir(tmp_path: Path) -> Path:
    return write_adapter(tmp_path / "wren-v1")


def test_a_complete_lora_adapter_is_accepted(adapter_dir: Path) -> None:
    assert registry.verify_adapter(adapter_dir, BASE).name == "wren-v1"


def test_an_adapter_for_another_base_is_refused_by_name(adapter_dir: Path) -> None:
    with pytest.raises(AdapterMismatch, match="wren-v1 was trained on base bbbb"):
        registry.verify_adapter(adapter_dir, "c" * 64)


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
        registry.verify_adapter(write_adapter(tmp_path / "wren-v1", **config), BASE)


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
        registry.verify_adapter(write_adapter(tmp_path / "wren-v1", tensors), BASE)


@pytest.mark.parametrize("name", [WEIGHTS, CONFIG, MANIFEST])
def test_a_missing_file_is_refused(adapter_dir: Path, name: str) -> None:
    (adapter_dir / name).unlink()
    with pytest.raises((AdapterDamaged, AdapterNotFound), match=name):
        registry.verify_adapter(adapter_dir, BASE)


@pytest.mark.parametrize("name", [WEIGHTS, CONFIG])
def test_every_flipped_byte_is_detected(adapter_dir: Path, name: str) -> None:
    whole = (adapter_dir / name).read_bytes()
    for at in range(0, len(whole), 7):
        (adapter_dir / name).write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        with pytest.raises(AdapterDamaged):
            registry.verify_adapter(adapter_dir, BASE)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"name": 1}'])
def test_a_malformed_manifest_is_refused(adapter_dir: Path, text: str) -> None:
    (adapter_dir / MANIFEST).write_text(text)
    with pytest.raises(AdapterDamaged, match="not a manifest"):
        registry.verify_adapter(adapter_dir, BASE)


def _add_pickle(folder: Path) -> None:
    (folder / "adapter_model.bin").write_bytes(b"\x80\x04")


def _add_symlink(folder: Path) -> None:
    (folder / WEIGHTS).rename(folder.parent / "elsewhere")
    (folder / WEIGHTS).symlink_to(folder.parent / "elsewhere")


@pytest.mark.parametrize("harm", [_add_pickle, _add_symlink])
def test_a_pickle_or_a_link_in_the_folder_is_refused(adapter_dir: Path, harm: Callable[[Path], None]) -> None:
    harm(adapter_dir)
    with pytest.raises(AdapterMismatch, match="does not belong there"):
        registry.verify_adapter(adapter_dir, BASE)


def test_a_file_over_the_limit_is_refused_before_it_is_read(adapter_dir: Path) -> None:
    with pytest.raises(AdapterMismatch, match="larger than 10 bytes"):
        registry.verify_adapter(adapter_dir, BASE, replace(registry.DEFAULT_LIMITS, max_bytes=10))


def test_a_name_is_never_used_twice(adapter_dir: Path, tmp_path: Path) -> None:
    place = registry.install(adapter_dir, tmp_path / "adapters", "wren-v1")
    assert read_manifest(place).name == "wren-v1"
    with pytest.raises(AdapterMismatch, match="never used twice"):
        registry.install(write_adapter(tmp_path / "second"), tmp_path / "adapters", "wren-v1")


def test_a_removed_adapter_is_gone(adapter_dir: Path) -> None:
    registry.remove(adapter_dir)
    assert list(adapter_dir.parent.iterdir()) == []
    with pytest.raises(AdapterNotFound):
        registry.remove(adapter_dir)


def test_publishing_signs_an_adapter_for_its_owner(adapter_dir: Path, tmp_path: Path) -> None:
    ann, bob = ManifestSigner(b"k" * 32, "ann/algebra"), ManifestSigner(b"k" * 32, "bob/algebra")
    place = registry.install(adapter_dir, tmp_path / "adapters", "wren-v1", ann)
    assert registry.verify_adapter(place, BASE, signer=ann).owner == "ann/algebra"
    with pytest.raises(AdapterMismatch, match="belongs to another owner"):
        registry.verify_adapter(place, BASE, signer=bob)
    with pytest.raises(AdapterDamaged, match="this installation's signature"):
        registry.verify_adapter(place, BASE, signer=ManifestSigner(b"x" * 32, "ann/algebra"))


@pytest.mark.parametrize("name", ["owner", "name", "sha256", "data_sha256", "rows", "metrics"])
def test_editing_a_manifest_invalidates_its_signature(adapter_dir: Path, tmp_path: Path, name: str) -> None:
    """Even when the hashes in it match the files: a forger can compute them, but does not have the key."""
    signer = ManifestSigner(b"k" * 32, "ann/algebra")
    place = registry.install(adapter_dir, tmp_path / "adapters", "wren-v1", signer)
    forged = json.loads((place / MANIFEST).read_text())
    forged[name] = {"loss": 0.0} if name == "metrics" else 7 if name == "rows" else "f" * 64
    (place / MANIFEST).write_text(json.dumps(forged))
    with pytest.raises(AdapterDamaged, match="this installation's signature"):
        registry.verify_adapter(place, BASE, signer=signer)


def test_an_unsigned_adapter_is_refused_where_a_signature_is_required(adapter_dir: Path) -> None:
    with pytest.raises(AdapterDamaged, match="this installation's signature"):
        registry.verify_adapter(adapter_dir, BASE, signer=ManifestSigner(b"k" * 32, "ann/algebra"))


def test_the_signing_key_is_created_once_with_private_permissions(tmp_path: Path) -> None:
    key = load_or_create_key(tmp_path / "key")
    assert load_or_create_key(tmp_path / "key") == key
    assert len(set(key)) > 8
    assert (tmp_path / "key").stat().st_mode & 0o077 == 0
    (tmp_path / "key").write_bytes(b"short")
    with pytest.raises(AdapterDamaged, match="is not a key"):
        load_or_create_key(tmp_path / "key")


def test_a_changed_eval_report_is_detected(adapter_dir: Path) -> None:
    (adapter_dir / EVAL_REPORT).write_text("{}")
    write_manifest(adapter_dir, replace(read_manifest(adapter_dir), card_sha256=sha256_of(adapter_dir / EVAL_REPORT)))
    assert registry.verify_adapter(adapter_dir, BASE)
    (adapter_dir / EVAL_REPORT).write_text('{"better": true}')
    with pytest.raises(AdapterDamaged, match="not the file that was written"):
        registry.verify_adapter(adapter_dir, BASE)
