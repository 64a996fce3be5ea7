"""The parts of a Word document's body in order, and the cells of its tables, whatever controls or changes wrap them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from docx.oxml.ns import qn

from knowledge.parsing.docx_text import SKIPPED, is_placeholder

_MAX_DEPTH = 60
_LONGEST_REPEATED = 40  # characters; a longer text stands in its first cell only
_DELETED_ROW = f"{qn('w:trPr')}/{qn('w:del')}"
_DELETED_CELL = f"{qn('w:tcPr')}/{qn('w:cellDel')}"


def body_parts(element: Any) -> Iterator[Any]:
    """Yield the paragraphs and tables below an element; raises RecursionError."""
    return _below(element, (qn("w:p"), qn("w:tbl")), 0)


def _below(element: Any, wanted: tuple[str, ...], depth: int) -> Iterator[Any]:
    """Yield the nearest elements of these kinds, inside content controls, insertions and moves too."""
    if depth > _MAX_DEPTH:
        raise RecursionError
    for child in element:
        if child.tag in wanted:
            yield child
        elif isinstance(child.tag, str) and child.tag not in SKIPPED and not is_placeholder(child):
            yield from _below(child, wanted, depth + 1)


def table_rows(table: Any, text_of: Callable[[Any], str], depth: int = 0) -> list[list[str]]:
    """Return the cells by row, their paragraphs on one line; a cell that spans others names each of them."""
    if depth > _MAX_DEPTH:
        raise RecursionError
    rows: list[list[str]] = []
    for row in _below(table, (qn("w:tr"),), 0):
        if row.find(_DELETED_ROW) is not None:
            continue
        cells: list[str] = []
        for cell in _below(row, (qn("w:tc"),), 0):
            if cell.find(_DELETED_CELL) is None:
                above = rows[-1][len(cells)] if rows and len(cells) < len(rows[-1]) else ""
                cells += _spread(cell, _cell_text(cell, text_of, depth), above)
        rows.append(cells)
    return rows


def _cell_text(cell: Any, text_of: Callable[[Any], str], depth: int) -> str:
    """Return the text of a cell, once, with that of tables in it."""
    parts = []
    for part in body_parts(cell):
        if part.tag == qn("w:p"):
            parts.append(text_of(part))
        else:
            parts += (" ".join(filter(None, row)) for row in table_rows(part, text_of, depth + 1))
    return " ".join(filter(None, parts))


def _spread(cell: Any, text: str, above: str) -> list[str]:
    """Return a cell once for each column that it spans; one that continues the cell above has its text."""
    properties = cell.find(qn("w:tcPr"))
    merged = None if properties is None else properties.find(qn("w:vMerge"))
    if merged is not None and merged.get(qn("w:val"), "continue") == "continue" and not text:
        text = above if len(above) <= _LONGEST_REPEATED else ""
    span = None if properties is None else properties.find(qn("w:gridSpan"))
    width = span.get(qn("w:val"), "1") if span is not None else "1"
    again = text if len(text) <= _LONGEST_REPEATED else ""
    return [text, *[again] * (min(int(width), 50) - 1 if width.isdigit() else 0)]
