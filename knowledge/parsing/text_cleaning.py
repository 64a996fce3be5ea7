"""Text cleaning: text as a person would type it. Works on characters, independent of file formats."""

from __future__ import annotations

import re
import unicodedata

from knowledge.languages.scripts import UNSPACED_CJK

_BETWEEN_CJK = re.compile(rf"(?<=[{UNSPACED_CJK}])[ \t]+(?=[{UNSPACED_CJK}])")
_CJK_CHARACTER = re.compile(f"[{UNSPACED_CJK}]")
_SPACES = re.compile(r"[^\S\n]+")
_MANY_BREAKS = re.compile(r"\n{2,}")

# Invisible characters: they break search, or hide instructions to a model.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff\U0001d173-\U0001d17a]"
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")

# Presentation forms that fonts use for letters: ligatures, Kangxi radicals, Arabic shapes.
_PRESENTATION = re.compile("[\ufb00-\ufb4f\u2e9f\u2ef3\u2f00-\u2fd5\ufb50-\ufdcf\ufdf0-\ufdfc\ufe70-\ufefc]")


def clean_text(text: str) -> str:
    """Return the text in NFC without invisible characters and blank lines; line breaks stay."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x0b", "\n").replace("\x0c", "\n")
    text = _CONTROL.sub("", _INVISIBLE.sub("", text))
    text = _PRESENTATION.sub(lambda found: unicodedata.normalize("NFKC", found.group()), text)
    text = unicodedata.normalize("NFC", text).replace("\u2028", "\n").replace("\u2029", "\n")
    lines = (_SPACES.sub(" ", line).strip() for line in text.split("\n"))
    return _MANY_BREAKS.sub("\n", "\n".join(lines)).strip()


def clean_line(text: str) -> str:
    """Return the text on one line."""
    return join_lines(clean_text(text).split("\n"))


def clean_code(text: str) -> str:
    """Return program text with its indentation, without invisible characters."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").expandtabs(4)
    lines = (line.rstrip() for line in _CONTROL.sub("", _INVISIBLE.sub("", text)).split("\n"))
    return _MANY_BREAKS.sub("\n", "\n".join(lines)).strip("\n")


def join_lines(lines: list[str]) -> str:
    """Join wrapped lines: with a space, or with nothing between two Chinese or Japanese characters."""
    joined = ""
    for line in filter(None, lines):
        glue = "" if not joined or (is_cjk(joined[-1]) and is_cjk(line[0])) else " "
        joined += glue + line
    return joined


def close_cjk_gaps(text: str) -> str:
    """Return text without the spaces that OCR and justified type leave between Chinese characters."""
    return _BETWEEN_CJK.sub("", text)


def is_cjk(character: str) -> bool:
    """Whether the character is written without spaces around it."""
    return _CJK_CHARACTER.match(character) is not None


def format_table(rows: list[list[str]]) -> str:
    """Return a table with a line for each row, cells between pipes; empty rows are dropped."""
    cleaned = [[clean_line(cell).replace("|", "\\|") for cell in row] for row in rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in cleaned if any(row))
