"""Linear layers that read the same input, computed as one larger product with the same results.

A step of a small model spends its time on calls rather than on arithmetic: seven 4-bit calls a layer become four. For
prompts, which have many tokens, a dequantized copy of the weights is faster: `dequantize_linears`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import linear

from tutor.engine.kernels.base import KernelLinear


def fuse_linears(layers: Sequence[nn.Module]) -> nn.Module | None:
    """Return one module that computes the outputs of `layers` side by side, or None where that is not possible."""
    if isinstance(layers[0], KernelLinear):
        return type(layers[0]).fuse([layer for layer in layers if isinstance(layer, KernelLinear)])
    if any(getattr(layer, "bias", None) is not None for layer in layers):
        return None
    if all(type(layer) is nn.Linear for layer in layers):
        return FusedLinear([layer.weight for layer in layers])  # type: ignore[misc]
    packed = [_pack_for_cpu(layer) for layer in layers]
    if all(layer is not None for layer in packed):
        return PackedLinear(packed)
    return None


def dequantize_linears(layers: Sequence[nn.Module]) -> Tensor | None:
    """Return the weights of `layers`, stacked and in fp32, or None where that is not possible or not faster.

    A CPU multiplies a chunk of a prompt about twice as fast with them as with 4-bit weights, which it dequantizes again
    for every few tokens, and faster than with bf16. Call it before `fuse_linears`, which packs the layers for good.
    """
    if any(getattr(layer, "bias", None) is not None for layer in layers):
        return None
    parts = [_dequantized_weight(layer) for layer in layers]
    if any(part is None for part in parts):
        return None
    return torch.cat([part.float() for part in parts if part is not None])


def matmul_per_row(x: Tensor, weight: Tensor) -> Tensor:
    """Return x W' for x of [rows, tokens, inputs] in fp32; one product a row, so no row changes another's rounding."""
    out = torch.empty(*x.shape[:2], weight.shape[0])
    for row, tokens in enumerate(x.float()):
        torch.mm(tokens, weight.t(), out=out[row])
    return out


class FusedLinear(nn.Module):
    """Plain linear layers with stacked weights."""

    def __init__(self, weights: Sequence[Tensor]) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.cat([weight.detach() for weight in weights]), requires_grad=False)

    def forward(self, x: Tensor) -> Tensor:
        return linear(x, self.weight)


class PackedLinear(nn.Module):
    """4-bit layers as bitsandbytes packs them for CPUs with AVX-512, stacked by output.

    Outputs are packed in blocks of 32, so layers of whole blocks can be stacked as they are. The kernel is called
    directly: the checks of `Linear4bit.forward` cost as much as the product for one learner.
    """

    def __init__(self, layers: Sequence[Any]) -> None:
        super().__init__()
        state = layers[0].weight.quant_state
        self.packed: Tensor
        self.absmax: Tensor
        absmax = torch.cat([layer.weight.quant_state.absmax for layer in layers], dim=1)
        self.register_buffer("packed", torch.cat([layer.weight.data for layer in layers]))
        self.register_buffer("absmax", absmax.bfloat16())  # the kernel's own precision
        self.code, self.blocksize = state.code, state.blocksize
        self.weight_shape = torch.Size((self.packed.shape[0], state.shape[1]))
        self._product = torch.ops.bitsandbytes.gemv_4bit.default

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self._product(x, self.packed, self.weight_shape, self.absmax, self.code, self.blocksize)
        return y


@torch.inference_mode()
def _pack_for_cpu(layer: nn.Module) -> Any:
    """Return a Linear4bit in packed form, or None for another layer or a machine that does not pack."""
    from bitsandbytes.nn import Linear4bit

    if not isinstance(layer, Linear4bit) or layer.weight.device.type != "cpu" or layer.out_features % 32:
        return None
    layer(torch.zeros(1, layer.in_features, dtype=torch.bfloat16))  # the first inference pass packs it
    return layer if getattr(layer.weight.quant_state, "packing_format_for_cpu", False) else None


@torch.inference_mode()
def _dequantized_weight(layer: nn.Module) -> Tensor | None:
    """Return a layer's weights in bf16, or None for a packed layer or another kind."""
    from bitsandbytes.functional import dequantize_4bit
    from bitsandbytes.nn import Linear4bit

    if type(layer) is nn.Linear:
        return layer.weight.detach() if layer.weight.dtype == torch.bfloat16 else None
    if not isinstance(layer, Linear4bit) or getattr(layer.weight.quant_state, "packing_format_for_cpu", False):
        return None
    weight: Tensor = dequantize_4bit(layer.weight.data, layer.weight.quant_state)
    return weight
