"""One answer on its way: what was asked, how far it is, and the queue through which its caller hears of it."""

from __future__ import annotations

import queue
import time
from collections.abc import Generator
from dataclasses import dataclass, field

import torch

from tutor.engine.base import Request, Waiting
from tutor.engine.detokenizer import TextFlow
from tutor.engine.lora_files import LoraWeights
from tutor.errors import EngineError, GenerationTimeout

GRACE_S = 5.0  # what a caller waits beyond its limit before it gives up on the engine's thread itself


@dataclass(slots=True, eq=False)
class Job:
    """The engine's thread alone changes it; `cancelled` is set by the caller."""

    request: Request
    tokens: list[int]
    most: int
    weights: LoraWeights | None
    flow: TextFlow
    deadline: float
    generator: torch.Generator | None
    read: int = 0  # tokens of the prompt that are in the KV row
    said: list[int] = field(default_factory=list)
    outbox: queue.SimpleQueue[str | EngineError | None] = field(default_factory=queue.SimpleQueue)
    cancelled: bool = False
    _place: int = 0

    @property
    def length(self) -> int:
        """Positions of the KV row that matter."""
        return max(self.read, len(self.tokens) + len(self.said))

    @property
    def is_read(self) -> bool:
        return self.read == len(self.tokens)

    # -- what the engine's thread says -------------------------------------------------------------------------------

    def send(self, piece: str) -> None:
        if piece:
            self.outbox.put(piece)

    def tell_place(self, place: int) -> None:
        """Tell the caller its number in the queue when that has changed."""
        if place != self._place:
            self._place = place
            self.outbox.put(Waiting(place))

    def end(self, error: EngineError | None = None) -> None:
        self.outbox.put(error)

    def is_over(self, now: float) -> bool:
        """Whether the caller has gone or the time is up; in that case the caller is told."""
        if now > self.deadline:
            self.end(self._overdue())
            return True
        return self.cancelled

    # -- what the caller hears ---------------------------------------------------------------------------------------

    def pieces(self) -> Generator[str, None, None]:
        while True:
            try:
                piece = self.outbox.get(timeout=max(0.0, self.deadline - time.monotonic()) + GRACE_S)
            except queue.Empty:
                raise self._overdue() from None
            if piece is None:
                return
            if isinstance(piece, EngineError):
                raise piece
            yield piece

    def _overdue(self) -> GenerationTimeout:
        return GenerationTimeout(f"the answer took longer than {self.request.time_limit_s:g} s and was broken off")
