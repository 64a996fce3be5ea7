"""The characters of a PDF page, from pdfium, grouped into lines with their positions."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from math import pi
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from knowledge.parsing.layout import LayoutLine
from knowledge.parsing.text_cleaning import clean_line

_HYPHENS = {0x02, 0xAD, 0xFFFE}
_SPACES = {0x20, 0xA0, 0x09, 0x3000}
_MAX_GAP = 0.75  # of the line's height: a wider gap may be the one between two columns
_MIN_HEIGHT = 2.5  # points
_HYPHENATED = re.compile(r"[^\W\d_]{2}-$")
_SURROGATE_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")


def extract_lines(page: pdfium.PdfPage) -> tuple[list[LayoutLine], list[LayoutLine]]:
    """Return the visible lines of one page in the order of its content, and the invisible ones."""
    text_page = page.get_textpage()
    box = raw.FS_RECTF()
    unicode_of, box_of = raw.FPDFText_GetUnicode, raw.FPDFText_GetLooseCharBox
    handle, count = text_page.raw, text_page.count_chars()
    turn = _page_rotation(handle, count)
    builder = _LineBuilder(handle, turn)
    for index in range(count):
        code = unicode_of(handle, index)
        if code in (0x0A, 0x0D):
            builder.end_line()
        elif code in _HYPHENS:
            builder.end_line(hyphen=True)
        elif code in _SPACES:
            builder.add_space()
        elif code and box_of(handle, index, box):
            builder.add_character(code, index, box)
    builder.end_line()
    bold = {first: raw.FPDFText_GetFontWeight(handle, first) >= 600 for first, _ in builder.lines}
    lines = [replace(line, bold=bold[first]) for first, line in builder.lines]
    left, bottom, right, top = page.get_bbox()
    frame = _ROTATED_BOX[turn](raw.FS_RECTF(left=left, bottom=bottom, right=right, top=top))
    shown = [line for line in lines if _is_visible(line, frame)]
    return shown, [line for line in lines if not _is_visible(line, frame)]


def _is_visible(line: LayoutLine, frame: tuple[float, float, float, float]) -> bool:
    """Whether a line is on the page and large enough to read; other lines are put there for machines."""
    left, bottom, right, top = frame
    inside = line.right > left and line.left < right and line.top > bottom and line.bottom < top
    return inside and line.height >= _MIN_HEIGHT


class _LineBuilder:
    """Groups characters into lines; a jump in position begins a new one. Text at another angle is dropped."""

    def __init__(self, handle: Any, turn: int) -> None:
        self._handle, self._turn = handle, turn
        self.lines: list[tuple[int, LayoutLine]] = []  # with the index of its first character
        self._reset()

    def _reset(self) -> None:
        self._text: list[str] = []
        self._first = -1
        self._left, self._right = float("inf"), float("-inf")
        self._bottoms: list[float] = []
        self._tops: list[float] = []
        self._to_left = False

    def add_space(self) -> None:
        """Add one space, unless the line is empty or ends in one."""
        if self._text and self._text[-1] != " ":
            self._text.append(" ")

    def add_character(self, code: int, index: int, box: raw.FS_RECTF) -> None:
        """Add a character at its place."""
        left, bottom, right, top = _ROTATED_BOX[self._turn](box)
        if self._text and self._is_new_line(left, right, bottom, top):
            self.end_line()
        if not self._text:
            if _character_rotation(self._handle, index) != self._turn:
                return
            self._first = index
            self._to_left = 0x590 <= code <= 0x8FF or 0xFB1D <= code <= 0xFEFC
        self._text.append(chr(code))
        self._left, self._right = min(self._left, left), max(self._right, right)
        self._bottoms.append(bottom)
        self._tops.append(top)

    def _is_new_line(self, left: float, right: float, bottom: float, top: float) -> bool:
        lowest, highest = self._bottoms[0], self._tops[0]
        height = highest - lowest or 1.0
        if bottom > highest or top < lowest:
            return True
        if self._to_left:
            return self._left - right > 3 * height
        return left - self._right > _MAX_GAP * height or left < self._right - 2 * height

    def end_line(self, hyphen: bool = False) -> None:
        """Close the current line."""
        text = clean_line(_SURROGATE_PAIR.sub(_join_surrogates, "".join(self._text)))
        if text:
            hyphen = hyphen or _HYPHENATED.search(text) is not None
            text = text.removesuffix("-") if hyphen else text
            bottom, top = _median(self._bottoms), _median(self._tops)
            line = LayoutLine(text, self._left, bottom, self._right, top, max(top - bottom, 1.0), False, hyphen)
            self.lines.append((self._first, line))
        self._reset()


def _median(values: list[float]) -> float:
    """Return the median, which ignores superscripts and subscripts."""
    return sorted(values)[len(values) // 2]


def _character_rotation(handle: Any, index: int) -> int:
    """Return the direction of a character, in quarter turns."""
    return int(round(raw.FPDFText_GetCharAngle(handle, index) / (pi / 2))) % 4


def _page_rotation(handle: Any, count: int) -> int:
    """Return the direction of most of a page's text, in quarter turns."""
    turns = Counter(_character_rotation(handle, index) for index in range(0, count, max(1, count // 60)))
    return int(turns.most_common(1)[0][0]) if turns else 0


# By rotation: the box of a character on the upright page (left, bottom, right, top).
_ROTATED_BOX: tuple[Callable[[Any], tuple[float, float, float, float]], ...] = (
    lambda box: (box.left, box.bottom, box.right, box.top),
    lambda box: (-box.top, box.left, -box.bottom, box.right),
    lambda box: (-box.right, -box.top, -box.left, -box.bottom),
    lambda box: (box.bottom, -box.right, box.top, -box.left),
)


def _join_surrogates(pair: re.Match[str]) -> str:
    """Return the character of two UTF-16 surrogates, as which pdfium returns characters beyond the first plane."""
    return pair.group().encode("utf-16", "surrogatepass").decode("utf-16", "replace")
