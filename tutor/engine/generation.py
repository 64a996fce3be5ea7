"""One answer on its way: what was asked, how far it is, and the queue through which its caller hears of it."""

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

CALLER_GRACE_S = 5.0  # what a caller waits beyond its limit before it gives up on the engine's thread itself


@dataclass(slots=True, eq=False)
class Generation:
    """The engine's thread alone changes it; `cancelled` is set by the caller."""

    request: GenerationRequest
    prompt_tokens: list[int]
    max_tokens: int
    weights: LoraWeights | None
    detokenizer: IncrementalDetokenizer
    deadline: float
    rng: torch.Generator | None
    prefilled: int = 0  # tokens of the prompt that are in the KV row
    generated: list[int] = field(default_factory=list)
    outbox: queue.SimpleQueue[Token | Queued | EngineError | None] = field(default_factory=queue.SimpleQueue)
    cancelled: bool = False
    _place: int = 0

    @property
    def length(self) -> int:
        """Positions of the KV row that matter."""
        return max(self.prefilled, len(self.prompt_tokens) + len(self.generated))

    @property
    def is_prefilled(self) -> bool:
        return self.prefilled == len(self.prompt_tokens)

    # -- what the engine's thread says -------------------------------------------------------------------------------

    def send(self, text: str) -> None:
        if text:
            self.outbox.put(Token(text))

    def send_place(self, place: int) -> None:
        """Tell the caller its place in the queue when that has changed."""
        if place != self._place:
            self._place = place
            self.outbox.put(Queued(place))

    def finish(self, error: EngineError | None = None) -> None:
        self.outbox.put(error)

    def should_stop(self, now: float) -> bool:
        """Whether the caller has gone or the time is up; in that case the caller is told."""
        if now > self.deadline:
            self.finish(self._timeout_error())
            return True
        return self.cancelled

    # -- what the caller hears ---------------------------------------------------------------------------------------

    def events(self) -> Generator[Token | Queued, None, None]:
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
        return GenerationTimeout(f"the answer took longer than {self.request.time_limit_s:g} s and was broken off")
