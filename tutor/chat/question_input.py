"""Cleans the text of a question and refuses what is no question."""

from __future__ import annotations

import unicodedata

from tutor.errors import InputRefused

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if chr(code - 0xFEE0).isalnum()} | {0x3000: 0x20}
_INVISIBLE = dict.fromkeys((0x200B, 0x2060, 0xFEFF, 0xAD))  # between letters they only break words
_MAX_COMPOSED = 4  # characters that may become one when a message is cleaned
_READABLE_CATEGORIES = "LNS"  # Unicode: letters, numbers, symbols


def clean_question(text: str, max_chars: int) -> str:
    """Return the question in NFC, letters in half width, without invisible characters.

    Raises InputRefused when it is empty or too long, before anything reads a text that is far too long.
    """
    _require_length(len(text), _MAX_COMPOSED * max_chars, max_chars)
    question = unicodedata.normalize("NFC", text.encode("utf-8", "replace").decode())
    question = question.translate(_FULL_WIDTH).translate(_INVISIBLE)
    question = "".join(c for c in question if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs")).strip()
    if not any(unicodedata.category(c)[0] in _READABLE_CATEGORIES for c in question):
        raise InputRefused("there is no question in this message; write one in words", key="question_empty")
    _require_length(len(question), max_chars, max_chars)
    return question


def _require_length(count: int, limit: int, most: int) -> None:
    """Refuse a message with more characters than `limit`; `most` is what the person is told."""
    if count > limit:
        raise InputRefused(
            f"the message has {count:,} characters; at most {most:,} can be read. Shorten it, or ask your "
            "instructor to upload it as a document",
            key="question_too_long",
            count=count,
            most=most,
        )
