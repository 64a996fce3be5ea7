"""CSV tables: each row as text, with the names of the columns before their values."""

from __future__ import annotations

import csv
import io
import re

from knowledge.documents import Block, Locator, LocatorKind, ParsedDocument
from knowledge.errors import DocumentTooLarge
from knowledge.parsing.section_tracker import SectionTracker
from knowledge.parsing.source_file import SourceFile
from knowledge.parsing.text_cleaning import clean_line

_MAX_FIELD_CHARACTERS = 1_000_000
_SEPARATOR_LINE = re.compile(r'"?sep=([^\w\s"]|\t)"?\n', re.IGNORECASE)  # for Excel, which does not show it
_MAX_COLUMNS = 1_000


def read(source: SourceFile, text: str) -> ParsedDocument:
    """Read all rows; the first one gives the column names if it looks like a header."""
    csv.field_size_limit(_MAX_FIELD_CHARACTERS)
    text = text.lstrip("\ufeff").replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n")
    stated = _SEPARATOR_LINE.match(text)
    text = text[stated.end() :] if stated else text
    rows = list(csv.reader(io.StringIO(text), delimiter=stated.group(1) if stated else _delimiter(text)))
    widest = max(map(len, rows), default=0)
    if widest > _MAX_COLUMNS:
        raise DocumentTooLarge(
            f"{source.name} has {widest:,} columns, at most {_MAX_COLUMNS:,} are read; upload a part of it."
        )
    names = [clean_line(cell) for cell in rows[0]] if rows and _is_header(rows[0]) else []
    blocks = []
    for number, row in enumerate(rows[1:] if names else rows, 2 if names else 1):
        line = _row_text(names, [clean_line(cell) for cell in row])
        if line:
            blocks.append(Block(line, Locator(LocatorKind.ROW, number, f"row {number}"), SectionTracker().heading_path))
        source.report(number, len(rows))
    return ParsedDocument(source.stem, source.media_type, tuple(blocks), 1)


def _delimiter(text: str) -> str:
    """Return the delimiter that cuts the most of the first lines into the same number of cells, more than one."""
    lines = [line for line in text[:20_000].splitlines() if line.strip()][:20]

    def evenness(delimiter: str) -> tuple[int, int]:
        widths = [len(row) for row in csv.reader(lines, delimiter=delimiter)]
        usual = max(set(widths), key=widths.count, default=1)
        return (widths.count(usual) if usual > 1 else 0, usual)

    return max((",", ";", "\t", "|"), key=evenness)


def _is_header(row: list[str]) -> bool:
    """Whether a first row is a header: all cells filled, all different, none a number or a long text."""
    cells = [clean_line(cell) for cell in row]
    if len(cells) < 2 or len(set(cells)) < len(cells):
        return False
    return all(0 < len(cell) <= 60 and not cell.replace(".", "").replace(",", "").isdigit() for cell in cells)


def _row_text(names: list[str], cells: list[str]) -> str:
    """Return "Name: Ada; Born: 1815", or just the filled cells when the columns have no names."""
    if not names:
        return "; ".join(filter(None, cells))
    pairs = (f"{names[place]}: {cell}" if place < len(names) else cell for place, cell in enumerate(cells) if cell)
    return "; ".join(pairs)
