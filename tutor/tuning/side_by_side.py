"""Answers one question with the base and with an adapter, side by side, for comparison.

Both sides stream greedily from the same prompt, through the engine that also answers turns. Nothing is stored.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum

from tutor.chat.held_stream import HeldStream, MustHold
from tutor.domain import Person, Token
from tutor.engine.base import AdapterRef, Engine, GenerationRequest, Message
from tutor.errors import EngineError
from tutor.locales import t
from tutor.platform.settings import Settings
from tutor.tuning.adapter_versions import AdapterVersionService

PromptFor = Callable[[Person, str, str], tuple[Message, ...]]  # (actor, course id, question)


class AnswerSide(StrEnum):
    """Which side a piece belongs to."""

    BASE = "base"
    ADAPTER = "adapter"


@dataclass(frozen=True, slots=True)
class SidePiece:
    """The next piece of one side's answer."""

    side: AnswerSide
    text: str


@dataclass(frozen=True, slots=True)
class SideBySide:
    """Streams the two answers."""

    engine: Engine
    versions: AdapterVersionService
    settings: Settings
    prompt_for: PromptFor
    must_hold: Callable[[str], MustHold | None] = lambda _course_id: None  # what a course does not show

    def compare(
        self, actor: Person, course_id: str, question: str, version_id: str
    ) -> Generator[SidePiece, None, None]:
        """Yield the pieces of both answers as they arrive; closing the generator stops both.

        Raises InputRefused for a question outside the course, EngineError, AdapterNotLoaded.
        """
        version = self.versions.get_managed(actor, version_id)
        messages = self.prompt_for(actor, course_id, question)
        sides = {AnswerSide.BASE: None, AnswerSide.ADAPTER: self.versions.to_adapter_ref(version)}
        stop = threading.Event()
        pieces: queue.Queue[SidePiece | AnswerSide | EngineError] = queue.Queue()
        withheld = t(actor.language, "answer_withheld")
        for side, adapter in sides.items():
            shown = HeldStream(self.must_hold(course_id))
            work = (side, self._request(actor, messages, adapter), shown, withheld, pieces, stop)
            threading.Thread(target=self._stream_side, args=work, daemon=True, name=f"side-by-side-{side}").start()
        running = len(sides)
        try:
            while running:
                piece = pieces.get()
                if isinstance(piece, EngineError):
                    raise piece
                if isinstance(piece, AnswerSide):
                    running -= 1
                else:
                    yield piece
        finally:
            stop.set()

    def _stream_side(
        self,
        side: AnswerSide,
        request: GenerationRequest,
        shown: HeldStream,
        withheld: str,
        pieces: queue.Queue[SidePiece | AnswerSide | EngineError],
        stop: threading.Event,
    ) -> None:
        """Put one side's pieces into the queue, and the side itself at the end of its answer."""
        try:
            with closing(shown.stream(self.engine.stream(request))) as stream:
                for event in stream:
                    if stop.is_set():
                        return
                    if isinstance(event, Token) and event.text:
                        pieces.put(SidePiece(side, event.text))
            if shown.held:
                pieces.put(SidePiece(side, f"\n\n{withheld}"))
            pieces.put(side)
        except EngineError as error:
            pieces.put(error)
        except Exception as error:  # noqa: BLE001 - the consumer raises it
            pieces.put(EngineError(f"the answer failed ({type(error).__name__}); ask again"))

    def _request(self, actor: Person, messages: tuple[Message, ...], adapter: AdapterRef | None) -> GenerationRequest:
        return GenerationRequest(
            messages=messages,
            learner=actor.id,
            adapter=adapter,
            max_tokens=self.settings.max_answer_tokens,
            time_limit_s=self.settings.answer_time_limit_s,
        )
