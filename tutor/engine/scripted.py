"""A fake engine for tests and for work on the pages (`TUTOR_MODEL=scripted`).

It answers from a script, word by word, and records the requests.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterable, Sequence
from itertools import cycle

from tutor.domain import Queued, Token
from tutor.engine.base import (
    AdapterRef,
    EngineInfo,
    EngineState,
    GenerationRequest,
    Message,
    require_text_only,
)

Script = Iterable[str] | Callable[[GenerationRequest], str]


class ScriptedEngine:
    """Answers come from `script`: texts repeated in order, or a function of the request.

    `queue_positions` are the places in the queue that are streamed before each answer; with a `vision_model` it accepts
    images. `parameters` is the size it gives itself out for.
    """

    def __init__(
        self,
        script: Script = ("A scripted answer.",),
        *,
        context_tokens: int = 2048,
        vision_model: str = "",
        parameters: int = 0,
    ) -> None:
        self.requests: list[GenerationRequest] = []
        self.prefetched: list[tuple[tuple[Message, ...], AdapterRef | None]] = []
        self.cancelled = 0
        self.queue_positions: Sequence[int] = ()
        self._context = context_tokens
        self._vision_model = vision_model
        self._parameters = parameters
        if callable(script):
            self._answer = script
        else:
            texts = cycle(script)
            self._answer = lambda _request: next(texts)

    def stream(self, request: GenerationRequest) -> Generator[Token | Queued, None, None]:
        if not self._vision_model:
            require_text_only(request)
        self.requests.append(request)
        pieces = re.findall(r"\s*\S+|\s+$", self._answer(request))[: request.max_tokens]
        try:
            yield from map(Queued, self.queue_positions)
            yield from map(Token, pieces)
        except GeneratorExit:
            self.cancelled += 1
            raise

    def prefetch_prefix(self, messages: Sequence[Message], adapter: AdapterRef | None = None) -> None:
        self.prefetched.append((tuple(messages), adapter))

    def count_tokens(self, messages: Sequence[Message]) -> int:
        """Count one token a word and four a message for its role markers."""
        return sum(len(m.content.split()) + 4 for m in messages)

    def info(self) -> EngineInfo:
        return EngineInfo(
            "scripted",
            "none",
            EngineState.READY,
            "scripted",
            self._context,
            vision_model=self._vision_model,
            parameters=self._parameters,
        )

    def close(self) -> None:
        """Do nothing."""
