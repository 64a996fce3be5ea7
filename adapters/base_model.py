"""The base model a trainer works on: freshly read in 4 bits, never one that has served.

After one inference pass on CPU, bitsandbytes repacks 4-bit weights for speed and the packed product has no gradient:
training on such an object prints a falling loss and learns nonsense. `refuse_packed` is the guard. A small base on CPU
is unpacked once, to the very values that 4 bits hold, in fp32: nothing is left to pack, and a step takes less time.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from adapters.errors import BaseUnusable

MAX_DEQUANTIZED_BYTES = 1 << 30  # of fp32 weights at most; a larger base stays in 4 bits


def load_tokenizer(directory: Path) -> Any:
    """Return the tokenizer of a model folder; nothing is fetched and no code of the model is run."""
    from transformers import AutoTokenizer

    _require_model(directory)
    return AutoTokenizer.from_pretrained(directory, local_files_only=True, trust_remote_code=False)


def load_base(directory: Path, max_dequantized_bytes: int = MAX_DEQUANTIZED_BYTES) -> Any:
    """Return the model of a folder in NF4, in training mode; on CPU a small one with its values unpacked to fp32."""
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
    """Put a plain fp32 layer with the same values in the place of each 4-bit one."""
    import torch
    from bitsandbytes.functional import dequantize_4bit
    from bitsandbytes.nn import Linear4bit

    torch.nn.Module.float(model)  # what is not in 4 bits; transformers' own method refuses a model that has such layers
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
    """Raise BaseUnusable when any layer was packed for inference, which makes its gradients silently wrong."""
    for name, module in model.named_modules():
        state = getattr(getattr(module, "weight", None), "quant_state", None)
        if getattr(state, "packing_format_for_cpu", False):
            raise BaseUnusable(
                f"layer {name} was packed for inference, gradients through it would be wrong; train on a fresh base"
            )


def _require_model(directory: Path) -> None:
    if not (directory / "config.json").is_file():
        raise BaseUnusable(f"{directory} holds no model: config.json is missing")
