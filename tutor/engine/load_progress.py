"""What loading a model tells while it runs, why another model than the requested one serves, and how to cancel it."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from enum import StrEnum

from tutor.errors import EngineNotReady, TutorError

MEGABYTE = 1_000_000


class LoadStage(StrEnum):
    """What is happening to a model that is not ready yet."""

    LOADING = "loading"
    DOWNLOADING = "downloading"
    PREPARING = "preparing"


@dataclass(frozen=True, slots=True)
class LoadProgress:
    """How far loading has come; the bytes count while DOWNLOADING only."""

    stage: LoadStage = LoadStage.LOADING
    done_bytes: int = 0
    total_bytes: int = 0

    @property
    def megabytes(self) -> dict[str, str]:
        """Return `done` and `total` in MB, as people read them."""
        return {"done": f"{self.done_bytes // MEGABYTE:,}", "total": f"{self.total_bytes // MEGABYTE:,}"}

    def __str__(self) -> str:
        if self.stage is LoadStage.DOWNLOADING:
            return "downloading the model, {done} of {total} MB".format(**self.megabytes)
        return "preparing the model" if self.stage is LoadStage.PREPARING else "the model is loading"

    def not_ready_error(self) -> EngineNotReady:
        """Return the error for a request that comes now."""
        if self.stage is LoadStage.DOWNLOADING:
            return EngineNotReady(
                f"the tutor is still {self}; ask again when it is complete",
                key="engine_downloading",
                done=self.megabytes["done"],
                total=self.megabytes["total"],
            )
        if self.stage is LoadStage.PREPARING:
            return EngineNotReady(f"the tutor is still {self}; ask again in a minute", key="engine_preparing")
        return EngineNotReady("the model is still loading; try again in a moment")


@dataclass(frozen=True, slots=True)
class Fallback:
    """Why larger models were not used, and the name of the one that answers in their place."""

    reasons: tuple[TutorError, ...]
    model: str

    def __str__(self) -> str:
        return f"{'; '.join(map(str, self.reasons))}; the smaller {self.model} answers instead."


class LoadCancelled(EngineNotReady):
    """The engine was closed while its model was loaded."""


class LoadMonitor:
    """Carries progress from the thread that loads to those that ask, and a cancellation the other way."""

    def __init__(self) -> None:
        self._progress = LoadProgress()
        self._cancelled = threading.Event()
        self.fallback: Fallback | None = None

    @property
    def progress(self) -> LoadProgress:
        return self._progress

    def report(self, stage: LoadStage, done_bytes: int = 0, total_bytes: int = 0) -> None:
        """Note how far loading has come. Raises LoadCancelled after `cancel`."""
        self._progress = LoadProgress(stage, min(done_bytes, total_bytes), total_bytes)
        self.raise_if_cancelled()

    def cancel(self) -> None:
        """Make the next `report` raise LoadCancelled."""
        self._cancelled.set()

    def raise_if_cancelled(self) -> None:
        if self._cancelled.is_set():
            raise LoadCancelled("the tutor is shutting down")
