"""A GGUF base on which adapters of the upper layers are trained: computed as it serves, with gradients.

The kernel of serving computes every product. Where gradients flow, in the upper layers and the head, a layer also holds
the values of its file in fp16, which its gradient is multiplied by; lower layers need none.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from adapters.upper_layers import LowerStates
from tutor.engine.gguf_loading import LAYER_NAMES, load_gguf, read_head
from tutor.engine.gguf_tensors import GgufWeights, StoredTensor
from tutor.engine.heap import large_blocks_returned
from tutor.engine.kernels.base import Kernel, KernelLinear
from tutor.engine.kernels.int8_rows import Int8Rows, Int8RowsLinear
from tutor.engine.layer_threads import layer_threads

_BLOCK_ROWS = 2048  # of a weight, converted to fp32 together for a gradient


class TrainableLinear(nn.Linear):
    """A frozen layer of a kernel through which gradients reach its input; PEFT accepts it as a linear layer."""

    def __init__(self, layer: KernelLinear, stored: StoredTensor) -> None:
        nn.Module.__init__(self)
        self.in_features, self.out_features = layer.in_features, layer.out_features
        shape = (layer.out_features, layer.in_features)
        self.weight = nn.Parameter(torch.zeros(1, 1).expand(shape), requires_grad=False)  # PEFT reads its shape only
        self.register_parameter("bias", None)
        self.kernel_layer = layer
        self.values: Tensor
        self.register_buffer("values", _half_values(stored), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = _FrozenProduct.apply(x, self.kernel_layer, self.values)  # type: ignore[no-untyped-call]
        return y


class _FrozenProduct(torch.autograd.Function):
    """The product of a kernel, whose gradient is that of the stored weights."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, layer: KernelLinear, values: Tensor) -> Tensor:
        ctx.values = values
        y: Tensor = layer(x)
        return y

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None, None]:
        values: Tensor = ctx.values
        flat = gradient.reshape(-1, gradient.shape[-1])
        result = torch.zeros(len(flat), values.shape[1])
        for start in range(0, len(values), _BLOCK_ROWS):
            stop = start + _BLOCK_ROWS
            result.addmm_(flat[:, start:stop], values[start:stop].float())
        return result.view(*gradient.shape[:-1], -1), None, None


def load_trainable_gguf(folder: Path, upper_layers: int, kernel: Kernel | None = None) -> Any:
    """Return the model of a GGUF folder for the training of adapters on its last `upper_layers` layers, on the CPU.

    Raises ModelUnusable.
    """
    with large_blocks_returned():
        model = load_gguf(folder, kernel or Int8Rows()).requires_grad_(False)
        weights, layers = GgufWeights(folder), model.model.layers
        first = max(0, len(layers) - upper_layers)

        def make_trainable(number: int) -> None:
            _make_trainable(layers[number], f"blk.{number}", weights)

        with layer_threads() as pool:
            list(pool.map(make_trainable, range(first, len(layers))))
            model.lm_head = TrainableLinear(model.lm_head, read_head(weights))
            # they would be packed at their first product, one by one, and freed memory would not be given back
            list(pool.map(Int8RowsLinear.pack, [one for one in model.modules() if isinstance(one, Int8RowsLinear)]))
    model.lower_states = LowerStates(first)
    return model.train()


def _make_trainable(layer: nn.Module, prefix: str, weights: GgufWeights) -> None:
    for path, stored_name in LAYER_NAMES.items():
        module = layer.get_submodule(path)
        if isinstance(module, KernelLinear):
            parent, _, name = path.rpartition(".")
            stored = weights.read(f"{prefix}.{stored_name}.weight")
            setattr(layer.get_submodule(parent), name, TrainableLinear(module, stored))


def _half_values(stored: StoredTensor) -> Tensor:
    """Return the values of a tensor in fp16, block by block: in fp32 a head takes nearly a gigabyte."""
    return torch.cat([block.half() for block in stored.row_blocks(_BLOCK_ROWS)])
