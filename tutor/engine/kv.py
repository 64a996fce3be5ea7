"""The KV cache in rows, and the shelf of prompt beginnings that can be used again.

One tensor holds all layers, so a row is moved, kept and restored by one copy. Rows are reserved for the whole context
window, but memory that no token was written to is never touched.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from tutor.engine.residency import ByteLru


class KvRows:
    """`store[layer, key or value, row, head, position, dimension]`."""

    def __init__(self, config: Any, rows: int, length: int, dtype: torch.dtype, device: torch.device) -> None:
        heads = config.num_key_value_heads
        size = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
        self.length = length
        shape = (config.num_hidden_layers, 2, rows, heads, length, size)
        self.store = torch.empty(shape, dtype=dtype, device=device)

    def swap(self, x: int, y: int, tokens: int, keep_both: bool) -> None:
        """Exchange the first `tokens` positions of two rows, or only copy x over y."""
        a, b = self.store[:, :, x, :, :tokens], self.store[:, :, y, :, :tokens]
        kept = b.clone() if keep_both else None
        b.copy_(a)
        if kept is not None:
            a.copy_(kept)

    def cut(self, row: int, start: int, stop: int) -> Tensor:
        return self.store[:, :, row, :, start:stop].clone()

    def paste(self, row: int, start: int, block: Tensor) -> None:
        self.store[:, :, row, :, start : start + block.shape[3]] = block


class DecodeStep:
    """One new token in each of the rows 0..n-1, as the `past_key_values` of a forward pass."""

    is_compileable = False

    def __init__(self, kv: KvRows, positions: Tensor, longest: int) -> None:
        self._kv, self._positions, self._longest = kv, positions, longest
        self._rows = torch.arange(len(positions), device=positions.device)
        self.mask = (torch.arange(longest, device=positions.device) <= positions[:, None])[:, None, None, :]

    def update(self, keys: Tensor, values: Tensor, layer: int, *_: Any, **__: Any) -> tuple[Tensor, Tensor]:
        k, v = self._kv.store[layer]
        k[self._rows, :, self._positions] = keys[:, :, 0]
        v[self._rows, :, self._positions] = values[:, :, 0]
        n = len(self._rows)
        return k[:n, :, : self._longest], v[:n, :, : self._longest]

    def get_seq_length(self, layer: int = 0) -> int:
        return self._longest


class PrefillStep:
    """The next `width` tokens of some rows, each row from a start of its own."""

    is_compileable = False

    def __init__(self, kv: KvRows, rows: Sequence[int], starts: Sequence[int], width: int) -> None:
        device = kv.store.device
        self._kv, self._rows, self._starts, self._width = kv, rows, starts, width
        self._longest = max(starts) + width
        self._index = torch.tensor(rows, device=device)
        self.positions = torch.tensor(starts, device=device)[:, None] + torch.arange(width, device=device)
        self.mask = (torch.arange(self._longest, device=device) <= self.positions[:, :, None])[:, None]

    def update(self, keys: Tensor, values: Tensor, layer: int, *_: Any, **__: Any) -> tuple[Tensor, Tensor]:
        k, v = self._kv.store[layer]
        for i, (row, start) in enumerate(zip(self._rows, self._starts, strict=True)):
            k[row, :, start : start + self._width] = keys[i]
            v[row, :, start : start + self._width] = values[i]
        if len(self._rows) == 1:
            only = slice(self._rows[0], self._rows[0] + 1)
            return k[only, :, : self._longest], v[only, :, : self._longest]
        return k[self._index, :, : self._longest], v[self._index, :, : self._longest]

    def get_seq_length(self, layer: int = 0) -> int:
        return self._longest


class PrefixShelf:
    """Blocks of computed prompt, found again by what was read up to their end, under which adapter version.

    A block is as long as a prefill chunk and cut where chunks end, so a restored one is bit for bit what reading the
    tokens again would give. Bounded by bytes; what was used longest ago leaves first.
    """

    def __init__(self, chunk: int, cap: int) -> None:
        self._chunk = chunk
        self._blocks: ByteLru[bytes, Tensor] = ByteLru(cap, lambda block: block.nbytes)

    @property
    def size(self) -> int:
        return self._blocks.bytes

    def restore(self, kv: KvRows, row: int, version: str, tokens: Sequence[int]) -> int:
        """Paste the longest known beginning of `tokens`, never all of them, and return its length."""
        done = 0
        for name in self._names(version, tokens[: len(tokens) - 1]):
            block = self._blocks.get(name)
            if block is None:
                break
            kv.paste(row, done, block)
            done += self._chunk
        return done

    def keep(self, kv: KvRows, row: int, version: str, tokens: Sequence[int]) -> None:
        """Keep the whole blocks of a prompt that was just read, those that are not here yet."""
        for i, name in enumerate(self._names(version, tokens)):
            if self._blocks.get(name) is None:
                self._blocks.put(name, kv.cut(row, i * self._chunk, (i + 1) * self._chunk))

    def _names(self, version: str, tokens: Sequence[int]) -> list[bytes]:
        """Name each whole block by a hash of the adapter version and every token up to the block's end."""
        digest = hashlib.sha256(version.encode())
        names = []
        for start in range(0, len(tokens) - self._chunk + 1, self._chunk):
            digest.update(b"".join(t.to_bytes(4, "little") for t in tokens[start : start + self._chunk]))
            names.append(digest.digest())
        return names
