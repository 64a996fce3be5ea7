"""Word documents: paragraphs, lists, tables, footnotes and equations, by section."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import docx
from docx.oxml.ns import qn
from docx.table import Table
from docx.text.paragraph import Paragraph
from lxml import etree

from knowledge.documents import Block, ParsedDocument
from knowledge.languages import either
from knowledge.parsing.archive import open_archive
from knowledge.parsing.mathml_to_latex import from_omml
from knowledge.parsing.section_tracker import SectionTracker
from knowledge.parsing.source_file import SourceFile
from knowledge.parsing.text_cleaning import clean_line, clean_text, format_table

# Word translates the names of its styles: German and French, then the languages that have a folder.
_HEADING = re.compile(rf"^(?:überschrift|titre|{either('headings', 'HEADING_STYLE')})\s*([1-9])", re.IGNORECASE)
_LIST = re.compile(either("headings", "LIST_STYLE"), re.IGNORECASE)
_SKIPPED = {
    qn("w:del"),
    qn("w:moveFrom"),
    qn("w:instrText"),
    qn("w:delText"),
    qn("w:pPr"),
    qn("w:rPr"),
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
}
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}oMath"
_MAX_DEPTH = 60


def read(source: SourceFile) -> ParsedDocument:
    """Read the body in order, then the footnotes."""
    with open_archive(source) as archive:
        notes = _footnotes(archive.read("word/footnotes.xml")) if "word/footnotes.xml" in archive.namelist() else []
    document = docx.Document(io.BytesIO(source.data))
    walk = _DocxBlockBuilder(SectionTracker(), _Styles())
    parts = list(_body_parts(document.element.body, document))
    for done, part in enumerate(parts):
        walk.add_part(part)
        source.report(done + 1, len(parts))
    walk.flush()
    walk.add_footnotes(notes)
    first = next((block.heading[0] for block in walk.blocks if block.heading), "")
    title = _human_title(document.core_properties.title) or walk.title or first or source.stem
    return ParsedDocument(title, source.media_type, tuple(walk.blocks), 1)


def _body_parts(body: Any, document: Any) -> Iterator[Paragraph | Table]:
    """Yield paragraphs and tables in order, including those inside content controls."""
    for element in body:
        if element.tag == qn("w:p"):
            yield Paragraph(element, document)
        elif element.tag == qn("w:tbl"):
            yield Table(element, document)
        elif element.tag == qn("w:sdt"):
            for content in element.iterchildren(qn("w:sdtContent")):
                yield from _body_parts(content, document)


def _human_title(title: str | None) -> str:
    """Return the title property, "" if it is a program's default."""
    title = clean_line(title or "")
    return "" if re.match(r"(?i)untitled|word document|document\d*$|microsoft word|powerpoint", title) else title


@dataclass(slots=True)
class _Styles:
    """What the paragraph styles of a document mean, each looked up once."""

    _known: dict[str | None, tuple[int, bool, str]] = field(default_factory=dict)

    def lookup(self, paragraph: Paragraph) -> tuple[int, bool, str]:
        """Return the heading level (0: none), whether it is a list style, and the style's name."""
        key = paragraph._p.style
        if key not in self._known:
            self._known[key] = self._read(paragraph)
        return self._known[key]

    @staticmethod
    def _read(paragraph: Paragraph) -> tuple[int, bool, str]:
        style: Any = paragraph.style
        name = (style.name or "") if style is not None else ""
        while style is not None:
            found = _HEADING.match(style.name or "")
            if found:
                return int(found.group(1)), False, name
            style = style.base_style
        return 0, _LIST.match(name) is not None, name


@dataclass(slots=True)
class _DocxBlockBuilder:
    """Turns paragraphs and tables into blocks; a list is one block."""

    sections: SectionTracker
    styles: _Styles
    blocks: list[Block] = field(default_factory=list)
    title: str = ""
    _items: list[str] = field(default_factory=list)

    def add_part(self, part: Paragraph | Table) -> None:
        if isinstance(part, Table):
            self.flush()
            self._add(format_table(_rows(part._tbl)))
            return
        text = clean_text(paragraph_text(part._p))
        if not text:
            return
        level, listed, style = self.styles.lookup(part)
        level = level or _outline_level(part._p)
        if level:
            self.flush()
            self.sections.enter(level, clean_line(text))
        elif style.lower() == "title" and not self.title:
            self.title = clean_line(text)
            self._add(text)
        elif listed or part._p.find(f"{qn('w:pPr')}/{qn('w:numPr')}") is not None:
            self._items.append(f"- {text}")
        else:
            self.flush()
            self._add(text)

    def flush(self) -> None:
        """Close the open list."""
        self._add("\n".join(self._items))
        self._items = []

    def add_footnotes(self, notes: list[str]) -> None:
        if notes:
            self.sections.enter(1, "Footnotes")
        for note in notes:
            self._add(note)

    def _add(self, text: str) -> None:
        if text:
            self.blocks.append(Block(text, self.sections.next_locator(), self.sections.heading_path))


def _outline_level(paragraph: Any) -> int:
    """Return the outline level that a paragraph itself sets, from 1; 0 for body text."""
    found = paragraph.find(f"{qn('w:pPr')}/{qn('w:outlineLvl')}")
    value = int(found.get(qn("w:val"), "9")) if found is not None else 9
    return value + 1 if value < 9 else 0


def _rows(table: Any) -> list[list[str]]:
    """Return the cells by row, from the XML: nested tables and paragraphs on one line."""
    rows = []
    for row in table.iterchildren(qn("w:tr")):
        rows.append(
            [" ".join(filter(None, map(paragraph_text, cell.iter(qn("w:p"))))) for cell in row.iter(qn("w:tc"))]
        )
    return rows


def _footnotes(xml: bytes) -> list[str]:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    root = etree.fromstring(xml, parser)
    paragraphs = (clean_line(paragraph_text(note)) for note in root if note.get(qn("w:type")) is None)
    return [text for text in paragraphs if text]


def paragraph_text(element: Any) -> str:
    """Return the text of a paragraph with all tracked changes accepted, equations as LaTeX."""
    return "".join(_text_pieces(element, 0))


def _text_pieces(element: Any, depth: int) -> Iterator[str]:
    if depth > _MAX_DEPTH:
        raise RecursionError
    for child in element:
        tag = child.tag
        if tag == _MATH:
            yield from_omml(child)
        elif tag == qn("w:t"):
            yield child.text or ""
        elif tag in (qn("w:tab"), qn("w:ptab")):
            yield "\t"
        elif tag in (qn("w:br"), qn("w:cr")):
            yield "\n"
        elif tag == qn("w:noBreakHyphen"):
            yield "-"
        elif tag not in _SKIPPED and isinstance(tag, str):
            yield from _text_pieces(child, depth + 1)
