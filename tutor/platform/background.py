"""Background tasks: work that no page waits for, on one thread.

For results that can be computed again from the database; a task whose progress somebody watches is a job.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

from tutor.platform.failure_log import describe_failure

log = logging.getLogger(__name__)


def _single_worker() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, thread_name_prefix="background")


@dataclass(frozen=True, slots=True)
class BackgroundTasks:
    """Runs named tasks one after the other."""

    _futures: dict[str, Future[object]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _executor: ThreadPoolExecutor = field(default_factory=_single_worker)

    def submit(self, name: str, work: Callable[[], object]) -> None:
        """Queue the work, unless a task with this name is queued or running."""
        with self._lock:
            if not self.is_running(name):
                self._futures[name] = self._executor.submit(_run_logged, name, work)

    def is_running(self, name: str) -> bool:
        future = self._futures.get(name)
        return future is not None and not future.done()

    def wait_all(self) -> None:
        """Return when all tasks have ended."""
        for future in list(self._futures.values()):
            future.exception()

    def close(self) -> None:
        """Wait for the running task and drop the queued ones."""
        self._executor.shutdown(wait=True, cancel_futures=True)


def _run_logged(name: str, work: Callable[[], object]) -> None:
    try:
        work()
    except Exception as error:  # noqa: BLE001 - the boundary: the error is logged
        log.error("the background task %s failed; its earlier result stays in use: %s", name, describe_failure(error))
