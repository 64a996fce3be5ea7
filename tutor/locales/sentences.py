"""Makes a sentence of an error's message: written in the code in lower case, shown with a capital and a full stop."""

from __future__ import annotations

import re
import unicodedata

from knowledge.languages import detect_language, each

_PLAIN_WORD = re.compile(r"[a-z]+(?=[\s,;:’']|$)")  # not a file's name, a variable, a command or a pseudonym
_OPENINGS = "“\"'‘(（「"
_CLOSINGS = "”\"'’)）」`*"


def as_sentence(words: str) -> str:
    """Return the words with a capital, unless they begin with a name, and with the full stop of their language."""
    text = words.strip()
    if not text:
        return ""
    at = len(text) - len(text.lstrip(_OPENINGS))
    if at == 0 and _PLAIN_WORD.match(text):
        text = text[0].upper() + text[1:]
    last = text.rstrip(_CLOSINGS)[-1:]
    if unicodedata.category(last or " ") == "Po" and last not in ",:;/%&#@*，、：；":
        return text
    return f"{text}{each('text', 'FULL_STOP')[detect_language(text, 'en')]}"
