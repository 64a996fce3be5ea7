"""The chat service with one of its parts replaced."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tutor.chat.turn import ChatService
from tutor.engine.base import Engine


def with_engine(chat: ChatService, engine: Engine) -> ChatService:
    prompt_builder = replace(chat.prompt_builder, engine=engine)
    return replace(
        chat,
        direct_replies=replace(chat.direct_replies, prompt_builder=prompt_builder),
        generator=replace(chat.generator, engine=engine, prompt_builder=prompt_builder),
    )


def with_generator(chat: ChatService, **changes: Any) -> ChatService:
    return replace(chat, generator=replace(chat.generator, **changes))
