"""Cleans the text of a question and refuses what is no question."""

from __future__ import annotations

import unicodedata

from tutor.errors import InputRefused

_READABLE_CATEGORIES = "LNS"  # Unicode: letters, numbers, symbols


def clean_question(text: str, max_chars: int) -> str:
    """Return the question in NFC without control characters; raises InputRefused when it is empty or too long."""
    question = unicodedata.normalize("NFC", text.encode("utf-8", "replace").decode())
    question = "".join(c for c in question if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs")).strip()
    if not any(unicodedata.category(c)[0] in _READABLE_CATEGORIES for c in question):
        raise InputRefused("there is no question in this message; write one in words", key="question_empty")
    if len(question) > max_chars:
        raise InputRefused(
            f"the message has {len(question):,} characters; at most {max_chars:,} can be read. Shorten it, or ask your "
            "instructor to upload it as a document",
            key="question_too_long",
            count=len(question),
            most=max_chars,
        )
    return question
