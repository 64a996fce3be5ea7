"""A bounded queue for expensive work: a few at once, a few more waiting, the rest refused."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class QueueFull(Exception):
    """As many wait as may wait."""


class BoundedQueue:
    """Admits `max_concurrent` blocks at the same time and lets `max_queued` more wait.

    Without the limit on waiting blocks, they would use up the threads of the server.
    """

    def __init__(self, max_concurrent: int, max_queued: int) -> None:
        self._admitted = threading.BoundedSemaphore(max_concurrent + max_queued)
        self._running = threading.BoundedSemaphore(max_concurrent)

    @contextmanager
    def slot(self) -> Iterator[None]:
        """Wait for a free slot and hold it for the block; raises QueueFull at once when the queue is full."""
        if not self._admitted.acquire(blocking=False):
            raise QueueFull
        try:
            with self._running:
                yield
        finally:
            self._admitted.release()
