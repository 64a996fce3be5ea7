"""The interface of a kernel: it turns the stored weights of a linear layer into a module that computes the layer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import torch
from torch import Tensor, nn

from tutor.engine.gguf_tensors import StoredTensor


class KernelLinear(nn.Module):
    """A frozen linear layer. Its result for a row of the input never depends on the other rows.

    `forward` maps fp32 [..., in_features] to fp32 [..., out_features].
    """

    def __init__(self, in_features: int, out_features: int, bias: Tensor | None) -> None:
        super().__init__()
        self.in_features, self.out_features = in_features, out_features
        self.register_buffer("bias", bias)
        self.bias: Tensor | None

    @classmethod
    def fuse(cls, layers: Sequence[KernelLinear]) -> KernelLinear | None:
        """Return one layer that computes the outputs of `layers` side by side; they are not used again.

        None, as here, where the layers of a kernel have to be called one by one.
        """
        return None

    def pack(self) -> None:
        """Bring the weights into the order that the products read; at the first product at the latest."""


class Kernel(Protocol):
    """Makes the linear layers of a model, each as a module with `in_features` and `out_features`."""

    name: str
    device_type: str  # "cpu" or "cuda": where its products are computed
    dtype: torch.dtype  # of what enters and leaves a layer

    def make_linear(self, weight: StoredTensor, bias: Tensor | None) -> nn.Module: ...


def stacked_bias(layers: Sequence[KernelLinear]) -> Tensor | None:
    """Return the biases of `layers` one after another, zeros where a layer has none; None if none has one."""
    if all(layer.bias is None for layer in layers):
        return None
    return torch.cat([torch.zeros(one.out_features) if one.bias is None else one.bias for one in layers])
