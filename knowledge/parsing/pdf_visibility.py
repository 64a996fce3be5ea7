"""What on a PDF page is not text to be read: lines that nobody can see, watermarks and the numbers of lines."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from statistics import median
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from knowledge.parsing.layout import LayoutLine

_INVISIBLE_MODES = (3, 7)  # text that is neither filled nor drawn, as behind a scan
_PALE = 225  # of 255: paler text may be as white as the page
_LEAST_CONTRAST = 12  # of 255
_MOST_PIXELS = 1_500_000
_LARGE = 1.8  # a watermark is so many times as high as the other lines
_MIN_NUMBERS = 5  # numbers of lines one below the other


def is_suspicious(text_page: Any, index: int) -> bool:
    """Whether a character may be invisible by its colour or by the way in which it is drawn."""
    drawn = raw.FPDFText_GetTextObject(text_page, index)
    if drawn and raw.FPDFTextObj_GetTextRenderMode(drawn) in _INVISIBLE_MODES:
        return True
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if not raw.FPDFText_GetFillColor(text_page, index, red, green, blue, alpha):
        return False
    return min(red.value, green.value, blue.value) > _PALE or alpha.value < 255 - _PALE


def find_unseen(page: pdfium.PdfPage, boxes: Sequence[tuple[float, float, float, float]]) -> list[bool]:
    """Return for each box (left, bottom, right, top in points) whether the page shows nothing there."""
    left, bottom, right, top = page.get_bbox()
    width, height = max(right - left, 1.0), max(top - bottom, 1.0)
    scale = min(1.0, (_MOST_PIXELS / (width * height)) ** 0.5)
    bitmap = page.render(scale=scale, grayscale=True, may_draw_forms=False, rotation=-page.get_rotation() % 360)
    rows = memoryview(bitmap.buffer).cast("B")

    def is_blank(box: tuple[float, float, float, float]) -> bool:
        first, last = int((box[0] - left) * scale), int((box[2] - left) * scale) + 1
        low, high = 255, 0
        for y in range(max(0, int((top - box[3]) * scale)), min(bitmap.height, int((top - box[1]) * scale) + 1)):
            row = bytes(rows[y * bitmap.stride + max(0, first) : y * bitmap.stride + min(bitmap.width, last)])
            low, high = min((low, *row)), max((high, *row))
        return high - low < _LEAST_CONTRAST

    return [is_blank(box) for box in boxes]


def split_watermarks(lines: Sequence[LayoutLine]) -> tuple[list[LayoutLine], list[LayoutLine]]:
    """Return the lines, and those in large print that lie across several others."""
    if len(lines) < 3:
        return list(lines), []
    usual = median(line.height for line in lines)
    marks = [line for line in lines if line.height > _LARGE * usual and _lies_across(line, lines) >= 2]
    return [line for line in lines if line not in marks], marks


def _lies_across(mark: LayoutLine, lines: Sequence[LayoutLine]) -> int:
    return sum(
        1
        for line in lines
        if line is not mark
        and line.height < mark.height / _LARGE
        and mark.bottom < line.middle < mark.top
        and min(mark.right, line.right) - max(mark.left, line.left) > line.height
    )


def without_line_numbers(lines: Sequence[LayoutLine]) -> list[LayoutLine]:
    """Return the lines without the numbers in the margin of a manuscript, which count its lines.

    They count up at one edge, left of all text, and the text beside them goes on in the middle of sentences; the
    numbers of a list stand before its items.
    """
    numbers = [line for line in lines if line.text.isdecimal() and len(line.text) <= 4]
    texts = [line for line in lines if not line.text.isdecimal()]
    if len(numbers) < _MIN_NUMBERS or len(texts) < _MIN_NUMBERS:
        return list(lines)
    margin = min(line.left for line in texts)
    numbers = sorted((line for line in numbers if line.right <= margin), key=lambda line: -line.middle)
    values = [int(line.text) for line in numbers]
    steps = {after - before for before, after in zip(values, values[1:], strict=False)}
    if len(numbers) < _MIN_NUMBERS or steps not in ({1}, {5}):
        return list(lines)
    beside = [line for line in texts if any(abs(line.middle - one.middle) < line.height / 2 for one in numbers)]
    inside_sentences = sum(1 for line in beside if line.text[:1].islower())
    if 2 * inside_sentences < len(beside):
        return list(lines)
    dropped = {id(line) for line in numbers}
    return [line for line in lines if id(line) not in dropped]
