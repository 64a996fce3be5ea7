"""The KV cache: one row of keys and values for each running answer.

A single tensor holds all layers, so one copy moves, saves or restores a row. Each row is reserved for the whole context
window; on a CPU, memory that no token was written to is never touched.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from tutor.engine.heap import reserve_zeros


def row_bytes(config: Any, length: int, dtype: torch.dtype) -> int:
    """Return the size of one row of `length` positions."""
    return int(config.num_hidden_layers * 2 * config.num_key_value_heads * length * _head_size(config) * dtype.itemsize)


def _head_size(config: Any) -> int:
    return int(getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads)


class KvCache:
    """Keys and values of all rows: `store[layer, key or value, row, head, position, dimension]`."""

    def __init__(self, config: Any, rows: int, length: int, dtype: torch.dtype, device: torch.device) -> None:
        self.length = length
        shape = (config.num_hidden_layers, 2, rows, config.num_key_value_heads, length, _head_size(config))
        self.store = reserve_zeros(shape, dtype, device)  # not `empty`: a masked nan is still a nan

    def swap(self, x: int, y: int, tokens: int, keep_both: bool) -> None:
        """Exchange the first `tokens` positions of two rows; without `keep_both` only copy x over y."""
        a, b = self.store[:, :, x, :, :tokens], self.store[:, :, y, :, :tokens]
        old_b = b.clone() if keep_both else None
        b.copy_(a)
        if old_b is not None:
            a.copy_(old_b)

    def clear_row(self, row: int) -> None:
        self.store[:, :, row].zero_()

    def read_block(self, row: int, start: int, stop: int) -> Tensor:
        return self.store[:, :, row, :, start:stop].clone()

    def write_block(self, row: int, start: int, block: Tensor) -> None:
        self.store[:, :, row, :, start : start + block.shape[3]] = block
