"""The proof for a person: the same question answered by the base and by an adapter, side by side, as it comes.

Both are asked the very same prompt, greedily, through the engine that answers turns. Nothing is stored.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum

from tutor.domain import Person
from tutor.engine.base import AdapterRef, Engine, Message, Request
from tutor.errors import EngineError
from tutor.platform.settings import Settings
from tutor.tuning.adapter_versions import Versions

PromptFor = Callable[[Person, str, str], tuple[Message, ...]]  # (who, course id, question)


class Side(StrEnum):
    """Who says a piece."""

    BASE = "base"
    ADAPTER = "adapter"


@dataclass(frozen=True, slots=True)
class Said:
    """The next piece of one side's answer."""

    side: Side
    text: str


@dataclass(frozen=True, slots=True)
class Proof:
    """Lets a person compare."""

    engine: Engine
    versions: Versions
    settings: Settings
    prompt_for: PromptFor

    def compare(self, who: Person, course_id: str, question: str, version_id: str) -> Generator[Said, None, None]:
        """Yield what both sides say, as it comes; closing the generator stops both.

        Raises what asking raises: InputRefused for a question outside the course, EngineError, AdapterNotLoaded.
        """
        version = self.versions.owned(who, version_id)
        messages = self.prompt_for(who, course_id, question)
        sides = {Side.BASE: None, Side.ADAPTER: self.versions.ref_of(version)}
        stop = threading.Event()
        heard: queue.Queue[Said | Side | EngineError] = queue.Queue()
        for side, adapter in sides.items():
            work = (side, self._request(who, messages, adapter, side), heard, stop)
            threading.Thread(target=self._speak, args=work, daemon=True, name=f"proof-{side}").start()
        talking = len(sides)
        try:
            while talking:
                piece = heard.get()
                if isinstance(piece, EngineError):
                    raise piece
                if isinstance(piece, Side):
                    talking -= 1
                else:
                    yield piece
        finally:
            stop.set()

    def _speak(
        self, side: Side, request: Request, heard: queue.Queue[Said | Side | EngineError], stop: threading.Event
    ) -> None:
        """Put one side's pieces into the queue, and the side itself when it has ended."""
        try:
            with closing(self.engine.stream(request)) as stream:
                for text in stream:
                    if stop.is_set():
                        return
                    heard.put(Said(side, text))
            heard.put(side)
        except EngineError as error:
            heard.put(error)
        except Exception as error:  # noqa: BLE001 - the edge of a thread: the waiting side raises it
            heard.put(EngineError(f"the answer broke off: {type(error).__name__}"))

    def _request(self, who: Person, messages: tuple[Message, ...], adapter: AdapterRef | None, side: Side) -> Request:
        return Request(
            messages=messages,
            learner=who.id,
            conversation=f"proof-{side}-{who.id}",
            adapter=adapter,
            max_tokens=self.settings.max_answer_tokens,
            time_limit_s=self.settings.answer_time_limit_s,
        )
