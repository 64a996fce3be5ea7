"""Several linear layers that read the same input, computed as one: fewer and larger products, the same numbers.

A step of a small model is spent in the calls, not in the products: seven 4-bit calls a layer become four. For prompts,
which bring many tokens at once, the weights may also be held unpacked: `unpack`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import linear


def fuse_linears(layers: Sequence[nn.Module]) -> nn.Module | None:
    """Return one module whose output is the outputs of `layers` side by side, None where that is not possible."""
    if any(getattr(layer, "bias", None) is not None for layer in layers):
        return None
    if all(type(layer) is nn.Linear for layer in layers):
        return FusedLinear([layer.weight for layer in layers])  # type: ignore[misc]
    packed = [_pack_for_cpu(layer) for layer in layers]
    if all(layer is not None for layer in packed):
        return PackedLinear(packed)
    return None


def dequantize_linears(layers: Sequence[nn.Module]) -> Tensor | None:
    """Return the weights of `layers` one below the other in fp32, None where that is not possible or no gain.

    A CPU multiplies a chunk of a prompt with them about twice as fast as with 4-bit weights, which it unpacks again
    for every few tokens, and faster than with bf16. Must be called before `fuse`, which packs the layers for good.
    """
    if any(getattr(layer, "bias", None) is not None for layer in layers):
        return None
    parts = [_dequantized_weight(layer) for layer in layers]
    if any(part is None for part in parts):
        return None
    return torch.cat([part.float() for part in parts if part is not None])


def matmul_per_row(x: Tensor, weight: Tensor) -> Tensor:
    """Return x W' of [rows, tokens, inputs] in fp32, one product a row: its last bits do not depend on the others."""
    out = torch.empty(*x.shape[:2], weight.shape[0])
    for row, tokens in enumerate(x.float()):
        torch.mm(tokens, weight.t(), out=out[row])
    return out


class FusedLinear(nn.Module):
    """Plain layers, their weights stacked."""

    def __init__(self, weights: Sequence[Tensor]) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.cat([weight.detach() for weight in weights]), requires_grad=False)

    def forward(self, x: Tensor) -> Tensor:
        return linear(x, self.weight)


class PackedLinear(nn.Module):
    """4-bit layers in the form that bitsandbytes packs for CPUs with AVX-512, stacked by output.

    Outputs are packed in blocks of 32, so layers of whole blocks can be stacked as they are. The kernel is called
    directly: the checks that `Linear4bit.forward` makes at each call cost as much as the product of one learner.
    """

    def __init__(self, layers: Sequence[Any]) -> None:
        super().__init__()
        state = layers[0].weight.quant_state
        self.packed: Tensor
        self.absmax: Tensor
        absmax = torch.cat([layer.weight.quant_state.absmax for layer in layers], dim=1)
        self.register_buffer("packed", torch.cat([layer.weight.data for layer in layers]))
        self.register_buffer("absmax", absmax.bfloat16())  # what the kernel computes with
        self.code, self.blocksize = state.code, state.blocksize
        self.weight_shape = torch.Size((self.packed.shape[0], state.shape[1]))
        self._product = torch.ops.bitsandbytes.gemv_4bit.default

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self._product(x, self.packed, self.weight_shape, self.absmax, self.code, self.blocksize)
        return y


@torch.inference_mode()
def _pack_for_cpu(layer: nn.Module) -> Any:
    """Return a Linear4bit in its packed form, None for any other layer and on machines that do not pack."""
    from bitsandbytes.nn import Linear4bit

    if not isinstance(layer, Linear4bit) or layer.weight.device.type != "cpu" or layer.out_features % 32:
        return None
    layer(torch.zeros(1, layer.in_features, dtype=torch.bfloat16))  # packs at the first inference pass
    return layer if getattr(layer.weight.quant_state, "packing_format_for_cpu", False) else None


@torch.inference_mode()
def _dequantized_weight(layer: nn.Module) -> Tensor | None:
    """Return the bf16 numbers that a layer multiplies with, None for one that is packed already or of another kind."""
    from bitsandbytes.functional import dequantize_4bit
    from bitsandbytes.nn import Linear4bit

    if type(layer) is nn.Linear:
        return layer.weight.detach() if layer.weight.dtype == torch.bfloat16 else None
    if not isinstance(layer, Linear4bit) or getattr(layer.weight.quant_state, "packing_format_for_cpu", False):
        return None
    weight: Tensor = dequantize_4bit(layer.weight.data, layer.weight.quant_state)
    return weight
