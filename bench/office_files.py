"""Writes a web page as a Word and as a PowerPoint file, so that both formats are measured on whole chapters."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from lxml import html

_SLIDE_CHARS = 600  # of a slide's body
_HEADINGS = {f"h{level}": level for level in range(1, 7)}


def word_file(page: str) -> bytes:
    """Return a Word file with the page's headings, paragraphs, list items and tables."""
    import docx

    document = docx.Document()
    for tag, value in _parts(page):
        if isinstance(value, list):
            table = document.add_table(len(value), max(map(len, value)))
            for row, cells in enumerate(value):
                for column, text in enumerate(cells):
                    table.cell(row, column).text = text
        elif tag in _HEADINGS:
            document.add_heading(value, _HEADINGS[tag])
        else:
            document.add_paragraph(value, style="List Bullet" if tag == "li" else None)
    return _saved(document)


def powerpoint_file(page: str) -> bytes:
    """Return a presentation: a heading begins a slide, and so does a text that does not fit on one."""
    from pptx import Presentation

    deck = Presentation()
    title, lines = "", list[str]()
    for tag, value in [*_parts(page), ("h1", "")]:
        texts = [" ".join(cells) for cells in value] if isinstance(value, list) else [value]
        for text in texts:
            if lines and (tag in _HEADINGS or sum(map(len, lines)) + len(text) > _SLIDE_CHARS):
                _add_slide(deck, title, lines)
                lines = []
            if tag in _HEADINGS:
                title = text
            else:
                lines.append(text)
    return _saved(deck)


def _add_slide(deck: Any, title: str, lines: list[str]) -> None:
    slide = deck.slides.add_slide(deck.slide_layouts[1])
    slide.shapes.title.text = title
    slide.placeholders[1].text = "\n".join(lines)


def _saved(document: Any) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _parts(page: str) -> Iterator[tuple[str, str | list[list[str]]]]:
    """Yield headings, paragraphs, list items and code as text, and tables as rows of cells."""
    for element in html.document_fromstring(page).iter("h1", "h2", "h3", "h4", "h5", "h6", "p", "li", "pre", "table"):
        if element.tag == "table":
            rows = [[_text(cell) for cell in row.iter("td", "th")] for row in element.iter("tr")]
            if any(rows):
                yield "table", rows
        elif not any(one.tag in ("li", "table", "pre") for one in element.iterancestors()) and element.tag != "li":
            yield element.tag, _text(element)
        elif element.tag == "li":
            yield "li", _text(element, skip=("ul", "ol"))


def _text(element: Any, skip: tuple[str, ...] = ()) -> str:
    """Return the text of an element on one line, without that of nested lists; control characters are no text."""
    pieces = [
        text
        for text in element.xpath(".//text()")
        if not skip or not any(a.tag in skip for a in _between(text, element))
    ]
    return " ".join("".join(c for c in "".join(pieces) if c >= " " or c == "\n").split())


def _between(text: Any, element: Any) -> Iterator[Any]:
    """Yield the elements around a text below `element`."""
    at = text.getparent().getparent() if text.is_tail else text.getparent()
    while at is not None and at is not element:
        yield at
        at = at.getparent()
