"""Chat messages in the OpenAI format: role markers in text are escaped, images are content parts."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence

from tutor.engine.base import Message
from tutor.engine.chat_template import escape_special_tokens
from tutor.engine.http_client import Json

TOKENS_PER_IMAGE = 1_500  # estimate for a picture of a page; servers report it only afterwards
_ROLE_MARKERS = (
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
_MARKER_LIKE = re.compile(r"<[|\uff5c][^<>|\uff5c\s]{1,64}[|\uff5c]>")  # some tokenizers use the full-width bar


def to_openai_messages(messages: Sequence[Message], *, with_images: bool = True) -> list[Json]:
    """Return the messages as JSON; everything that looks like a role marker of a common model is escaped."""
    return [
        {
            "role": message.role,
            "content": _content_parts(message) if with_images and message.images else _escape(message.content),
        }
        for message in messages
    ]


def image_token_count(messages: Sequence[Message]) -> int:
    return TOKENS_PER_IMAGE * sum(len(message.images) for message in messages)


def _escape(text: str) -> str:
    return escape_special_tokens(text, (*_ROLE_MARKERS, *_MARKER_LIKE.findall(text)))


def _content_parts(message: Message) -> list[Json]:
    shown: list[Json] = [
        {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{base64.b64encode(png).decode()}"}}
        for png in message.images
    ]
    return [*shown, {"type": "text", "text": _escape(message.content)}]
