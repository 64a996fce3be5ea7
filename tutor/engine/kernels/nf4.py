"""bitsandbytes NF4: the kernel for CUDA, and for CPUs with AVX-512 where it is asked for.

The weights of the file are rounded to 4 bits a second time. See bench/voice.py for what that costs.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from tutor.engine.gguf_tensors import StoredTensor


class Nf4:
    """The kernel `nf4`. Its layers hold bf16 weights until they are moved to a device, which packs them."""

    name = "nf4"

    def make_linear(self, weight: StoredTensor, bias: Tensor | None) -> nn.Module:
        from bitsandbytes.nn import Linear4bit, Params4bit

        outputs, inputs = weight.shape
        layer: Any = Linear4bit(
            inputs, outputs, bias=bias is not None, compute_dtype=torch.bfloat16, quant_type="nf4", device="meta"
        )
        values = weight.dequantize().bfloat16()
        layer.weight = Params4bit(values, requires_grad=False, quant_type="nf4", module=layer)
        if bias is not None:
            layer.bias = nn.Parameter(bias.bfloat16(), requires_grad=False)
        packed: nn.Module = layer.to("cuda" if torch.cuda.is_available() else "cpu")
        return packed
