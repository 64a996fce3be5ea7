"""PowerPoint presentations: each slide's title, text, tables, charts, diagrams and speaker notes."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from lxml import etree
from pptx import Presentation
from pptx.oxml.ns import qn

from knowledge.documents import Block, Locator, LocatorKind, ParsedDocument
from knowledge.parsing.archive import open_archive
from knowledge.parsing.office_drawings import description, drawing_texts
from knowledge.parsing.pptx_text import paragraphs_text
from knowledge.parsing.source_file import SourceFile
from knowledge.parsing.text_cleaning import clean_line, clean_text, format_table

_MAX_DEPTH = 40
_COMPATIBILITY = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_SHAPES = tuple(qn(f"p:{name}") for name in ("sp", "grpSp", "graphicFrame", "pic", "cxnSp"))


def read(source: SourceFile) -> ParsedDocument:
    """Read the slides that are shown, in order; speaker notes and comments follow the slide's text."""
    open_archive(source).close()
    presentation = Presentation(io.BytesIO(source.data))
    count = len(presentation.slides)
    source.check_page_count(count, "slides")
    blocks: list[Block] = []
    notes: list[str] = []
    for number, slide in enumerate(presentation.slides, 1):
        if slide._element.get("show") in ("0", "false"):
            notes.append(f"Slide {number} is hidden and was left out.")
            continue
        found = _slide_blocks(slide, number)
        blocks += found
        if not found:
            notes.append(f"Slide {number} has no text.")
        source.report(number, count)
    title = clean_line(presentation.core_properties.title or "")
    if not title or title.lower() in ("powerpoint presentation", "presentation", "untitled", "slide 1"):
        title = next((block.heading[0] for block in blocks if block.heading), source.stem)
    return ParsedDocument(title, source.media_type, tuple(blocks), count, tuple(notes))


def _slide_blocks(slide: Any, number: int) -> list[Block]:
    locator = Locator(LocatorKind.SLIDE, number, f"slide {number}")
    shape = slide.shapes.title
    title = clean_line(paragraphs_text(shape._element)) if shape is not None else ""
    heading = (title,) if title else ()
    own = shape._element if shape is not None else None
    shapes = _shapes_in_order(slide.shapes._spTree, 0)
    texts = [text for element in shapes if element is not own for text in _shape_texts(element, slide.part)]
    if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
        speaker_notes = clean_text(paragraphs_text(slide.notes_slide.notes_text_frame._txBody))
        texts += [f"Notes: {speaker_notes}"] if speaker_notes else []
    texts += (f"Comment: {text}" for text in _comments(slide.part))
    if title and not texts:
        texts = [title]
    return [Block(text, locator, heading) for text in texts]


def _shapes_in_order(tree: Any, depth: int) -> Iterator[Any]:
    """Yield visible shapes from top to bottom and left to right, including those in groups."""
    if depth > _MAX_DEPTH:
        raise RecursionError
    for shape in sorted(_children(tree), key=_position):
        if _properties(shape).get("hidden") in ("1", "true"):
            continue
        if shape.tag == qn("p:grpSp"):
            yield from _shapes_in_order(shape, depth + 1)
        else:
            yield shape


def _children(tree: Any) -> Iterator[Any]:
    """Yield the shapes of a slide or a group; of alternatives for older programs the first."""
    for child in tree:
        if child.tag == f"{_COMPATIBILITY}AlternateContent":
            yield from (shape for shape in next(iter(child), ()) if shape.tag in _SHAPES)
        elif child.tag in _SHAPES:
            yield child


def _properties(shape: Any) -> Any:
    """Return the element with a shape's name and description."""
    return next(shape.iter(qn("p:cNvPr")), shape)


def _position(shape: Any) -> tuple[int, int]:
    """Return a sort key: rows of about two centimetres, then left to right; placeholders of the layout first."""
    place = next(shape.iter(qn("a:off")), None)
    if place is None:
        return (0, 0)
    return (int(place.get("y", "0")) // 720_000, int(place.get("x", "0")))


def _shape_texts(shape: Any, part: Any) -> Iterator[str]:
    table = next(shape.iter(qn("a:tbl")), None)
    if table is not None:
        yield format_table([list(_row_texts(row)) for row in table.iterchildren(qn("a:tr"))])
    elif shape.tag == qn("p:graphicFrame"):
        yield from drawing_texts(shape, part)
    else:
        text = clean_text(paragraphs_text(shape))
        if text:
            yield text
    if shape.tag in (qn("p:pic"), qn("p:graphicFrame")) and (text := description(_properties(shape))):
        yield text


def _row_texts(row: Any) -> Iterator[str]:
    for cell in row.iterchildren(qn("a:tc")):
        yield "" if "1" in (cell.get("hMerge"), cell.get("vMerge")) else paragraphs_text(cell)


def _comments(part: Any) -> Iterator[str]:
    """Yield the comments on a slide, in the form of either generation of PowerPoint."""
    for relation in part.rels.values():
        if relation.is_external or not relation.reltype.endswith("/comments"):
            continue
        parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
        for element in etree.fromstring(relation.target_part.blob, parser).iter("{*}cm"):
            text = " ".join(one.text or "" for one in element.iter("{*}text", "{*}t"))
            if clean_line(text):
                yield clean_line(text)
