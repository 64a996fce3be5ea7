"""Loads a verified model folder and its tokenizer into memory, by default in 4 bits (NF4) with bf16 products."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import torch

from tutor.engine.model_files import ModelFiles
from tutor.errors import ModelUnusable

Precision = Literal["nf4", "bf16", "fp32"]
CONTEXT_LIMIT = {"cpu": 2048, "cuda": 8192}  # on a CPU a longer prompt would take too long to read


@dataclass(frozen=True, slots=True)
class LoadedModel:
    """A model for inference. Never train on it: bitsandbytes repacks its weights at the first inference pass."""

    model: Any
    tokenizer: Any
    name: str
    base_sha256: str
    precision: Precision
    context_tokens: int
    stop_tokens: frozenset[int]
    detail: str = ""

    @property
    def device(self) -> torch.device:
        device: torch.device = self.model.device
        return device


def load_model(files: ModelFiles, precision: Precision = "nf4") -> LoadedModel:
    """Return the model of a folder, ready for inference. Raises ModelUnusable when transformers cannot load it."""
    from transformers import AutoModelForCausalLM, AutoTokenizer

    device = "cuda" if torch.cuda.is_available() else "cpu"
    safe = {"local_files_only": True, "trust_remote_code": False}
    try:
        tokenizer = AutoTokenizer.from_pretrained(files.directory, **safe)
        model = AutoModelForCausalLM.from_pretrained(
            files.directory, device_map={"": device}, attn_implementation="sdpa", **_weight_options(precision), **safe
        )
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise ModelUnusable(
            f"the model in {files.directory} cannot be loaded ({error}); choose another model"
        ) from error
    model.eval().requires_grad_(False)
    limit = min(CONTEXT_LIMIT[device], model.config.max_position_embeddings)
    return LoadedModel(
        model, tokenizer, files.name, files.base_sha256, precision, limit, _stop_tokens(model, tokenizer), files.detail
    )


def free_memory_bytes(device: torch.device) -> int:
    """Return the free memory of a device."""
    if device.type == "cuda":
        reserved = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)  # by torch, but unused
        return int(torch.cuda.mem_get_info(device)[0]) + reserved
    for line in Path("/proc/meminfo").read_text().splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) << 10
    return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


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
