"""The prefix cache: keys and values of prompt beginnings that can be used again."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from torch import Tensor

from tutor.engine.kv_cache import KvCache
from tutor.engine.lru import ByteLru


class PrefixCache:
    """Blocks of keys and values, keyed by the adapter version and all tokens up to the end of the block.

    A block is one prefill chunk, so a restored block equals, bit for bit, the result of reading its tokens again. The
    cache holds at most `max_bytes`; the least recently used blocks are dropped first.
    """

    def __init__(self, chunk: int, max_bytes: int) -> None:
        self._chunk = chunk
        self._blocks: ByteLru[bytes, Tensor] = ByteLru(max_bytes, lambda block: block.nbytes)

    def restore(self, kv: KvCache, row: int, version: str, tokens: Sequence[int]) -> int:
        """Write the longest cached prefix of `tokens` into a row and return its length, never that of all tokens."""
        done = 0
        for key in self._block_keys(version, tokens[: len(tokens) - 1]):
            block = self._blocks.get(key)
            if block is None:
                break
            kv.write_block(row, done, block)
            done += self._chunk
        return done

    def store(self, kv: KvCache, row: int, version: str, tokens: Sequence[int]) -> None:
        """Save the complete blocks of a prompt that was just read."""
        for i, key in enumerate(self._block_keys(version, tokens)):
            if self._blocks.get(key) is None:
                self._blocks.put(key, kv.read_block(row, i * self._chunk, (i + 1) * self._chunk))

    def _block_keys(self, version: str, tokens: Sequence[int]) -> list[bytes]:
        """Return a key for each complete block: a hash of the adapter version and all tokens up to its end."""
        digest = hashlib.sha256(version.encode())
        keys = []
        for start in range(0, len(tokens) - self._chunk + 1, self._chunk):
            digest.update(b"".join(t.to_bytes(4, "little") for t in tokens[start : start + self._chunk]))
            keys.append(digest.digest())
        return keys
