"""Chinese spellings of the same word as one: traditional characters become simplified ones, by OpenCC."""

from __future__ import annotations

import threading
from functools import cache
from typing import Any

from knowledge.languages.scripts import has_han

_lock = threading.Lock()


def fold(text: str) -> str:
    """Return text in simplified characters; text without Chinese characters is returned as it is."""
    if not has_han(text):
        return text
    with _lock:
        return str(_converter().convert(text))


@cache
def _converter() -> Any:
    from opencc import OpenCC

    return OpenCC("t2s")
