"""Beside: work that a page does not wait for, on one thread of its own, each piece once at a time.

For what is remade from the database and may be lost with the process; a task that somebody watches is a job.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

log = logging.getLogger(__name__)


def _single_worker() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, thread_name_prefix="beside")


@dataclass(frozen=True, slots=True)
class BackgroundTasks:
    """Begins work, and tells whether it still runs."""

    _futures: dict[str, Future[object]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _executor: ThreadPoolExecutor = field(default_factory=_single_worker)

    def submit(self, name: str, work: Callable[[], object]) -> None:
        """Queue the work, unless work of that name is queued or running."""
        with self._lock:
            if not self.is_running(name):
                self._futures[name] = self._executor.submit(_run_logged, name, work)

    def is_running(self, name: str) -> bool:
        found = self._futures.get(name)
        return found is not None and not found.done()

    def wait_all(self) -> None:
        """Return when all that was begun has ended."""
        for each in list(self._futures.values()):
            each.exception()

    def close(self) -> None:
        """Let the running work end and forget what is queued."""
        self._executor.shutdown(wait=True, cancel_futures=True)


def _run_logged(name: str, work: Callable[[], object]) -> None:
    try:
        work()
    except Exception:
        log.exception("the work %s beside the pages failed; what is kept goes on", name)
