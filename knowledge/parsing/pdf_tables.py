"""Ruled tables of a PDF, by pdfplumber, which is slow: only pages with rules are looked at, and only for so long."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from knowledge.parsing.cleaning import table_text
from knowledge.parsing.layout import Line

_TIME_S = 60.0  # for all pages of a file together
_MOST_PATHS = 1_500  # more is a drawing
_THIN = 2.5  # points


class Tables:
    """Finds the tables of one file, page by page, and remembers on which pages it gave up."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._file: Any = None
        self._spent = 0.0
        self._skipped: list[int] = []

    def put_into(self, lines: Sequence[Line], page: pdfium.PdfPage, index: int) -> list[Line]:
        """Return the lines of a page with each ruled table in the place of the lines that were in it."""
        if not lines or not _has_rules(page):
            return list(lines)
        if self._spent > _TIME_S:
            self._skipped.append(index + 1)
            return list(lines)
        started = time.monotonic()
        try:
            tables = list(self._tables(index))
        except Exception:  # noqa: BLE001 - the second opinion of another PDF parser; without it the text still stands
            tables = []
            self._skipped.append(index + 1)
        self._spent += time.monotonic() - started
        for table in tables:
            lines = _exchanged(lines, table)
        return list(lines)

    def notes(self) -> list[str]:
        """Return what the instructor should know."""
        if not self._skipped:
            return []
        shown = ", ".join(map(str, self._skipped[:5])) + (" …" if len(self._skipped) > 5 else "")
        return [f"Tables were read as plain text on {len(self._skipped)} of the pages (page {shown})."]

    def _tables(self, index: int) -> Iterator[Line]:
        if self._file is None:
            import pdfplumber  # a quarter of a second, for files with rules only

            self._file = pdfplumber.open(io.BytesIO(self._data))
        page = self._file.pages[index]
        for table in page.find_tables():
            rows = [[cell or "" for cell in row] for row in table.extract()]
            if _is_table(rows):
                left, top, right, bottom = table.bbox
                height = page.height + page.mediabox[1]
                yield Line(table_text(rows), left, height - bottom, right, height - top, 1.0, table=True)
        page.close()


def _has_rules(page: pdfium.PdfPage) -> bool:
    """Whether a page has lines across and lines down, or boxes, as a ruled table has."""
    across = down = boxes = 0
    for number, item in enumerate(islice(page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH], max_depth=2), _MOST_PATHS)):
        if number == _MOST_PATHS - 1:
            return False
        left, bottom, right, top = item.get_bounds()
        width, height = right - left, top - bottom
        across += height < _THIN and width > 15
        down += width < _THIN and height > 6
        boxes += width > 15 and height > 6
        if raw.FPDFPath_CountSegments(item) >= 8 and width > 60 and height > 15:
            return True
    return (across >= 2 and down >= 2) or boxes >= 4


def _is_table(rows: list[list[str]]) -> bool:
    """Whether the cells look like data: several each way, most filled, none a page of prose."""
    cells = [cell for row in rows for cell in row]
    if len(rows) < 2 or max(map(len, rows)) < 2:
        return False
    filled = [cell for cell in cells if cell.strip()]
    return 2 * len(filled) >= len(cells) and sum(map(len, filled)) < 250 * len(filled)


def _exchanged(lines: Sequence[Line], table: Line) -> list[Line]:
    """Put the table where the first of its lines was; a table none of whose lines are here is not put anywhere."""
    kept: list[Line] = []
    found = False
    for line in lines:
        middle = (line.left + line.right) / 2
        inside = table.left <= middle <= table.right and table.bottom <= line.middle <= table.top
        if not inside or line.table:
            kept.append(line)
        elif not found:
            kept.append(replace(table, height=line.height))
            found = True
    return kept
