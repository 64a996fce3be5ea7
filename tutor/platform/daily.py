"""Work that is done when the server starts and once a day from then on, on a thread of its own."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from tutor.platform.failure_log import describe_failure

log = logging.getLogger(__name__)
A_DAY_S = 24 * 60 * 60.0


@dataclass(slots=True)
class DailyWork:
    """Repeats its work until it is stopped; work that fails is done again after the next pause."""

    work: Callable[[], object]
    pause_s: float = A_DAY_S
    _stopped: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        self._thread = threading.Thread(target=self._repeat, name="daily", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Let the running work end and begin no other."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()

    def _repeat(self) -> None:
        while not self._stopped.is_set():
            try:
                self.work()
            except Exception as error:  # noqa: BLE001 - the boundary: logged, and done again tomorrow
                log.error("the daily work failed; it is done again tomorrow: %s", describe_failure(error))
            self._stopped.wait(self.pause_s)
