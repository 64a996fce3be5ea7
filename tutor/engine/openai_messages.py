"""Messages as an OpenAI-compatible server takes them: text without role markers, and pictures as content parts."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence

from tutor.engine.base import Message
from tutor.engine.chat_template import neutralise
from tutor.engine.http_client import Json

PICTURE_TOKENS = 1_500  # taken for a picture of a page; servers do not tell before they have read it
_MARKERS = (
    "<s>",
    "</s>",
    "[INST]",
    "[/INST]",
    "<<SYS>>",
    "<</SYS>>",
    "<start_of_turn>",
    "<end_of_turn>",
    "<bos>",
    "<eos>",
)
_MARKER_LIKE = re.compile(r"<[|｜][^<>|｜\s]{1,64}[|｜]>")


def as_json(messages: Sequence[Message], *, pictures: bool = True) -> list[Json]:
    """Return the messages as JSON; what looks like a role marker of any usual model loses its power."""
    return [
        {"role": message.role, "content": _parts(message) if pictures and message.pictures else _safe(message.content)}
        for message in messages
    ]


def picture_tokens(messages: Sequence[Message]) -> int:
    return PICTURE_TOKENS * sum(len(message.pictures) for message in messages)


def _safe(text: str) -> str:
    return neutralise(text, (*_MARKERS, *_MARKER_LIKE.findall(text)))


def _parts(message: Message) -> list[Json]:
    shown: list[Json] = [
        {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{base64.b64encode(png).decode()}"}}
        for png in message.pictures
    ]
    return [*shown, {"type": "text", "text": _safe(message.content)}]
