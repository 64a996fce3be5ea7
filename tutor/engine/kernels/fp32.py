"""Plain fp32 products: the reference that the other kernels are compared with. Needs four bytes a weight."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn.functional import linear

from tutor.engine.gguf_tensors import StoredTensor
from tutor.engine.kernels.base import KernelLinear, stacked_bias


class Fp32Linear(KernelLinear):
    """A linear layer with the values of its file."""

    def __init__(self, weight: Tensor, bias: Tensor | None) -> None:
        super().__init__(weight.shape[1], weight.shape[0], bias)
        self.weight: Tensor
        self.register_buffer("weight", weight)

    @classmethod
    def fuse(cls, layers: Sequence[KernelLinear]) -> KernelLinear | None:
        members = [layer for layer in layers if isinstance(layer, Fp32Linear)]
        if len(members) != len(layers):
            return None
        return cls(torch.cat([layer.weight for layer in members]), stacked_bias(layers))

    def forward(self, x: Tensor) -> Tensor:
        """One product a row of the batch: the number of rows of a product decides its rounding."""
        if x.dim() < 3:
            return linear(x, self.weight, self.bias)
        return torch.stack([linear(row, self.weight, self.bias) for row in x])


class Fp32:
    """The kernel `fp32`."""

    name = "fp32"
    device_type, dtype = "cpu", torch.float32

    def make_linear(self, weight: StoredTensor, bias: Tensor | None) -> KernelLinear:
        return Fp32Linear(weight.dequantize(), bias)
