"""Character ranges of scripts, in the form that stands inside the brackets of a regular expression.

The one place for them: a module that wants to know whether text is Chinese asks here.
"""

from __future__ import annotations

import re

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
KANA = "\u3040-\u30ff"
HANGUL = "\uac00-\ud7af"
CJK = HAN + KANA + HANGUL
CJK_SYMBOLS = "\u2e80-\u2fdf\u3000-\u303f\uff00-\uffef"  # radicals, punctuation, full-width forms
SOUTH_EAST_ASIAN = "\u0e00-\u0eff\u1780-\u17ff\u1000-\u109f"  # Thai, Lao, Khmer, Burmese
UNSPACED = CJK + SOUTH_EAST_ASIAN  # no spaces between words
LATIN = "A-Za-z\u00c0-\u024f"

_HAN = re.compile(f"[{HAN}]")
_CJK = re.compile(f"[{CJK}]")


def has_han(text: str) -> bool:
    """Whether text holds a Chinese character."""
    return _HAN.search(text) is not None


def count_han(text: str) -> int:
    """Return how many Chinese characters text holds."""
    return len(_HAN.findall(text))


def has_cjk(text: str) -> bool:
    """Whether text holds a Chinese, Japanese or Korean character."""
    return _CJK.search(text) is not None
