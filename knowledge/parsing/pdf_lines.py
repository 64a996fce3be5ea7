"""The characters of a PDF page, from pdfium, grouped into lines with their positions."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from math import pi
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from knowledge.parsing.layout import LayoutLine
from knowledge.parsing.pdf_baselines import Glyph, line_text
from knowledge.parsing.pdf_visibility import find_unseen, is_suspicious
from knowledge.parsing.text_cleaning import clean_line

_HYPHENS = {0x02, 0xAD, 0xFFFE}
_SPACES = {0x20, 0xA0, 0x09, 0x3000}
_MAX_GAP = 0.75  # of the line's height: a wider gap may be the one between two columns
_MIN_HEIGHT = 2.5  # points
_SLANT = 0.15  # quarter turns: text at a larger angle to the page is slanted
_HYPHENATED = re.compile(r"[^\W\d_]{2}-$")
_SURROGATE_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")


@dataclass(frozen=True, slots=True)
class PageLines:
    """The lines of one page in the order of its content.

    `sideways` are those at right angles to the others, upright on a page of their own. `tiny` and `unseen` say whether
    the page has text that is off the page or too small, or has no ink; `slanted` whether it has text at other angles.
    """

    shown: list[LayoutLine]
    sideways: list[LayoutLine]
    tiny: bool
    unseen: bool
    slanted: bool


def extract_lines(page: pdfium.PdfPage) -> PageLines:
    """Return the visible lines of a page, and what else it has."""
    text_page = page.get_textpage()
    handle, count = text_page.raw, text_page.count_chars()
    turn = _page_rotation(handle, count)
    builders = _collect(handle, count, turn)
    found: list[LayoutLine] = []
    tiny = unseen = False
    sideways: list[LayoutLine] = []
    for at, builder in builders.items():
        lines = [line for _, line in builder.lines]
        box = page.get_bbox()
        frame = _ROTATED_BOX[at](raw.FS_RECTF(left=box[0], bottom=box[1], right=box[2], top=box[3]))
        hidden = _find_hidden(page, handle, builder, at)
        tiny = tiny or not all(_is_visible(line, frame) for line in lines)
        unseen = unseen or bool(hidden)
        kept = [
            replace(line, bold=raw.FPDFText_GetFontWeight(handle, first) >= 600)
            for first, line in builder.lines
            if _is_visible(line, frame) and first not in hidden
        ]
        found, sideways = (kept, sideways) if at == turn else (found, sideways + kept)
    return PageLines(found, sideways, tiny, unseen, any(builder.slanted for builder in builders.values()))


def _collect(handle: Any, count: int, turn: int) -> dict[int, _LineBuilder]:
    """Group the characters of a page into lines, for each of the four directions in which it has text."""
    box = raw.FS_RECTF()
    unicode_of, box_of = raw.FPDFText_GetUnicode, raw.FPDFText_GetLooseCharBox
    builders = {turn: _LineBuilder(handle, turn)}
    main = last = builders[turn]
    for index in range(count):
        code = unicode_of(handle, index)
        if code in (0x0A, 0x0D):
            last.end_line()
        elif code in _HYPHENS:
            last.end_line(hyphen=True)
        elif code in _SPACES:
            last.add_space()
        elif code and box_of(handle, index, box):
            if last is not main and _character_rotation(handle, index) != last.turn:
                last.end_line()
                last = main
            if not last.add_character(code, index, box):
                other = _character_rotation(handle, index)
                if other is None:
                    main.slanted = True
                    continue
                last = builders.setdefault(other, _LineBuilder(handle, other))
                last.add_character(code, index, box)
    for builder in builders.values():
        builder.end_line()
    return builders


def _find_hidden(page: pdfium.PdfPage, handle: Any, builder: _LineBuilder, turn: int) -> set[int]:
    """Return the lines without ink, by the index of their first character."""
    doubtful = [(first, line) for first, line in builder.lines if is_suspicious(handle, first)]
    if not doubtful:
        return set()
    back = _ROTATED_BOX[-turn % 4]
    boxes = [
        back(raw.FS_RECTF(left=line.left, bottom=line.bottom, right=line.right, top=line.top)) for _, line in doubtful
    ]
    blank = find_unseen(page, boxes)
    return {first for (first, _), nothing in zip(doubtful, blank, strict=True) if nothing}


def _is_visible(line: LayoutLine, frame: tuple[float, float, float, float]) -> bool:
    """Whether a line is on the page and large enough to read; other lines are put there for machines."""
    left, bottom, right, top = frame
    inside = line.right > left and line.left < right and line.top > bottom and line.bottom < top
    return inside and line.height >= _MIN_HEIGHT


class _LineBuilder:
    """Groups characters of one direction into lines; a jump in position begins a new one."""

    def __init__(self, handle: Any, turn: int) -> None:
        self._handle, self.turn = handle, turn
        self.slanted = False
        self.lines: list[tuple[int, LayoutLine]] = []  # with the index of its first character
        self._reset()

    def _reset(self) -> None:
        self._text: list[Glyph] = []
        self._first = -1
        self._left, self._right = float("inf"), float("-inf")
        self._bottoms: list[float] = []
        self._tops: list[float] = []
        self._to_left = False

    def add_space(self) -> None:
        """Add one space, unless the line is empty or ends in one."""
        if self._text and self._text[-1][0] != " ":
            self._text.append((" ", -1, 0.0, 0.0))

    def add_character(self, code: int, index: int, box: raw.FS_RECTF) -> bool:
        """Add a character at its place; return False for one that begins a line in another direction."""
        left, bottom, right, top = _ROTATED_BOX[self.turn](box)
        if self._text and self._is_new_line(left, right, bottom, top):
            self.end_line()
        if not self._text:
            if _character_rotation(self._handle, index) != self.turn:
                return False
            self._first = index
            self._to_left = 0x590 <= code <= 0x8FF or 0xFB1D <= code <= 0xFEFC
        self._text.append((chr(code), index, bottom, top))
        self._left, self._right = min(self._left, left), max(self._right, right)
        self._bottoms.append(bottom)
        self._tops.append(top)
        return True

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
        if not self._text:
            return
        bottom, top = _median(self._bottoms), _median(self._tops)
        text = line_text(self._handle, self.turn, self._text, bottom, top)
        text = clean_line(_SURROGATE_PAIR.sub(_join_surrogates, text))
        if text:
            hyphen = hyphen or _HYPHENATED.search(text) is not None
            text = text.removesuffix("-") if hyphen else text
            line = LayoutLine(text, self._left, bottom, self._right, top, max(top - bottom, 1.0), False, hyphen)
            self.lines.append((self._first, line))
        self._reset()


def _median(values: list[float]) -> float:
    """Return the median, which ignores superscripts and subscripts."""
    return sorted(values)[len(values) // 2]


def _character_rotation(handle: Any, index: int) -> int | None:
    """Return the direction of a character in quarter turns, None for one between two of them."""
    turns = raw.FPDFText_GetCharAngle(handle, index) / (pi / 2)
    return round(turns) % 4 if abs(turns - round(turns)) < _SLANT else None


def _page_rotation(handle: Any, count: int) -> int:
    """Return the direction of most of a page's text, in quarter turns."""
    turns = (_character_rotation(handle, index) for index in range(0, count, max(1, count // 60)))
    upright = Counter(turn for turn in turns if turn is not None)
    return upright.most_common(1)[0][0] if upright else 0


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
