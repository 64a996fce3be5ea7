"""A throttle: how often each key may do something in a window of time. Kept in memory, by one server."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable

MAX_KEYS = 10_000  # those that did something longest ago are forgotten first


class Throttle:
    """Lets each key do something `limit` times in `window_s` seconds."""

    def __init__(self, limit: int, window_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit, self._window_s, self._clock = limit, window_s, clock
        self._times: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, key: str) -> bool:
        """Count one use and return True, or return False where the key has no use left."""
        now = self._clock()
        with self._lock:
            times = self._times.setdefault(key, deque())
            self._times.move_to_end(key)
            while times and now - times[0] >= self._window_s:
                times.popleft()
            if len(self._times) > MAX_KEYS:
                self._times.popitem(last=False)
            if len(times) >= self._limit:
                return False
            times.append(now)
            return True
