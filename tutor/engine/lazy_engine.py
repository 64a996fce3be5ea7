"""An engine that loads its model in the background.

Until the model is READY, every stream raises EngineNotReady, so pages can be shown while the weights are downloaded and
loaded; `info` tells how far that is.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Generator, Sequence
from dataclasses import replace

from tutor.domain import Queued, Token
from tutor.engine.base import AdapterRef, Engine, EngineInfo, EngineState, GenerationRequest, Message
from tutor.engine.load_progress import LoadCancelled, LoadMonitor
from tutor.errors import EngineNotReady, SetupError

log = logging.getLogger(__name__)


class LazyEngine:
    """Opens an engine in a thread at the first use and forwards every call to it.

    `factory` reports to `monitor` how far it is, and gives up when the monitor is cancelled.
    """

    def __init__(self, factory: Callable[[], Engine], name: str, monitor: LoadMonitor | None = None) -> None:
        self._name = name
        self._monitor = monitor or LoadMonitor()
        self._engine: Engine | None = None
        self._failure: str | None = None
        self._closed = False
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._open, args=(factory,), name="engine-warming", daemon=True)
        self._started = False

    def _start(self) -> None:
        with self._lock:
            if not self._started and not self._closed:
                self._started = True
                self._thread.start()

    def _open(self, factory: Callable[[], Engine]) -> None:
        try:
            engine = factory()
        except LoadCancelled as error:
            log.info("loading %s was given up: %s", self._name, error)
            return
        except SetupError as error:
            self._failure = str(error)
        except Exception as error:
            log.exception("engine %s failed", self._name)
            self._failure = f"the model could not be loaded ({type(error).__name__}); the server's log says more"
        else:
            with self._lock:
                self._engine = engine
                if self._closed:
                    engine.close()
        if self._failure:
            log.error("engine %s failed: %s", self._name, self._failure)

    def _require_ready(self) -> Engine:
        self._start()
        if self._failure:
            raise EngineNotReady(self._failure)
        if self._engine is None:
            raise self._monitor.progress.not_ready_error()
        return self._engine

    def wait_until_loaded(self, timeout_s: float | None = None) -> EngineInfo:
        """Wait until the model is READY or FAILED, at most `timeout_s`; for the command line and tests."""
        self._start()
        self._thread.join(timeout_s)
        return self.info()

    def stream(self, request: GenerationRequest) -> Generator[Token | Queued, None, None]:
        yield from self._require_ready().stream(request)

    def prefetch_prefix(self, messages: Sequence[Message], adapter: AdapterRef | None = None) -> None:
        if self._engine is not None:
            self._engine.prefetch_prefix(messages, adapter)

    def count_tokens(self, messages: Sequence[Message]) -> int:
        return self._require_ready().count_tokens(messages)

    def info(self) -> EngineInfo:
        self._start()
        if self._engine is not None:
            return replace(self._engine.info(), fallback=self._monitor.fallback)
        if self._failure:
            return EngineInfo(self._name, "none", EngineState.FAILED, "", 0, self._failure)
        progress = self._monitor.progress
        return EngineInfo(self._name, "none", EngineState.LOADING, "", 0, str(progress), progress=progress)

    def close(self) -> None:
        """Close the engine, after waiting for a load in progress: its threads must not outlive this object.

        A download is cancelled, and goes on at the next start.
        """
        self._monitor.cancel()
        with self._lock:
            self._closed = True
            if self._engine is not None:
                self._engine.close()
        if self._started:
            self._thread.join()
