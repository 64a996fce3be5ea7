"""Loads the base model for training: fresh, in 4 bits, and never one that has been used for inference.

At the first inference pass on a CPU, bitsandbytes repacks 4-bit weights, and the packed product has no gradient:
training then shows a falling loss, but learns nonsense. `require_trainable_weights` guards against it. On a CPU a small
base is dequantized to the same values in fp32 instead, which leaves nothing to pack and makes a step faster.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from adapters.errors import BaseUnusable

MAX_DEQUANTIZED_BYTES = 1 << 30  # of fp32 weights; a larger base stays in 4 bits


def load_tokenizer(directory: Path) -> Any:
    """Return the tokenizer of a model folder; nothing is downloaded and no code of the model is run."""
    from transformers import AutoTokenizer

    _require_model(directory)
    return AutoTokenizer.from_pretrained(directory, local_files_only=True, trust_remote_code=False)


def load_base(directory: Path, max_dequantized_bytes: int = MAX_DEQUANTIZED_BYTES) -> Any:
    """Return the model of a folder in NF4 and in training mode; a small one on a CPU is dequantized to fp32."""
    import torch
    from transformers import AutoModelForCausalLM, BitsAndBytesConfig

    _require_model(directory)
    four_bits = BitsAndBytesConfig(load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_compute_dtype=torch.bfloat16)
    model = AutoModelForCausalLM.from_pretrained(
        directory,
        quantization_config=four_bits,
        dtype=torch.bfloat16,
        device_map={"": "cuda" if torch.cuda.is_available() else "cpu"},
        local_files_only=True,
        trust_remote_code=False,
    )
    model.requires_grad_(False)
    if model.device.type == "cpu" and 4 * model.num_parameters() <= max_dequantized_bytes:
        _dequantize(model)
    return model.train()


def _dequantize(model: Any) -> None:
    """Replace each 4-bit layer by a plain fp32 layer with the same values."""
    import torch
    from bitsandbytes.functional import dequantize_4bit
    from bitsandbytes.nn import Linear4bit

    torch.nn.Module.float(model)  # converts the other layers; transformers' method refuses 4-bit models
    for name, layer in list(model.named_modules()):
        if not isinstance(layer, Linear4bit):
            continue
        values = dequantize_4bit(layer.weight.data, layer.weight.quant_state).float()
        plain = torch.nn.Linear(layer.in_features, layer.out_features, bias=layer.bias is not None, device="meta")
        plain.weight = torch.nn.Parameter(values, requires_grad=False)
        if layer.bias is not None:
            plain.bias = layer.bias
        above, _, last = name.rpartition(".")
        setattr(model.get_submodule(above), last, plain)


def require_trainable_weights(model: Any) -> None:
    """Raise BaseUnusable if any layer was packed for inference, which makes its gradients silently wrong."""
    for name, module in model.named_modules():
        state = getattr(getattr(module, "weight", None), "quant_state", None)
        if getattr(state, "packing_format_for_cpu", False):
            raise BaseUnusable(
                f"layer {name} was packed for inference, so its gradients would be wrong; load a fresh base to train on"
            )


def _require_model(directory: Path) -> None:
    if not (directory / "config.json").is_file():
        raise BaseUnusable(f"{directory} is not a model folder: config.json is missing")
