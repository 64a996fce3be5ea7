"""PyTorch's 4-bit CPU kernel: groups of 32 inputs with a scale and an offset, products in bf16.

Q4_K has the same groups, so its weights are used as they are, apart from scales in bf16. Other tensors are int8.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from tutor.engine.gguf_tensors import GROUP, StoredTensor, split_q4_k
from tutor.engine.kernels.base import KernelLinear, stacked_bias
from tutor.engine.kernels.int8_rows import Int8Rows

_MIDDLE = 8  # the kernel computes (code - 8) * scale + offset
_OUTPUT_BLOCK = 64  # the kernel wants whole blocks of outputs


class Int4GroupsLinear(KernelLinear):
    """A linear layer with the 4-bit weights of its file."""

    def __init__(self, packed: Tensor, scales: Tensor, in_features: int, bias: Tensor | None) -> None:
        super().__init__(in_features, packed.shape[0], bias)
        self.packed: Tensor
        self.scales: Tensor
        self.register_buffer("packed", packed)
        self.register_buffer("scales", scales)  # bf16, [groups, outputs, (scale, offset)]

    @classmethod
    def fuse(cls, layers: Sequence[KernelLinear]) -> KernelLinear | None:
        members = [layer for layer in layers if isinstance(layer, Int4GroupsLinear)]
        if len(members) != len(layers):
            return None
        packed = torch.cat([layer.packed for layer in members])
        scales = torch.cat([layer.scales for layer in members], dim=1)
        return cls(packed, scales, members[0].in_features, stacked_bias(layers))

    def forward(self, x: Tensor) -> Tensor:
        flat = x.reshape(-1, self.in_features).bfloat16()
        y: Tensor = torch.ops.aten._weight_int4pack_mm_for_cpu(flat, self.packed, GROUP, self.scales).float()
        y = y.view(*x.shape[:-1], self.out_features)
        return y if self.bias is None else y.add_(self.bias)


class Int4Groups:
    """The kernel `int4-groups`."""

    name = "int4-groups"
    device_type, dtype = "cpu", torch.float32

    def __init__(self) -> None:
        self._fallback = Int8Rows()

    def make_linear(self, weight: StoredTensor, bias: Tensor | None) -> KernelLinear:
        if weight.kind != "Q4_K" or weight.shape[0] % _OUTPUT_BLOCK:
            return self._fallback.make_linear(weight, bias)
        split = split_q4_k(weight.raw)
        packed = torch.ops.aten._convert_weight_to_int4pack_for_cpu(split.codes.int(), 1)
        offsets = torch.addcmul(split.offsets, split.scales, torch.tensor(float(_MIDDLE)))
        scales = torch.stack([split.scales.t(), offsets.t()], dim=-1).bfloat16().contiguous()
        return Int4GroupsLinear(packed, scales, weight.shape[1], bias)
