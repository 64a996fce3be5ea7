"""Verifies, installs and removes adapter directories.

Nothing is unpickled: weights are read as safetensors, the configuration as JSON, and PEFT options beyond plain LoRA are
rejected.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

from adapters.errors import AdapterDamaged, AdapterMismatch, AdapterNotFound
from adapters.files import CONFIG, EVAL_REPORT, MANIFEST, WEIGHTS, publish, read_manifest, write_manifest
from adapters.records import AdapterLimits, Manifest
from adapters.signature import ManifestSigner
from adapters.vault import CLEAR, Vault

DEFAULT_LIMITS = AdapterLimits()
_ALLOWED_FILES = {CONFIG, WEIGHTS, MANIFEST, EVAL_REPORT}
# PEFT options that change the computation or import code; they must be off.
_FORBIDDEN_PEFT_OPTIONS = (
    "modules_to_save", "auto_mapping", "megatron_config", "use_dora", "use_rslora", "lora_bias", "layer_replication",
    "trainable_token_indices", "target_parameters", "rank_pattern", "alpha_pattern", "layers_to_transform",
    "exclude_modules", "alora_invocation_tokens", "fan_in_fan_out", "use_qalora", "arrow_config", "eva_config",
    "corda_config", "loftq_config", "lora_ga_config",
)  # fmt: skip


def verify_adapter(
    directory: Path,
    base_sha256: str,
    limits: AdapterLimits = DEFAULT_LIMITS,
    signer: ManifestSigner | None = None,
    vault: Vault = CLEAR,
) -> Manifest:
    """Return the manifest of an adapter after checking its files, its base and, with a signer, its owner.

    `vault` opens sealed files; hashes are those of what was written.

    Raises AdapterNotFound, AdapterMismatch, AdapterDamaged.
    """
    manifest = read_manifest(directory)
    if signer is not None:
        signer.verify(manifest)
    if manifest.base_sha256 != base_sha256:
        raise AdapterMismatch(
            f"adapter {manifest.name} was trained on base {manifest.base_sha256[:12]}, but the current base is "
            f"{base_sha256[:12]}; train it again"
        )
    _check_files(directory, manifest, limits, vault)
    rank = _check_config(_read_config(directory), manifest.name, limits)
    _check_tensors(vault.read(directory / WEIGHTS), manifest.name, rank, limits)
    return manifest


def install(source: Path, root: Path, name: str, signer: ManifestSigner | None = None) -> Path:
    """Sign a trained adapter and move it to `root/name`. Raises AdapterMismatch if the name is taken."""
    target = root / name
    if target.exists():
        raise AdapterMismatch(f"there is already an adapter named {name}; names are never used twice")
    root.mkdir(parents=True, exist_ok=True)
    if signer is not None:
        write_manifest(source, signer.sign(read_manifest(source)))
    publish(source, target)
    return target


def remove(directory: Path) -> None:
    """Delete an adapter directory, for readers in one step. Raises AdapterNotFound."""
    if not directory.is_dir():
        raise AdapterNotFound(f"there is no adapter in {directory}")
    doomed = directory.with_name(f".{directory.name}.removed-{os.getpid()}")
    os.replace(directory, doomed)
    shutil.rmtree(doomed)


def _check_files(directory: Path, manifest: Manifest, limits: AdapterLimits, vault: Vault) -> None:
    for path in directory.iterdir():
        if path.name not in _ALLOWED_FILES or path.is_symlink() or not path.is_file():
            raise AdapterMismatch(f"adapter {manifest.name} contains {path.name}, which does not belong there")
    for name, expected in ((WEIGHTS, manifest.sha256), (CONFIG, manifest.config_sha256)):
        path = directory / name
        if not path.is_file():
            raise AdapterDamaged(f"adapter {manifest.name} lacks {name}; train it again")
        if path.stat().st_size > limits.max_bytes:
            raise AdapterMismatch(f"{name} of adapter {manifest.name} is larger than {limits.max_bytes:,} bytes")
        if vault.sha256(path) != expected:
            raise AdapterDamaged(f"{name} of adapter {manifest.name} is not the file that was trained; train it again")
    if manifest.card_sha256 and not _has_sha256(directory / EVAL_REPORT, manifest.card_sha256, vault):
        raise AdapterDamaged(
            f"{EVAL_REPORT} of adapter {manifest.name} is not the file that was written; train it again"
        )


def _has_sha256(path: Path, sha256: str, vault: Vault) -> bool:
    return path.is_file() and vault.sha256(path) == sha256


def _read_config(directory: Path) -> dict[str, Any]:
    value = json.loads((directory / CONFIG).read_text(encoding="utf-8"))
    if not isinstance(value, dict):
        raise AdapterDamaged(f"{CONFIG} in {directory.name} is not an object")
    return value


def _check_config(config: dict[str, Any], name: str, limits: AdapterLimits) -> int:
    """Return the rank. Raises AdapterMismatch if the configuration is more than plain LoRA."""
    rank, targets = config.get("r"), config.get("target_modules")
    if config.get("peft_type") != "LORA" or config.get("task_type") != "CAUSAL_LM" or config.get("bias") != "none":
        raise AdapterMismatch(f"adapter {name} is not plain LoRA for a causal language model")
    if not isinstance(rank, int) or not 1 <= rank <= limits.max_rank:
        raise AdapterMismatch(f"adapter {name} has rank {rank}; at most {limits.max_rank} is allowed")
    if not isinstance(targets, list) or not targets or not {_last_name(one) for one in targets} <= set(limits.targets):
        raise AdapterMismatch(f"adapter {name} changes {targets}; only {', '.join(limits.targets)} are allowed")
    used = [key for key in _FORBIDDEN_PEFT_OPTIONS if config.get(key)]
    if used:
        raise AdapterMismatch(f"adapter {name} uses {', '.join(used)}, which is not plain LoRA")
    return rank


def _last_name(target: object) -> str:
    """Return the layer's name of a target, which may be a path such as layers.27.self_attn.q_proj."""
    return str(target).rpartition(".")[2]


def _check_tensors(data: bytes, name: str, rank: int, limits: AdapterLimits) -> None:
    """Check that the file contains only pairs of finite matrices of this rank."""
    import torch
    from safetensors import SafetensorError
    from safetensors.torch import load

    try:
        tensors = load(data)
    except SafetensorError as error:
        raise AdapterDamaged(f"{WEIGHTS} of adapter {name} cannot be read ({error}); train it again") from error
    if not tensors:
        raise AdapterDamaged(f"adapter {name} is empty; train it again")
    for key, tensor in tensors.items():
        layer, _, side = key.removesuffix(".weight").rpartition(".")
        partner = f"{layer}.{'lora_B' if side == 'lora_A' else 'lora_A'}.weight"
        if side not in ("lora_A", "lora_B") or layer.rpartition(".")[2] not in limits.targets:
            raise AdapterMismatch(f"adapter {name} contains {key}, which is not part of plain LoRA")
        if partner not in tensors:
            raise AdapterMismatch(f"adapter {name} contains {key} without the other matrix of the pair")
        if tensor.ndim != 2 or tensor.shape[0 if side == "lora_A" else 1] != rank:
            raise AdapterMismatch(f"{key} of adapter {name} has shape {tuple(tensor.shape)}, not of rank {rank}")
        if tensor.dtype not in (torch.float32, torch.bfloat16, torch.float16):
            raise AdapterMismatch(f"{key} of adapter {name} has values of type {tensor.dtype}")
        if not bool(torch.isfinite(tensor).all()):
            raise AdapterDamaged(f"{key} of adapter {name} has values that are not finite; train it again")
