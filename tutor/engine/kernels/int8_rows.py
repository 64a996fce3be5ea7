"""int8 products on CPUs: weights of 8 bits with a scale for each output, inputs of 8 bits with a scale for each row.

FBGEMM, which PyTorch calls, scales a whole input by one factor, which would make the result of a row depend on the
rows beside it. Each row is therefore divided by its own largest magnitude first, so that one constant scale fits all.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from tutor.engine.gguf_tensors import StoredTensor
from tutor.engine.kernels.base import KernelLinear, stacked_bias

LEVELS = 127  # of a weight or an input on each side of zero
_ZERO_POINT = 128
_BLOCK_ROWS = 128  # of a weight, quantized together
_TINY = 1e-30  # a row of zeros is divided by this


class Int8RowsLinear(KernelLinear):
    """A linear layer with int8 weights; they are packed when it is fused or first used."""

    def __init__(self, codes: Tensor, scales: Tensor, bias: Tensor | None) -> None:
        super().__init__(codes.shape[1], codes.shape[0], bias)
        self._codes: Tensor | None = codes
        self._scales = scales
        self._packed: Any = None
        self._product = torch.ops.quantized.linear_with_input_q_dq_qweight_dq_output_fp32.default

    @classmethod
    def fuse(cls, layers: Sequence[KernelLinear]) -> KernelLinear | None:
        members = [layer for layer in layers if isinstance(layer, Int8RowsLinear) and layer._codes is not None]
        if len(members) != len(layers):
            return None
        fused = members[0] if len(members) == 1 else cls._stack(members)
        fused.pack()
        return fused

    @classmethod
    def _stack(cls, layers: Sequence[Int8RowsLinear]) -> Int8RowsLinear:
        codes = torch.cat([layer._codes for layer in layers if layer._codes is not None])
        for layer in layers:
            layer._codes = None
        return cls(codes, torch.cat([layer._scales for layer in layers]), stacked_bias(layers))

    def pack(self) -> None:
        """Put the weights into the order that FBGEMM reads, if they are not."""
        if self._codes is None:
            return
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # PyTorch means to drop quantized tensors; this one is made once and packed
            quantized = torch._make_per_channel_quantized_tensor(
                self._codes, self._scales.double(), torch.zeros(self.out_features, dtype=torch.long), 0
            )
        self._codes = None
        self._packed = torch.ops.quantized.linear_prepack(quantized, None)

    def forward(self, x: Tensor) -> Tensor:
        if self._packed is None:
            self.pack()
        peaks = x.abs().amax(-1, keepdim=True).clamp_min_(_TINY)
        y: Tensor = self._product(x / peaks, 1 / LEVELS, _ZERO_POINT, self._packed)
        return y.mul_(peaks) if self.bias is None else torch.addcmul(self.bias, y, peaks)


class Int8Rows:
    """The kernel `int8-rows`."""

    name = "int8-rows"
    device_type, dtype = "cpu", torch.float32

    def make_linear(self, weight: StoredTensor, bias: Tensor | None) -> KernelLinear:
        codes, scales = torch.empty(weight.shape, dtype=torch.int8), torch.empty(weight.shape[0])
        start = 0
        for block in weight.row_blocks(_BLOCK_ROWS):
            stop = start + len(block)
            quantize_rows(block, codes[start:stop], scales[start:stop])
            start = stop
        return Int8RowsLinear(codes, scales, bias)


def quantize_rows(weight: Tensor, codes: Tensor, scales: Tensor) -> None:
    """Write the int8 codes and the fp32 scales of the rows of an fp32 matrix, which is overwritten."""
    torch.amax(weight.abs(), 1, out=scales)
    scales.div_(LEVELS).clamp_min_(_TINY)
    codes.copy_(weight.mul_(scales.reciprocal()[:, None]).round_())
