"""Word documents: paragraphs, lists, tables, drawings, notes and equations, by section."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import docx
from docx.oxml.ns import qn
from lxml import etree

from knowledge.documents import Block, ParsedDocument
from knowledge.parsing.archive import open_archive
from knowledge.parsing.docx_numbering import BULLET, ListNumbers
from knowledge.parsing.docx_styles import Styles
from knowledge.parsing.docx_tables import body_parts, table_rows
from knowledge.parsing.docx_text import ParagraphText, read_paragraph
from knowledge.parsing.office_drawings import drawing_texts
from knowledge.parsing.section_tracker import SectionTracker
from knowledge.parsing.source_file import SourceFile
from knowledge.parsing.text_cleaning import clean_line, format_table

_NOTES = (("word/footnotes.xml", "Footnotes"), ("word/endnotes.xml", "Endnotes"), ("word/comments.xml", "Comments"))
_MAX_BOX_DEPTH = 20


def read(source: SourceFile) -> ParsedDocument:
    """Read the body in order, then footnotes, endnotes and comments."""
    with open_archive(source) as archive:
        notes = {title: archive.read(path) for path, title in _NOTES if path in archive.namelist()}
    document = docx.Document(io.BytesIO(source.data))
    numbering = next((r.target_part for r in document.part.rels.values() if r.reltype.endswith("/numbering")), None)
    walk = _DocxBlockBuilder(
        SectionTracker(),
        Styles.of(document.styles.element),
        ListNumbers.of(None if numbering is None else etree.fromstring(numbering.blob, _parser())),
        document.part,
    )
    parts = list(body_parts(document.element.body))
    for done, part in enumerate(parts):
        walk.add_part(part, 0)
        source.report(done + 1, len(parts))
    walk.flush()
    first = next((block.heading[0] for block in walk.blocks if block.heading), "")
    for title, xml in notes.items():
        walk.add_notes(title, etree.fromstring(xml, _parser()))
    title = _human_title(document.core_properties.title) or walk.title or first or source.stem
    return ParsedDocument(title, source.media_type, tuple(walk.blocks), 1, walk.remarks())


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)


def _human_title(title: str | None) -> str:
    """Return the title property, "" if it is a program's default."""
    title = clean_line(title or "")
    return "" if re.match(r"(?i)untitled|word document|document\d*$|microsoft word|powerpoint", title) else title


@dataclass(slots=True)
class _DocxBlockBuilder:
    """Turns paragraphs and tables into blocks; a list is one block."""

    sections: SectionTracker
    styles: Styles
    numbers: ListNumbers
    package_part: Any
    blocks: list[Block] = field(default_factory=list)
    title: str = ""
    _items: list[str] = field(default_factory=list)
    _item_terms: list[str] = field(default_factory=list)
    _hidden: int = 0
    _pictured_equations: int = 0

    def add_part(self, part: Any, depth: int) -> None:
        """Add a `w:p` or a `w:tbl`, and what hangs on it; raises RecursionError."""
        if depth > _MAX_BOX_DEPTH:
            raise RecursionError
        if part.tag == qn("w:tbl"):
            self.flush()
            hanging: list[ParagraphText] = []
            self._add(format_table(table_rows(part, lambda p: self._cell_text(p, hanging))))
            for content in hanging:
                self._add_hanging(content, depth)
            return
        content = self._read(part)
        if content.text:
            self._add_paragraph(part, content)
        self._add_hanging(content, depth)

    def _read(self, paragraph: Any) -> ParagraphText:
        content = read_paragraph(paragraph, self.styles)
        self._hidden += content.hidden
        self._pictured_equations += content.pictured_equations
        return content

    def _cell_text(self, paragraph: Any, hanging: list[ParagraphText]) -> str:
        content = self._read(paragraph)
        hanging.append(content)
        marker = self._marker(paragraph) if content.text else None
        return content.text if marker in (None, BULLET) else f"{marker}{content.text}"

    def _add_paragraph(self, paragraph: Any, content: ParagraphText) -> None:
        text = content.text
        style = self.styles.paragraph(paragraph.style)
        marker = self._marker(paragraph)
        level = style.heading or _outline_level(paragraph)
        if level:
            self.flush()
            self.sections.enter(level, clean_line(text if marker == BULLET else f"{marker or ''}{text}"))
        elif style.name.lower() == "title" and not self.title:
            self.title = clean_line(text)
            self._add(text)
        elif marker is not None or style.listed:
            indent = "  " * _list_place(paragraph, style.numbering, style.level)[1]
            self._items.append(f"{indent}{BULLET if marker is None else marker}{text}")
            self._item_terms += content.key_terms
        else:
            self.flush()
            self._add(text, content.key_terms)

    def _marker(self, paragraph: Any) -> str | None:
        """Count a paragraph in its list and return what stands before its text; None outside lists."""
        style = self.styles.paragraph(paragraph.style)
        numbering, level = _list_place(paragraph, style.numbering, style.level)
        return self.numbers.marker(numbering, level, paragraph.style or "") if numbering else None

    def _add_hanging(self, content: ParagraphText, depth: int) -> None:
        """Add text boxes, descriptions of pictures, charts and diagrams after the paragraph that they hang on."""
        if not (content.boxes or content.pictures or content.drawings):
            return
        texts = [*content.pictures, *(t for d in content.drawings for t in drawing_texts(d, self.package_part))]
        if texts or content.boxes:
            self.flush()
        for text in texts:
            self._add(text)
        for box in content.boxes:
            for part in body_parts(box):
                self.add_part(part, depth + 1)
            self.flush()

    def flush(self) -> None:
        """Close the open list."""
        self._add("\n".join(self._items), self._item_terms)
        self._items, self._item_terms = [], []

    def add_notes(self, title: str, root: Any) -> None:
        """Add footnotes, endnotes or comments as a section of their own."""
        notes = [note for note in root if note.get(qn("w:type")) is None]
        texts = [" ".join(filter(None, (self._read(p).text for p in note.iter(qn("w:p"))))) for note in notes]
        if any(texts):
            self.sections.enter(1, title)
        for text in texts:
            self._add(clean_line(text))

    def remarks(self) -> tuple[str, ...]:
        """Return sentences for the instructor about what was not read."""
        hidden = ("Text that is marked as hidden was left out.",) if self._hidden else ()
        count = self._pictured_equations
        if not count:
            return hidden
        equations = f"{count} equations are" if count > 1 else "An equation is"
        return (
            *hidden,
            f"{equations} stored as pictures and could not be read; type them with Word's equation editor.",
        )

    def _add(self, text: str, terms: Sequence[str] = ()) -> None:
        if text:
            place, heading = self.sections.next_locator(), self.sections.heading_path
            self.blocks.append(Block(text, place, heading, tuple(dict.fromkeys(terms))))


def _list_place(paragraph: Any, numbering: str, level: int) -> tuple[str, int]:
    """Return the numbering of a paragraph and its level there, by itself or else by its style; ("", 0) for none."""
    own = paragraph.find(f"{qn('w:pPr')}/{qn('w:numPr')}")
    if own is not None:
        values = {child.tag: child.get(qn("w:val")) or "" for child in own}
        numbering = values.get(qn("w:numId"), numbering)
        place = values.get(qn("w:ilvl"), "")
        level = int(place) if place.isdigit() else level
    return ("", 0) if numbering in ("", "0") else (numbering, min(level, 8))


def _outline_level(paragraph: Any) -> int:
    """Return the outline level that a paragraph itself sets, from 1; 0 for body text."""
    found = paragraph.find(f"{qn('w:pPr')}/{qn('w:outlineLvl')}")
    value = int(found.get(qn("w:val"), "9")) if found is not None else 9
    return value + 1 if value < 9 else 0
