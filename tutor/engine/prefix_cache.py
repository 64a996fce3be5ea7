"""The prefix cache: keys and values of prompt beginnings that can be used again."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from torch import Tensor

from tutor.engine.kv_cache import KvCache
from tutor.engine.lru import ByteLru


class PrefixCache:
    """Blocks of computed prompt, found again by what was read up to their end, under which adapter version.

    A block is as long as a prefill chunk and cut where chunks end, so a restored one is bit for bit what reading the
    tokens again would give. Bounded by bytes; what was used longest ago leaves first.
    """

    def __init__(self, chunk: int, max_bytes: int) -> None:
        self._chunk = chunk
        self._blocks: ByteLru[bytes, Tensor] = ByteLru(max_bytes, lambda block: block.nbytes)

    @property
    def size_bytes(self) -> int:
        return self._blocks.bytes

    def restore(self, kv: KvCache, row: int, version: str, tokens: Sequence[int]) -> int:
        """Paste the longest known beginning of `tokens`, never all of them, and return its length."""
        done = 0
        for name in self._block_keys(version, tokens[: len(tokens) - 1]):
            block = self._blocks.get(name)
            if block is None:
                break
            kv.write_block(row, done, block)
            done += self._chunk
        return done

    def store(self, kv: KvCache, row: int, version: str, tokens: Sequence[int]) -> None:
        """Keep the whole blocks of a prompt that was just read, those that are not here yet."""
        for i, name in enumerate(self._block_keys(version, tokens)):
            if self._blocks.get(name) is None:
                self._blocks.put(name, kv.read_block(row, i * self._chunk, (i + 1) * self._chunk))

    def _block_keys(self, version: str, tokens: Sequence[int]) -> list[bytes]:
        """Name each whole block by a hash of the adapter version and every token up to the block's end."""
        digest = hashlib.sha256(version.encode())
        names = []
        for start in range(0, len(tokens) - self._chunk + 1, self._chunk):
            digest.update(b"".join(t.to_bytes(4, "little") for t in tokens[start : start + self._chunk]))
            names.append(digest.digest())
        return names
