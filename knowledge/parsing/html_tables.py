"""The cells of an HTML table by row, with cells that span several rows or columns in each of them."""

from __future__ import annotations

from collections.abc import Callable

from lxml import html

_MAX_SPAN = 50
_LONGEST_REPEATED = 40  # characters; a longer text stands in its first cell only


def table_cells(
    table: html.HtmlElement,
    text_of: Callable[[html.HtmlElement], str],
    is_hidden: Callable[[html.HtmlElement], bool],
) -> list[list[str]]:
    """Return the text of the cells by row, without those of tables inside it."""
    rows: list[list[str]] = []
    hanging: dict[int, tuple[int, str]] = {}  # by column: rows that a cell above still covers, and its text
    for row in table.iter("tr"):
        if next(row.iterancestors("table"), None) is not table or is_hidden(row):
            continue
        cells: list[str] = []
        for cell in row.iterchildren("td", "th"):
            if not is_hidden(cell):
                _add_cell(cells, hanging, text_of(cell), _span(cell, "colspan"), _span(cell, "rowspan"))
        _fill(cells, hanging)
        rows.append(cells)
    return rows


def _add_cell(cells: list[str], hanging: dict[int, tuple[int, str]], text: str, across: int, down: int) -> None:
    _fill(cells, hanging)
    again = text if len(text) <= _LONGEST_REPEATED else ""
    for number in range(across):
        if down > 1:
            hanging[len(cells)] = (down - 1, again)
        cells.append(again if number else text)


def _fill(cells: list[str], hanging: dict[int, tuple[int, str]]) -> None:
    """Add what cells of the rows above put into the next columns."""
    while len(cells) in hanging:
        left, text = hanging.pop(len(cells))
        if left > 1:
            hanging[len(cells)] = (left - 1, text)
            cells.append(text)
            continue
        cells.append(text)


def _span(cell: html.HtmlElement, name: str) -> int:
    value = cell.get(name, "1").strip()
    return max(1, min(int(value), _MAX_SPAN)) if value.isdecimal() else 1
