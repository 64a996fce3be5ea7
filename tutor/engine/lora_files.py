"""Loads one adapter from its PEFT files and rejects any that this engine would not apply exactly.

Only `adapter_config.json` and `adapter_model.safetensors` are read; nothing is unpickled and no code is run.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load as load_safetensors

from adapters.errors import AdapterDamaged
from tutor.engine.base import AdapterRef
from tutor.errors import AdapterNotLoaded

TARGET_MODULES = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
MAX_ADAPTER_BYTES = 1 << 30
# PEFT settings that change the sum W x + s B A x; an adapter that uses one is rejected rather than approximated.
_UNSUPPORTED_PEFT_OPTIONS = (
    *("use_dora", "use_qalora", "lora_bias", "fan_in_fan_out", "modules_to_save", "target_parameters"),
    *("rank_pattern", "alpha_pattern", "layers_to_transform", "layer_replication"),
    *("alora_invocation_tokens", "trainable_token_indices", "arrow_config"),
)
_DTYPES = (torch.float32, torch.bfloat16, torch.float16)


@dataclass(frozen=True, slots=True)
class TargetLayer:
    """A linear layer that adapters may change."""

    path: str  # in the model, e.g. model.layers.0.self_attn.q_proj
    inputs: int
    outputs: int


@dataclass(frozen=True, slots=True)
class LoraWeights:
    """One adapter in fp32: by layer path, A of [rank, inputs] and B of [rank, outputs] with the scale multiplied in."""

    name: str
    rank: int
    pairs: Mapping[str, tuple[torch.Tensor, torch.Tensor]]

    @property
    def bytes(self) -> int:
        return sum(a.nbytes + b.nbytes for a, b in self.pairs.values())


def load_adapter(ref: AdapterRef, targets: Mapping[str, TargetLayer], base_sha256: str, max_rank: int) -> LoraWeights:
    """Return the validated weights of `ref`. Raises AdapterNotLoaded, which names the adapter and the fault."""
    if ref.base_sha256 != base_sha256:
        raise _refused(ref, "was trained on another base model; train it again on the current one")
    config = _read_config(ref)
    rank, scale = _rank_and_scale(ref, config, max_rank)
    tensors = _read_tensors(ref)
    pairs: dict[str, tuple[torch.Tensor, torch.Tensor]] = {}
    for path, target in targets.items():
        key = f"base_model.model.{path}"
        a, b = tensors.pop(f"{key}.lora_A.weight", None), tensors.pop(f"{key}.lora_B.weight", None)
        if a is None and b is None:
            continue
        if a is None or b is None:
            raise _refused(ref, f"has only one of the two matrices of {path}")
        _check_matrix(ref, path, a, (rank, target.inputs))
        _check_matrix(ref, path, b, (target.outputs, rank))
        pairs[path] = (a.float().contiguous(), (b.float().T * scale).contiguous())
    if tensors:
        raise _refused(ref, f"changes {next(iter(tensors))}, which this engine does not support")
    if not pairs:
        raise _refused(ref, "changes nothing")
    return LoraWeights(ref.name, rank, pairs)


def _refused(ref: AdapterRef, why: str) -> AdapterNotLoaded:
    return AdapterNotLoaded(f"adapter {ref.name} {why}")


def _read_config(ref: AdapterRef) -> dict[str, Any]:
    try:
        config = json.loads((ref.directory / "adapter_config.json").read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise _refused(ref, f"has no readable adapter_config.json ({type(error).__name__})") from error
    if not isinstance(config, dict):
        raise _refused(ref, "has an adapter_config.json that is not an object")
    return config


def _rank_and_scale(ref: AdapterRef, config: Mapping[str, Any], max_rank: int) -> tuple[int, float]:
    """Return the rank and the scale of a plain LoRA adapter."""
    if config.get("peft_type") != "LORA" or config.get("bias", "none") != "none":
        raise _refused(ref, "is not a plain LoRA adapter without bias")
    used = [name for name in _UNSUPPORTED_PEFT_OPTIONS if config.get(name)]
    if used:
        raise _refused(ref, f"uses {used[0]}, which this engine does not support")
    rank, alpha = config.get("r"), config.get("lora_alpha")
    if not isinstance(rank, int) or not 1 <= rank <= max_rank:
        raise _refused(ref, f"has rank {rank}; this engine supports 1 to {max_rank}")
    if not isinstance(alpha, int | float) or not 0 <= alpha <= 1024:
        raise _refused(ref, f"has lora_alpha {alpha}; this engine supports 0 to 1024")
    return rank, alpha / (rank**0.5 if config.get("use_rslora") else rank)


def _read_tensors(ref: AdapterRef) -> dict[str, torch.Tensor]:
    """Return the tensors of the file, from the same bytes whose hash is checked."""
    file = ref.directory / "adapter_model.safetensors"
    try:
        if file.stat().st_size > MAX_ADAPTER_BYTES:
            raise _refused(ref, f"is larger than {MAX_ADAPTER_BYTES >> 20} MiB")
        data = ref.vault.read(file)
    except OSError as error:
        raise _refused(ref, f"has no readable adapter_model.safetensors ({error.strerror})") from error
    except AdapterDamaged as error:
        raise AdapterNotLoaded(f"adapter {ref.name}: {error}") from error
    if hashlib.sha256(data).hexdigest() != ref.sha256:
        raise _refused(ref, "was changed on disk (SHA-256 differs); roll back to an earlier version or train it again")
    try:
        tensors: dict[str, torch.Tensor] = load_safetensors(data)
        return tensors
    except (SafetensorError, ValueError) as error:
        raise _refused(ref, f"is not a readable safetensors file ({error})") from error


def _check_matrix(ref: AdapterRef, path: str, tensor: torch.Tensor, shape: tuple[int, int]) -> None:
    if tuple(tensor.shape) != shape:
        raise _refused(ref, f"has a matrix of shape {tuple(tensor.shape)} at {path}, expected {shape}")
    if tensor.dtype not in _DTYPES:
        raise _refused(ref, f"has values of type {tensor.dtype} at {path}")
    if not bool(torch.isfinite(tensor).all()):
        raise _refused(ref, f"has values that are not finite at {path}")
