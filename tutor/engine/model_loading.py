"""Loads a verified model folder and its tokenizer into memory.

Weights in a GGUF file keep their 4 bits, and a kernel computes with them; others are rounded to NF4 by bitsandbytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import torch

from tutor.engine.free_memory import available_memory
from tutor.engine.gguf_loading import load_gguf
from tutor.engine.gguf_tensors import GgufWeights
from tutor.engine.kernels.choice import AUTO, choose_kernel
from tutor.engine.model_files import ModelFiles
from tutor.engine.parameter_count import count_parameters
from tutor.errors import ModelUnusable

Precision = Literal["nf4", "bf16", "fp32"]
GGUF_PRECISION = "q4_k_m"
KERNEL_SAMPLE = "blk.0.ffn_up.weight"  # a large weight in Q4_K, with which kernels are compared
CONTEXT_LIMIT = {"cpu": 2048, "cuda": 8192}  # on a CPU a longer prompt would take too long to read


@dataclass(frozen=True, slots=True)
class LoadedModel:
    """A model for inference. Never train on it: bitsandbytes repacks its weights at the first inference pass."""

    model: Any
    tokenizer: Any
    name: str
    base_sha256: str
    precision: str  # of the weights: "nf4", "bf16", "fp32" or "q4_k_m"
    kernel: str  # that computes the linear layers
    context_tokens: int
    stop_tokens: frozenset[int]
    detail: str = ""
    parameters: int = 0  # 0: unknown

    @property
    def device(self) -> torch.device:
        device: torch.device = self.model.device
        return device


def load_model(files: ModelFiles, precision: Precision = "nf4", kernel: str = AUTO) -> LoadedModel:
    """Return the model of a folder, ready for inference; `precision` is for safetensors, `kernel` for GGUF.

    Raises ModelUnusable when it cannot be loaded.
    """
    from transformers import AutoTokenizer

    device = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        tokenizer = AutoTokenizer.from_pretrained(files.directory, local_files_only=True, trust_remote_code=False)
        if files.weights_format == "gguf":
            model, weights, used = _load_gguf(files.directory, kernel)
        else:
            model = _load_safetensors(files.directory, precision, device)
            weights, used = precision, "bitsandbytes" if precision == "nf4" else precision
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise ModelUnusable(
            f"the model in {files.directory} cannot be loaded ({error}); choose another model"
        ) from error
    model.eval().requires_grad_(False)
    limit = min(CONTEXT_LIMIT[model.device.type], model.config.max_position_embeddings)
    stops = _stop_tokens(model, tokenizer)
    return LoadedModel(
        model,
        tokenizer,
        files.name,
        files.base_sha256,
        weights,
        used,
        limit,
        stops,
        files.detail,
        count_parameters(files.directory),
    )


def _load_gguf(folder: Path, kernel: str) -> tuple[Any, str, str]:
    """Return the model, the format of its weights and its kernel."""
    chosen = choose_kernel(kernel, lambda: GgufWeights(folder).read(KERNEL_SAMPLE))
    return load_gguf(folder, chosen, torch.device(chosen.device_type)), GGUF_PRECISION, chosen.name


def _load_safetensors(folder: Path, precision: Precision, device: str) -> Any:
    from transformers import AutoModelForCausalLM

    return AutoModelForCausalLM.from_pretrained(
        folder,
        device_map={"": device},
        attn_implementation="sdpa",
        local_files_only=True,
        trust_remote_code=False,
        **_weight_options(precision),
    )


def free_memory_bytes(device: torch.device) -> int:
    """Return the free memory of a device."""
    if device.type == "cuda":
        reserved = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)  # by torch, but unused
        return int(torch.cuda.mem_get_info(device)[0]) + reserved
    return available_memory()


def _weight_options(precision: Precision) -> dict[str, Any]:
    from transformers import BitsAndBytesConfig

    if precision != "nf4":
        return {"dtype": torch.bfloat16 if precision == "bf16" else torch.float32}
    four_bits = BitsAndBytesConfig(load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_compute_dtype=torch.bfloat16)
    return {"quantization_config": four_bits, "dtype": torch.bfloat16}


def _stop_tokens(model: Any, tokenizer: Any) -> frozenset[int]:
    """Return every token that ends an answer, by the tokenizer and by the generation config."""
    configured = model.generation_config.eos_token_id
    listed = configured if isinstance(configured, list) else [configured]
    return frozenset(token for token in (*listed, tokenizer.eos_token_id) if token is not None)
