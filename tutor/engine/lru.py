"""A least-recently-used cache bounded by bytes. Without torch."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class ByteLru(Generic[K, V]):
    """Holds values of at most `max_bytes` in all and evicts the least recently used first. Not thread-safe."""

    def __init__(self, max_bytes: int, size_of: Callable[[V], int]) -> None:
        self.max_bytes = max_bytes
        self.bytes = 0
        self._size_of = size_of
        self._items: OrderedDict[K, V] = OrderedDict()

    def get(self, key: K) -> V | None:
        """Return the value, or None, and mark it as the most recently used."""
        if key not in self._items:
            return None
        self._items.move_to_end(key)
        return self._items[key]

    def put(self, key: K, value: V) -> None:
        """Store `value` and evict older ones; a value larger than `max_bytes` is not stored."""
        self.drop(key)
        size = self._size_of(value)
        if size > self.max_bytes:
            return
        while self.bytes + size > self.max_bytes:
            self.drop(next(iter(self._items)))
        self._items[key] = value
        self.bytes += size

    def drop(self, key: K) -> None:
        value = self._items.pop(key, None)
        if value is not None:
            self.bytes -= self._size_of(value)

    def __contains__(self, key: K) -> bool:
        return key in self._items

    def __len__(self) -> int:
        return len(self._items)
