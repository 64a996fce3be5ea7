"""bitsandbytes NF4 with bf16 products: the kernel for CUDA.

The weights of the file are rounded to 4 bits a second time. It is not offered on CPUs: there bitsandbytes computes
several rows in one product, so that a row's rounding would depend on the others.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from tutor.engine.gguf_tensors import StoredTensor


class Nf4:
    """The kernel `nf4`. A layer holds bf16 weights until it is moved to its device, which packs them."""

    name = "nf4"
    device_type, dtype = "cuda", torch.bfloat16

    def make_linear(self, weight: StoredTensor, bias: Tensor | None) -> nn.Module:
        from bitsandbytes.nn import Linear4bit, Params4bit

        outputs, inputs = weight.shape
        layer: Any = Linear4bit(
            inputs, outputs, bias=bias is not None, compute_dtype=self.dtype, quant_type=self.name, device="meta"
        )
        values = weight.dequantize().to(self.dtype)
        layer.weight = Params4bit(values, requires_grad=False, quant_type=self.name, module=layer)
        if bias is not None:
            layer.bias = nn.Parameter(bias.to(self.dtype), requires_grad=False)
        linear: nn.Module = layer
        return linear
