"""Which language a text is written in."""

from __future__ import annotations

import re

_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")


def language_of(text: str, default: str) -> str:
    """Return "zh" for text with Chinese characters, else "en" for text with Latin words, else `default` ("x = 4")."""
    if _CJK.search(text):
        return "zh"
    return "en" if re.search(r"[A-Za-z]{2,}", text) else default
