"""The chat service with one of its parts replaced."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tutor.chat.turn import ChatService
from tutor.engine.base import Engine, GenerationRequest
from tutor.engine.scripted import ScriptedEngine

STANDARD_SIZE = 1_543_714_304  # parameters


def with_engine(chat: ChatService, engine: Engine) -> ChatService:
    prompt_builder = replace(chat.prompt_builder, engine=engine)
    return replace(
        chat,
        direct_replies=replace(chat.direct_replies, prompt_builder=prompt_builder),
        generator=replace(chat.generator, engine=engine, prompt_builder=prompt_builder),
    )


def with_generator(chat: ChatService, **changes: Any) -> ChatService:
    return replace(chat, generator=replace(chat.generator, **changes))


def translator(reply: Callable[[str], str], parameters: int = STANDARD_SIZE) -> ScriptedEngine:
    """An engine of some size that replies to the last text of a prompt, as to one that is to be translated."""

    def answer(request: GenerationRequest) -> str:
        return reply(request.messages[-1].content)

    return ScriptedEngine(answer, parameters=parameters)
