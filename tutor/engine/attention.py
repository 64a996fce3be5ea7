"""Attention over the rows of the KV cache, in groups of rows that attend to the same number of positions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention

from tutor.engine.kv_cache import KvCache


@dataclass(frozen=True, slots=True)
class AttentionGroup:
    """Adjacent rows whose attention is computed together, over the same number of positions."""

    rows: slice
    span: int
    mask: Tensor  # [rows, 1, tokens, span], added to the scores


class DecodeStep:
    """One new token in each of the rows 0..n-1, as the `past_key_values` of a forward pass.

    A row attends to its own length, rounded up to a multiple of `unit`, and not to that of the longest row: the number
    of positions in a sum decides its rounding, and a learner's answer must not depend on the other rows. With `unit` 0
    all rows attend to the longest length, in one call instead of several.
    """

    is_compileable = False

    def __init__(self, kv: KvCache, positions: Sequence[int], unit: int) -> None:
        device = kv.store.device
        self._kv = kv
        self._n = len(positions)
        heads, length = kv.store.shape[3:5]
        first = torch.arange(self._n * heads, device=device).view(self._n, heads) * length
        at = torch.tensor(positions, device=device)[:, None]
        self._key_index = (first + at).flatten()  # of this step's keys in all positions of all rows and heads
        spans = [-(-(at + 1) // unit) * unit if unit else max(positions) + 1 for at in positions]
        self._longest = max(spans)
        self.positions = at
        mask = _additive_mask(torch.arange(self._longest, device=device) <= at, kv.store.dtype)[:, None, None, :]
        self.groups = [AttentionGroup(rows, span, mask[rows, ..., :span]) for rows, span in _equal_runs(spans)]

    def update(self, keys: Tensor, values: Tensor, layer: int, *_: Any, **__: Any) -> tuple[Tensor, Tensor]:
        k, v = self._kv.store[layer]
        size = keys.shape[-1]
        k.view(-1, size).index_copy_(0, self._key_index, keys.reshape(-1, size))
        v.view(-1, size).index_copy_(0, self._key_index, values.reshape(-1, size))
        return k[: self._n], v[: self._n]

    def get_seq_length(self, layer: int = 0) -> int:
        return self._longest


class PrefillStep:
    """The next `width` tokens of some rows, from a start per row; each row attends to its own past only."""

    is_compileable = False

    def __init__(self, kv: KvCache, rows: Sequence[int], starts: Sequence[int], width: int) -> None:
        device = kv.store.device
        self._kv, self._rows, self._starts, self._width = kv, rows, starts, width
        self.positions = torch.tensor(starts, device=device)[:, None] + torch.arange(width, device=device)
        self.groups = [self._group(i, start + width) for i, start in enumerate(starts)]

    def _group(self, row: int, span: int) -> AttentionGroup:
        seen = torch.arange(span, device=self.positions.device) <= self.positions[row, :, None]
        return AttentionGroup(slice(row, row + 1), span, _additive_mask(seen, self._kv.store.dtype)[None, None])

    def update(
        self, keys: Tensor, values: Tensor, layer: int, *_: Any, **__: Any
    ) -> tuple[_RowSelection, _RowSelection]:
        k, v = self._kv.store[layer]
        for i, (row, start) in enumerate(zip(self._rows, self._starts, strict=True)):
            k[row, :, start : start + self._width] = keys[i]
            v[row, :, start : start + self._width] = values[i]
        return _RowSelection(k, self._rows), _RowSelection(v, self._rows)

    def get_seq_length(self, layer: int = 0) -> int:
        return max(self._starts) + self._width


class _RowSelection:
    """Selected rows of a tensor; indexing with a slice of one returns a view."""

    def __init__(self, tensor: Tensor, rows: Sequence[int]) -> None:
        self._tensor, self._rows = tensor, rows

    def __getitem__(self, at: slice) -> Tensor:
        row = self._rows[at.start]
        return self._tensor[row : row + 1]


def _additive_mask(seen: Tensor, dtype: torch.dtype) -> Tensor:
    """Return what is added to the scores: 0 where a position is seen, else -inf. Made once a step, not once a layer."""
    return torch.zeros(seen.shape, dtype=dtype, device=seen.device).masked_fill_(~seen, float("-inf"))


def _equal_runs(spans: Sequence[int]) -> Iterator[tuple[slice, int]]:
    """Yield each run of equal adjacent spans, as a slice of rows with its span."""
    start = 0
    for span, run in groupby(spans):
        stop = start + len(list(run))
        yield slice(start, stop), span
        start = stop


def grouped_attention(
    module: Any, query: Tensor, key: Any, value: Any, mask: Any, *, kv_step: Any, scaling: float, **_: Any
) -> tuple[Tensor, None]:
    """Attention function for transformers models, one call a group.

    The query heads that share a key head are folded into the rows of one matrix product.
    """
    parts = [_attend(query[g.rows], key[g.rows], value[g.rows], g, scaling) for g in kv_step.groups]
    together = parts[0] if len(parts) == 1 else torch.cat(parts)
    return together.transpose(1, 2), None


def _attend(query: Tensor, key: Tensor, value: Tensor, group: AttentionGroup, scaling: float) -> Tensor:
    n, heads, tokens, size = query.shape
    key, value = key[:, :, : group.span], value[:, :, : group.span]
    shared = heads // key.shape[1]
    folded = query.reshape(n, key.shape[1], shared * tokens, size)
    mask = group.mask if tokens == 1 else group.mask.repeat(1, 1, shared, 1)
    out = scaled_dot_product_attention(folded, key, value, attn_mask=mask, scale=scaling)
    return out.reshape(n, heads, tokens, size)
