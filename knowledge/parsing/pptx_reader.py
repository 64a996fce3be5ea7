"""PowerPoint presentations: each slide's title, text, tables, charts and speaker notes."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from pptx import Presentation
from pptx.oxml.ns import qn

from knowledge.documents import Block, Locator, LocatorKind, ParsedDocument
from knowledge.parsing.archive import open_archive
from knowledge.parsing.mathml_to_latex import from_omml
from knowledge.parsing.source_file import SourceFile
from knowledge.parsing.text_cleaning import clean_line, clean_text, format_table

_MAX_DEPTH = 40


def read(source: SourceFile) -> ParsedDocument:
    """Read the slides in order; speaker notes follow the slide's text."""
    open_archive(source).close()
    presentation = Presentation(io.BytesIO(source.data))
    count = len(presentation.slides)
    source.check_page_count(count, "slides")
    blocks: list[Block] = []
    notes: list[str] = []
    for number, slide in enumerate(presentation.slides, 1):
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
    title = clean_line(_paragraphs(shape._element)) if shape is not None else ""
    heading = (title,) if title else ()
    texts = [text for other in _shapes_in_order(slide.shapes, 0) if other != shape for text in _shape_texts(other)]
    if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
        speaker_notes = clean_text(_paragraphs(slide.notes_slide.notes_text_frame._txBody))
        texts += [f"Notes: {speaker_notes}"] if speaker_notes else []
    if title and not texts:
        texts = [title]
    return [Block(text, locator, heading) for text in texts]


def _shapes_in_order(shapes: Any, depth: int) -> Iterator[Any]:
    """Yield shapes from top to bottom and left to right, including those in groups."""
    if depth > _MAX_DEPTH:
        raise RecursionError
    for shape in sorted(shapes, key=_position):
        if shape._element.tag == qn("p:grpSp"):
            yield from _shapes_in_order(shape.shapes, depth + 1)
        else:
            yield shape


def _position(shape: Any) -> tuple[int, int]:
    """Return a sort key: rows of about two centimetres, then left to right; placeholders of the layout first."""
    if shape.top is None or shape.left is None:
        return (0, 0)
    return (shape.top // 720_000, shape.left)


def _shape_texts(shape: Any) -> Iterator[str]:
    if getattr(shape, "has_table", False):
        rows = [[_paragraphs(cell._tc) for cell in row.cells] for row in shape.table.rows]
        yield format_table(rows)
    elif getattr(shape, "has_chart", False):
        yield from _chart_texts(shape.chart)
    else:
        text = clean_text(_paragraphs(shape._element))
        if text:
            yield text


def _chart_texts(chart: Any) -> Iterator[str]:
    """Yield the title of a chart and its data as a table."""
    if chart.has_title and chart.chart_title.has_text_frame:
        yield clean_line(chart.chart_title.text_frame.text)
    for plot in chart.plots:
        names = [str(category) for category in plot.categories]
        rows = [[series.name or "", *map(_format_number, series.values)] for series in plot.series]
        yield format_table([["", *names], *rows])


def _format_number(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def _paragraphs(element: Any) -> str:
    """Return the text below an element, one line for each paragraph, equations as LaTeX."""
    return "\n".join("".join(_paragraph_runs(paragraph)) for paragraph in element.iter(qn("a:p")))


def _paragraph_runs(paragraph: Any) -> Iterator[str]:
    for element in paragraph.iter():
        name = element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
        if element.tag == qn("a:t"):
            yield element.text or ""
        elif element.tag == qn("a:br"):
            yield "\n"
        elif name == "oMath":
            yield from_omml(element)
