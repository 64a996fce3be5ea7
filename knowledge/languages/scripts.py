"""Character ranges of scripts, written as they appear inside the brackets of a regular expression.

The one place for them: every module that asks whether text is Chinese uses these ranges.
"""

from __future__ import annotations

import re

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
KANA = "\u3040-\u30ff"
HANGUL = "\uac00-\ud7af"
CJK = HAN + KANA + HANGUL
CJK_SYMBOLS = "\u2e80-\u2fdf\u3000-\u303f\uff00-\uffef"  # radicals, punctuation, full-width forms
UNSPACED_CJK = HAN + KANA + CJK_SYMBOLS  # Chinese and Japanese with their punctuation; Korean has spaces
SOUTH_EAST_ASIAN = "\u0e00-\u0eff\u1780-\u17ff\u1000-\u109f"  # Thai, Lao, Khmer, Burmese
UNSPACED = CJK + SOUTH_EAST_ASIAN  # indexed by characters, as if there were no spaces between words
LATIN = "A-Za-z\u00c0-\u024f"

_HAN = re.compile(f"[{HAN}]")
_CJK = re.compile(f"[{CJK}]")


def has_han(text: str) -> bool:
    """Whether text contains a Chinese character."""
    return _HAN.search(text) is not None


def count_han(text: str) -> int:
    """Return the number of Chinese characters in text."""
    return len(_HAN.findall(text))


def has_cjk(text: str) -> bool:
    """Whether text contains a Chinese, Japanese or Korean character."""
    return _CJK.search(text) is not None


def count_cjk(text: str) -> int:
    """Return the number of Chinese, Japanese and Korean characters in text."""
    return len(_CJK.findall(text))
