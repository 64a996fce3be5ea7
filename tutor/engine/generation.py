"""One answer being generated: its request, its state, and the queue that carries its events to the caller."""

from __future__ import annotations

import queue
import time
from collections.abc import Generator
from dataclasses import dataclass, field

import torch

from tutor.domain import Queued, Token
from tutor.engine.base import GenerationRequest
from tutor.engine.detokenizer import IncrementalDetokenizer
from tutor.engine.lora_files import LoraWeights
from tutor.errors import EngineError, GenerationTimeout

CALLER_GRACE_S = 5.0  # how long past its deadline a caller waits before it gives up on the engine's thread


@dataclass(slots=True, eq=False)
class Generation:
    """Changed only by the engine's thread, except for `cancelled`, which the caller sets."""

    request: GenerationRequest
    prompt_tokens: list[int]
    max_tokens: int
    weights: LoraWeights | None
    detokenizer: IncrementalDetokenizer
    deadline: float
    rng: torch.Generator | None
    prefilled: int = 0  # prompt tokens that are in the KV row
    generated: list[int] = field(default_factory=list)
    outbox: queue.SimpleQueue[Token | Queued | EngineError | None] = field(default_factory=queue.SimpleQueue)
    cancelled: bool = False
    _place: int = 0

    @property
    def length(self) -> int:
        """Number of positions of the KV row in use."""
        return max(self.prefilled, len(self.prompt_tokens) + len(self.generated))

    @property
    def is_prefilled(self) -> bool:
        return self.prefilled == len(self.prompt_tokens)

    # -- called by the engine's thread -------------------------------------------------------------------------------

    def send(self, text: str) -> None:
        if text:
            self.outbox.put(Token(text))

    def send_place(self, place: int) -> None:
        """Send the caller its place in the queue if it has changed."""
        if place != self._place:
            self._place = place
            self.outbox.put(Queued(place))

    def finish(self, error: EngineError | None = None) -> None:
        self.outbox.put(error)

    def should_stop(self, now: float) -> bool:
        """Whether the caller has left or the time is up; a timeout is also sent to the caller."""
        if now > self.deadline:
            self.finish(self._timeout_error())
            return True
        return self.cancelled

    # -- called by the caller ----------------------------------------------------------------------------------------

    def events(self) -> Generator[Token | Queued, None, None]:
        """Yield what the engine sends until the answer ends. Raises the engine's error, or GenerationTimeout."""
        while True:
            try:
                event = self.outbox.get(timeout=max(0.0, self.deadline - time.monotonic()) + CALLER_GRACE_S)
            except queue.Empty:
                raise self._timeout_error() from None
            if event is None:
                return
            if isinstance(event, EngineError):
                raise event
            yield event

    def _timeout_error(self) -> GenerationTimeout:
        return GenerationTimeout(
            f"the answer took longer than {self.request.time_limit_s:g} s and was stopped; ask again"
        )
