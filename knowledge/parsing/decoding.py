"""Decoding: the text of a file whose encoding is only known from its bytes."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from knowledge.languages.sentences import COMMAS, END_MARKS

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?([A-Za-z0-9_.:-]{2,40})""", re.IGNORECASE)
_COMMON_CHARACTERS = re.compile(rf"[ \n{END_MARKS}{COMMAS}]")
_BINARY = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class DecodedText:
    """The text of a file, and the encoding that was guessed for it; "" when it is Unicode or says what it is."""

    text: str
    guessed: str = ""


def decode(data: bytes) -> str | None:
    """Return the text of the bytes, or None when they are not text in any known encoding."""
    decoded = decode_text(data)
    return None if decoded is None else decoded.text


def decode_text(data: bytes) -> DecodedText | None:
    """Return the text of the bytes, or None when they are not text in any known encoding.

    Tries byte order marks, UTF-8, UTF-16 by its zero bytes, the encoding that the file declares, then the legacy
    encodings, the likeliest first.
    """
    for encodings in (_stated_encodings, _legacy_encodings):
        for encoding in encodings(data):
            text = _try_decode(data, encoding)
            if text is not None and _is_text(text):
                return DecodedText(text, encoding if encodings is _legacy_encodings else "")
    return None


def _stated_encodings(data: bytes) -> list[str]:
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return [encoding]
    declared = _DECLARED.search(data[:2048])
    named = [declared.group(1).decode("ascii")] if declared else []
    return ["utf-8", *_utf16_candidates(data), *named]


def _legacy_encodings(data: bytes) -> list[str]:
    from knowledge.parsing.legacy_encodings import likely_encodings  # needed for few files only

    if data.startswith(tuple(mark for mark, _ in _BOMS)):
        return []
    rest = ["gb18030", "cp1252"] if _looks_chinese(data) else ["cp1252", "gb18030"]
    return [*likely_encodings(data), *rest, "latin-1"]


def _utf16_candidates(data: bytes) -> list[str]:
    """Return the UTF-16 encodings, the likelier first: no other text has zero bytes, and the right one has spaces."""
    sample = data[:4096]
    if len(data) % 2 or 0 not in sample:
        return []
    count = {
        encoding: len(_COMMON_CHARACTERS.findall(sample.decode(encoding, "replace")))
        for encoding in ("utf-16-le", "utf-16-be")
    }
    return sorted(count, key=lambda encoding: -count[encoding])


def _looks_chinese(data: bytes) -> bool:
    """Whether the bytes above ASCII come in pairs from the common rows of GB 2312, as in Chinese prose."""
    common = pairs = 0
    position = 0
    while position < min(len(data), 65_536) - 1:
        if data[position] < 0x80:
            position += 1
            continue
        pairs += 1
        common += 0xA1 <= data[position] <= 0xF7 and data[position + 1] >= 0xA1
        position += 2
    return pairs > 0 and common >= 0.8 * pairs


def _try_decode(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def _is_text(text: str) -> bool:
    """Whether control characters are rare enough for text."""
    sample = text[:65_536]
    return len(_BINARY.findall(sample)) * 200 <= len(sample)
