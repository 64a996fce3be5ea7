"""Layers that make an encoder fast and small on a CPU: int8 linear layers, and a table of words in float16.

The int8 kernels of PyTorch take one scale for all rows of a call. Here every row is divided by its largest magnitude
first and multiplied by it afterwards, under a constant scale, so that a large token does not coarsen the others.
Weights use 7 bits, because AVX2 adds two products in 16 bits and would saturate with 8.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

_WEIGHT_MAX = 63  # 255 x 63 x 2 fits into 16 bits
_INPUT_MAX, _INPUT_ZERO = 127, 128
_TINY = 1e-12


class RowwiseInt8Linear(nn.Module):
    """A linear layer with int8 weights, one scale for each output, and float32 inputs and outputs."""

    def __init__(self, layer: nn.Linear) -> None:
        super().__init__()
        weight = layer.weight.detach().float()
        scales = (weight.abs().amax(1) / _WEIGHT_MAX).clamp_min(_TINY).double()
        self._packed = _pack(weight, scales)
        self._bias = torch.zeros(len(scales)) if layer.bias is None else layer.bias.detach().float().clone()

    def forward(self, rows: Tensor) -> Tensor:
        """Return the layer's outputs; no row depends on another."""
        largest = rows.abs().amax(-1, keepdim=True).clamp_min(_TINY)
        multiply = torch.ops.quantized.linear_with_input_q_dq_qweight_dq_output_fp32
        product: Tensor = multiply((rows / largest).contiguous(), 1 / _INPUT_MAX, _INPUT_ZERO, self._packed)
        return torch.addcmul(self._bias, product, largest)


def _pack(weight: Tensor, scales: Tensor) -> Any:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "torch.quantize_per_tensor", UserWarning)  # to be replaced after torch 2.13
        zeros = torch.zeros(len(scales), dtype=torch.long)
        rounded: Any = torch.quantize_per_channel(weight, scales, zeros, 0, torch.qint8)
    return torch.ops.quantized.linear_prepack(rounded, None)


class HalfEmbedding(nn.Module):
    """A table of vectors kept in float16; looked up, they are float32."""

    def __init__(self, rows: Tensor) -> None:
        super().__init__()
        self._rows = rows.detach().half()

    def forward(self, numbers: Tensor) -> Tensor:
        """Return the vectors of the numbers."""
        return nn.functional.embedding(numbers, self._rows).float()


def has_int8_kernels() -> bool:
    """Whether this PyTorch has the kernels; the builds for x86 do."""
    return not {"fbgemm", "x86"}.isdisjoint(torch.backends.quantized.supported_engines)


def map_half_tables(weights: Path) -> list[Tensor]:
    """Return the float16 tables of a file of weights; only the rows that are looked up are read into memory."""
    from safetensors import safe_open

    with safe_open(weights, "pt") as stored:
        halves = [name for name in stored.keys() if stored.get_slice(name).get_dtype() == "F16"]  # noqa: SIM118
        return [stored.get_tensor(name) for name in halves]


def copy_small_parameters(module: nn.Module) -> None:
    """Copy the parameters that were not replaced, so that the file they were loaded from need not stay in memory."""
    for parameter in module.parameters():
        parameter.data = parameter.data.clone()


def use_cpu_layers(module: nn.Module, tables: Sequence[Tensor] = (), *, wide_table: int = 10_000) -> None:
    """Replace the linear layers and large tables below a module, which is for inference only from then on.

    A large table is taken from `tables` if it is there.
    """
    for name, child in module.named_children():
        if isinstance(child, nn.Linear):
            setattr(module, name, RowwiseInt8Linear(child))
        elif isinstance(child, nn.Embedding) and child.num_embeddings > wide_table:
            rows = next((one for one in tables if one.shape == child.weight.shape), child.weight)
            setattr(module, name, HalfEmbedding(rows))
        else:
            use_cpu_layers(child, tables, wide_table=wide_table)
