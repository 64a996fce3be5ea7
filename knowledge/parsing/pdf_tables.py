"""Ruled tables of a PDF, by pdfplumber. It is slow, so only pages with rules are read, within a time budget."""

from __future__ import annotations

import ctypes
import io
import re
import time
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from knowledge.parsing.layout import LayoutLine
from knowledge.parsing.text_cleaning import format_table

_TIME_BUDGET_S = 60.0  # for all pages of a file together
_MAX_PATHS = 1_500  # more is a drawing
_MAX_RULE_WIDTH = 2.5  # points
_SNAP = 3.0  # points: rules this far apart meet
_SCRIPT = re.compile("[¹²³⁰-₎^_]")  # as `knowledge.parsing.runs` writes raised and lowered characters
_NOT_COMPARED = re.compile(r"[\s^_{}]")
_MINUS = str.maketrans("−–", "--")

Box = tuple[float, float, float, float]  # left, bottom, right, top


class TableExtractor:
    """Finds the tables of one file, page by page, and notes the pages on which it gave up."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._file: Any = None
        self._spent = 0.0
        self._skipped: list[int] = []

    def insert_tables(self, lines: Sequence[LayoutLine], page: pdfium.PdfPage, index: int) -> list[LayoutLine]:
        """Return the lines of a page with each ruled table in place of its lines."""
        if len(lines) < 4 or not _has_table(page, lines):
            return list(lines)
        if self._spent > _TIME_BUDGET_S:
            self._skipped.append(index + 1)
            return list(lines)
        started = time.monotonic()
        try:
            tables = list(self._tables(index, lines))
        except Exception:  # noqa: BLE001 - a second PDF parser; without it the text is still read
            tables = []
            self._skipped.append(index + 1)
        self._spent += time.monotonic() - started
        for table in tables:
            lines = _replace_lines(lines, table)
        return list(lines)

    def notes(self) -> list[str]:
        """Return sentences for the instructor."""
        if not self._skipped:
            return []
        shown = ", ".join(map(str, self._skipped[:5])) + (" …" if len(self._skipped) > 5 else "")
        return [f"Tables were read as plain text on {len(self._skipped)} of the pages (page {shown})."]

    def _tables(self, index: int, lines: Sequence[LayoutLine]) -> Iterator[LayoutLine]:
        if self._file is None:
            import pdfplumber  # takes a quarter of a second, needed only for files with rules

            self._file = pdfplumber.open(io.BytesIO(self._data))
        page = self._file.pages[index]
        height = page.height + page.mediabox[1]

        def upright(box: Box) -> Box:
            return box[0], height - box[3], box[2], height - box[1]

        for table in page.find_tables():
            rows = [[cell or "" for cell in row] for row in table.extract()]
            if _is_table(rows):
                cells = [[box and upright(box) for box in row.cells] for row in table.rows]
                text = format_table(_with_scripts(rows, cells, lines))
                yield LayoutLine(text, *upright(table.bbox), 1.0, table=True)
        page.close()


@dataclass(slots=True)
class _RuledLines:
    """The straight lines drawn on a page, as (position, from, to)."""

    horizontals: list[tuple[float, float, float]] = field(default_factory=list)
    verticals: list[tuple[float, float, float]] = field(default_factory=list)

    def add(self, left: float, bottom: float, right: float, top: float) -> None:
        """Add a stroke, or the four edges of a box."""
        if top - bottom < _MAX_RULE_WIDTH and right - left > 15:
            self.horizontals.append((bottom, left, right))
        elif right - left < _MAX_RULE_WIDTH and top - bottom > 6:
            self.verticals.append((left, bottom, top))
        elif right - left > 15 and top - bottom > 6:
            self.horizontals += [(bottom, left, right), (top, left, right)]
            self.verticals += [(left, bottom, top), (right, bottom, top)]

    def grid(self) -> Box | None:
        """Return the box around all crossings, None if there are too few for a table of two by two cells."""
        if len(self.horizontals) * len(self.verticals) > 40_000:
            return None
        crossings = {
            (round(x / _SNAP), round(y / _SNAP))
            for y, left, right in self.horizontals
            for x, bottom, top in self.verticals
            if left - _SNAP <= x <= right + _SNAP and bottom - _SNAP <= y <= top + _SNAP
        }
        xs, ys = {x for x, _ in crossings}, {y for _, y in crossings}
        if len(crossings) < 9 or len(xs) < 3 or len(ys) < 3:
            return None
        return min(xs) * _SNAP, min(ys) * _SNAP, max(xs) * _SNAP, max(ys) * _SNAP


def _has_table(page: pdfium.PdfPage, lines: Sequence[LayoutLine]) -> bool:
    """Whether the rules of a page cross like those of a table, with text between them."""
    rules = _RuledLines()
    for number, item in enumerate(page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH], max_depth=2)):
        if number > _MAX_PATHS:
            return False
        for stroke in _strokes(item):
            rules.add(*stroke)
    box = rules.grid()
    if box is None:
        return False
    left, bottom, right, top = box
    inside = (x for x in lines if left <= x.left and x.right <= right + _SNAP and bottom <= x.middle <= top)
    return sum(1 for _ in inside) >= 4


def _strokes(item: pdfium.PdfObject) -> Iterator[Box]:
    """Yield the bounds of a path, or of each segment if it has many."""
    count = raw.FPDFPath_CountSegments(item)
    if not 6 <= count <= _MAX_PATHS:
        yield item.get_bounds()
        return
    matrix = item.get_matrix()
    x, y = ctypes.c_float(), ctypes.c_float()
    before: tuple[float, float] | None = None
    for index in range(count):
        segment = raw.FPDFPath_GetPathSegment(item, index)
        raw.FPDFPathSegment_GetPoint(segment, x, y)
        here = matrix.on_point(x.value, y.value)
        if before is not None and raw.FPDFPathSegment_GetType(segment) == raw.FPDF_SEGMENT_LINETO:
            yield min(before[0], here[0]), min(before[1], here[1]), max(before[0], here[0]), max(before[1], here[1])
        before = here


def _is_table(rows: list[list[str]]) -> bool:
    """Whether the cells look like data: several each way, most filled, none a page of prose."""
    cells = [cell for row in rows for cell in row]
    if len(rows) < 2 or max(map(len, rows)) < 2:
        return False
    filled = [cell for cell in cells if cell.strip()]
    return 2 * len(filled) >= len(cells) and sum(map(len, filled)) < 250 * len(filled)


def _with_scripts(rows: list[list[str]], cells: list[list[Box | None]], lines: Sequence[LayoutLine]) -> list[list[str]]:
    """Return the rows with the raised and lowered characters of the page's lines, which pdfplumber reads as plain ones.

    A cell is taken from the lines in it only where both have the same characters.
    """
    scripted = [line for line in lines if _SCRIPT.search(line.text)]
    if not scripted:
        return rows

    def cell_text(text: str, box: Box | None) -> str:
        if box is None or not any(_is_inside(line, box) for line in scripted):
            return text
        own = " ".join(line.text for line in lines if _is_inside(line, box))
        return own if _characters(own) == _characters(text) else text

    return [list(map(cell_text, *both)) for both in zip(rows, cells, strict=True)]


def _characters(text: str) -> list[str]:
    return sorted(_NOT_COMPARED.sub("", unicodedata.normalize("NFKC", text).translate(_MINUS)))


def _is_inside(line: LayoutLine, box: Box) -> bool:
    left, bottom, right, top = box
    return left <= (line.left + line.right) / 2 <= right and bottom <= line.middle <= top


def _replace_lines(lines: Sequence[LayoutLine], table: LayoutLine) -> list[LayoutLine]:
    """Return the lines with the table in place of the first of its lines; a table without lines is left out."""
    replaced: list[LayoutLine] = []
    found = False
    for line in lines:
        if line.table or not _is_inside(line, (table.left, table.bottom, table.right, table.top)):
            replaced.append(line)
        elif not found:
            replaced.append(replace(table, height=line.height))
            found = True
    return replaced
