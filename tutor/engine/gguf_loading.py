"""Builds a model for inference from a GGUF file, tensor by tensor, with a kernel for its linear layers.

At no time are all weights in memory in more than 8 bits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from tutor.engine.gguf_tensors import GgufWeights, StoredTensor
from tutor.engine.kernels.base import Kernel, KernelLinear
from tutor.engine.layer_threads import layer_threads
from tutor.errors import ModelUnusable

# GGUF names of the modules of a decoder layer, by their transformers names.
LAYER_NAMES: Mapping[str, str] = {
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
    "input_layernorm": "attn_norm",
    "post_attention_layernorm": "ffn_norm",
}
ARCHITECTURES = ("qwen2",)


class StoredEmbedding(nn.Module):
    """The token embedding as it is in the file; the rows of a prompt are dequantized when they are looked up."""

    def __init__(self, stored: StoredTensor, dtype: torch.dtype) -> None:
        super().__init__()
        self._stored, self._dtype = stored, dtype
        self.raw: Tensor
        self.register_buffer("raw", stored.raw, persistent=False)

    def forward(self, tokens: Tensor) -> Tensor:
        return replace(self._stored, raw=self.raw).rows(tokens).to(self._dtype)


def load_gguf(folder: Path, kernel: Kernel, device: torch.device | None = None) -> Any:
    """Return the causal language model of a folder with `model.gguf` and its companions, on `device`, by default a CPU.

    Raises ModelUnusable.
    """
    from transformers import AutoConfig, AutoModelForCausalLM

    config = AutoConfig.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    if config.model_type not in ARCHITECTURES:
        raise ModelUnusable(
            f"{folder} holds a {config.model_type} model; as GGUF only {', '.join(ARCHITECTURES)} is read"
        )
    weights = GgufWeights(folder)
    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(config, attn_implementation="sdpa", dtype=kernel.dtype)
    core, place = model.model, device or torch.device("cpu")
    core.rotary_emb = type(core.rotary_emb)(config=config).to(place)
    core.embed_tokens = StoredEmbedding(weights.read("token_embd.weight"), kernel.dtype).to(place)
    _set_norm(core.norm, weights.read("output_norm.weight"), kernel.dtype)
    core.norm.to(place)

    def make_head() -> nn.Module:
        head = kernel.make_linear(read_head(weights), None)
        if isinstance(head, KernelLinear):
            head.pack()
        return head.to(place)

    def fill(number: int) -> None:
        _fill_layer(core.layers[number], number, weights, kernel)
        core.layers[number].to(place)

    with layer_threads() as pool:
        head = pool.submit(make_head)  # the largest, so it comes first
        list(pool.map(fill, range(len(core.layers))))
        model.lm_head = head.result()
    return model


def read_head(weights: GgufWeights) -> StoredTensor:
    """Return the weights of the language-model head, which may be those of the embedding."""
    return weights.read("output.weight" if "output.weight" in weights.entries else "token_embd.weight")


def _fill_layer(layer: nn.Module, number: int, weights: GgufWeights, kernel: Kernel) -> None:
    prefix = f"blk.{number}"
    for path, stored_name in LAYER_NAMES.items():
        weight = weights.read(f"{prefix}.{stored_name}.weight")
        module = layer.get_submodule(path)
        if not isinstance(module, nn.Linear):
            _set_norm(module, weight, kernel.dtype)
            continue
        bias = weights.read(f"{prefix}.{stored_name}.bias").dequantize() if module.bias is not None else None
        parent, _, name = path.rpartition(".")
        setattr(layer.get_submodule(parent), name, kernel.make_linear(weight, bias))


def _set_norm(norm: nn.Module, weight: StoredTensor, dtype: torch.dtype) -> None:
    norm.weight = nn.Parameter(weight.dequantize().to(dtype), requires_grad=False)
