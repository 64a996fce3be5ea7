"""Jupyter notebooks: text, code and its output, by cell."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from knowledge.documents import Block, Locator, LocatorKind, ParsedDocument
from knowledge.errors import DocumentDamaged
from knowledge.parsing.markdown_reader import parse_markdown_blocks
from knowledge.parsing.section_tracker import SectionTracker
from knowledge.parsing.source_file import SourceFile
from knowledge.parsing.text_cleaning import clean_code

_MAX_OUTPUT_LINES = 20
_TERMINAL_CODE = re.compile(r"\x1b\[[0-9;?]{0,20}[A-Za-z]")  # colours


def read(source: SourceFile, text: str) -> ParsedDocument:
    """Read the cells in order; the headings of the text cells become the sections."""
    notebook = json.loads(text.lstrip("\ufeff"))
    cells = _cells(notebook)
    if not all(isinstance(cell, dict) for cell in cells):
        raise DocumentDamaged(f"{source.name} has malformed cells; save the notebook again.")
    source.check_page_count(len(cells), "cells")
    sections = SectionTracker()
    language = str(notebook.get("metadata", {}).get("kernelspec", {}).get("language", ""))[:20]
    blocks: list[Block] = []
    for number, cell in enumerate(cells, 1):
        locator = Locator(LocatorKind.CELL, number, f"cell {number}")
        blocks += (replace(block, locator=locator) for block in _cell_blocks(cell, sections, language))
        source.report(number, len(cells))
    title = next((block.heading[0] for block in blocks if block.heading), source.stem)
    return ParsedDocument(title, source.media_type, tuple(blocks), max(1, len(cells)))


def _cells(notebook: dict[str, Any]) -> list[Any]:
    """Return the cells; those of the format before 2015 (nbformat 3) lie in worksheets."""
    if "cells" in notebook or "worksheets" not in notebook:
        cells: list[Any] = notebook["cells"]
        return cells
    return [cell for sheet in notebook["worksheets"] for cell in sheet.get("cells") or ()]


def _cell_blocks(cell: dict[str, Any], sections: SectionTracker, language: str) -> Iterator[Block]:
    content = _join_source(cell.get("source") or cell.get("input"))
    if cell.get("cell_type") == "heading":
        yield from parse_markdown_blocks(f"{'#' * _heading_level(cell)} {content}", sections)
    elif cell.get("cell_type") == "markdown":
        yield from parse_markdown_blocks(content, sections)
    elif cell.get("cell_type") == "code":
        if content.strip():
            yield Block(f"```{language}\n{clean_code(content)}\n```", sections.next_locator(), sections.heading_path)
        for output in cell.get("outputs") or ():
            output_text = clean_code(_output_text(output))
            if output_text.strip():
                yield Block(f"```\n{output_text}\n```", sections.next_locator(), sections.heading_path)


def _heading_level(cell: dict[str, Any]) -> int:
    level = cell.get("level")
    return level if isinstance(level, int) and 1 <= level <= 6 else 1


def _output_text(output: dict[str, Any]) -> str:
    """Return the first lines of a cell's output, without images and error traces."""
    text = _join_source(output.get("text")) or _join_source((output.get("data") or {}).get("text/plain"))
    return "\n".join(_TERMINAL_CODE.sub("", text).splitlines()[:_MAX_OUTPUT_LINES])


def _join_source(lines: object) -> str:
    """Return the text of a field that is one string or a list of lines."""
    return "".join(map(str, lines)) if isinstance(lines, list) else lines if isinstance(lines, str) else ""
