"""Encodes chat messages as prompt tokens; special tokens in user text are escaped first."""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from typing import Any

from tutor.engine.base import Message
from tutor.errors import InputRefused


class ChatTemplate:
    """The chat template of one tokenizer. Thread-safe."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        self._lock = threading.Lock()  # a call sets the tokenizer's padding and truncation before it reads its text
        template = str(tokenizer.chat_template or "")
        tokens = [
            added.content
            for added in tokenizer.added_tokens_decoder.values()
            if added.content.strip() and (added.special or added.content in template)
        ]
        self.special_tokens: tuple[str, ...] = tuple(sorted({*tokens, *tokenizer.all_special_tokens}))

    def encode(self, messages: Sequence[Message], *, add_generation_prompt: bool = True) -> list[int]:
        """Return the prompt's tokens: one role marker for each message and, if asked for, one that opens the answer.

        Raises InputRefused when all messages are empty.
        """
        if not messages or not any(m.content.strip() for m in messages):
            raise InputRefused("the message is empty; write a question")
        turns = [{"role": m.role, "content": escape_special_tokens(m.content, self.special_tokens)} for m in messages]
        text = self._tokenizer.apply_chat_template(turns, add_generation_prompt=add_generation_prompt, tokenize=False)
        with self._lock:
            ids: list[int] = self._tokenizer(text, add_special_tokens=False)["input_ids"]
        return ids

    def decode(self, tokens: Sequence[int]) -> str:
        return str(self._tokenizer.decode(tokens, skip_special_tokens=True, clean_up_tokenization_spaces=False))


def escape_special_tokens(text: str, special_tokens: Sequence[str]) -> str:
    """Return `text` with a space after the first character of every special token: readable, but no longer special."""
    if not special_tokens:
        return text
    pattern = re.compile("|".join(re.escape(token) for token in sorted(special_tokens, key=len, reverse=True)))
    while True:  # the parts around an escaped token may form another one
        safe = pattern.sub(lambda match: f"{match[0][0]} {match[0][1:]}" if len(match[0]) > 1 else " ", text)
        if safe == text:
            return safe
        text = safe
