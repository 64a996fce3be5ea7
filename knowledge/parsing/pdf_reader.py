"""PDF documents: text with positions from pdfium, put into reading order by `layout.py`, page by page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from knowledge.documents import Block, Locator, LocatorKind, ParsedDocument
from knowledge.errors import DocumentDamaged, DocumentLocked, DocumentRefused
from knowledge.languages import characters, either
from knowledge.languages.sentences import CLAUSE_MARKS, COMMAS
from knowledge.parsing.layout import BULLET, Dehyphenator, LayoutLine, group_paragraphs
from knowledge.parsing.page_furniture import body_line_height, remove_headers_footers
from knowledge.parsing.pdf_lines import extract_lines
from knowledge.parsing.pdf_tables import TableExtractor
from knowledge.parsing.pdf_visibility import split_watermarks, without_line_numbers
from knowledge.parsing.scan_ocr import ScanReader
from knowledge.parsing.source_file import SourceFile
from knowledge.parsing.text_cleaning import clean_line, clean_text

_FRAGMENT_CHARACTERS = 30  # a shorter paragraph is a label in a figure, or a line of a formula
_SCANNED_BELOW = 20  # a page with fewer characters may be a scan
_UNMAPPED = re.compile("[\ue000-\uf8ff\ufffd]")
_MAX_OBJECTS = 5_000
_GENERATED_TITLE = re.compile(
    r"(?i)^(?:microsoft \w+ - .*|untitled.*|slide 1|\(?(?:anonymous|unspecified)\)?)$"
    r"|\.(?:docx?|pptx?|tex|dvi|pdf|indd|jpe?g|png)$"
)


def read(source: SourceFile) -> ParsedDocument:
    """Read all pages; a page without text goes to OCR, or into the notes."""
    document = open_pdf(source)
    source.check_page_count(len(document), "pages")
    scans, tables = ScanReader(source.limits), TableExtractor(source.data)
    pages: list[list[LayoutLine]] = []
    read_by_ocr: dict[int, list[str]] = {}
    sideways: dict[int, list[LayoutLine]] = {}
    for index in range(len(document)):
        page = _load(document, index)
        if page is None:
            scans.note_missing(index + 1)
            pages.append([])
            continue
        lines, sideways[index] = _readable_lines(page, index, scans)
        if _needs_ocr(page, lines):
            read_by_ocr[index] = scans.read_page(page, index + 1)
        pages.append(tables.insert_tables(lines, page, index))
        source.report(index + 1, len(document))
    labels = [_label(document, index) for index in range(len(pages))]
    content = _Content(remove_headers_footers(pages), sideways, read_by_ocr)
    blocks = _page_blocks(content, labels, _read_outline(document))
    title = _title(document) or _first_heading(blocks) or source.stem
    return ParsedDocument(title, source.media_type, tuple(blocks), len(pages), (*scans.notes(), *tables.notes()))


def _readable_lines(page: pdfium.PdfPage, index: int, scans: ScanReader) -> tuple[list[LayoutLine], list[LayoutLine]]:
    """Return the lines of a page and its sideways lines, with notes on what is left out."""
    found = extract_lines(page)
    lines, watermarks = split_watermarks(found.shown)
    if found.tiny:
        scans.note_hidden_text(index + 1)
    if found.unseen:
        scans.note_unseen_text(index + 1)
    if watermarks or found.slanted:
        scans.note_watermark(index + 1)
    return without_line_numbers(lines), found.sideways


def open_pdf(source: SourceFile) -> pdfium.PdfDocument:
    """Open the document; raises DocumentLocked, DocumentDamaged."""
    try:
        return pdfium.PdfDocument(source.data)
    except pdfium.PdfiumError as error:
        raise _refusal(source.name, getattr(error, "err_code", None)) from error


def _refusal(name: str, code: int | None) -> DocumentRefused:
    if code == raw.FPDF_ERR_PASSWORD:
        return DocumentLocked(f"{name} is password-protected; save it without a password and upload it again.")
    if code == raw.FPDF_ERR_SECURITY:
        return DocumentLocked(f"{name} is protected by a scheme that is not supported; save it without protection.")
    return DocumentDamaged(f"{name} is not a complete PDF document; open it, save it as PDF again, and upload that.")


def _load(document: pdfium.PdfDocument, index: int) -> pdfium.PdfPage | None:
    """Return the page, None if it cannot be loaded."""
    try:
        return document[index]
    except pdfium.PdfiumError:
        return None


def _label(document: pdfium.PdfDocument, index: int) -> str:
    return f"page {clean_line(document.get_page_label(index) or '')[:20] or index + 1}"


def _title(document: pdfium.PdfDocument) -> str:
    title = clean_line(document.get_metadata_value("Title") or "")
    return "" if _GENERATED_TITLE.search(title) else title


def _first_heading(blocks: Sequence[Block]) -> str:
    return next((block.heading[0] for block in blocks if block.heading), "")


def _needs_ocr(page: pdfium.PdfPage, lines: Sequence[LayoutLine]) -> bool:
    """Whether the text of a page is drawn, or in a font that does not map its glyphs to characters."""
    text = "".join(line.text for line in lines)
    if len(text) >= _SCANNED_BELOW:
        return 3 * len(_UNMAPPED.findall(text)) > len(text)
    area = page.get_width() * page.get_height()
    drawn = page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_PATH], max_depth=3)
    for item in islice(drawn, _MAX_OBJECTS):
        left, bottom, right, top = item.get_bounds()
        if item.type == raw.FPDF_PAGEOBJ_IMAGE and (right - left) * (top - bottom) > 0.2 * area:
            return True
        if item.type == raw.FPDF_PAGEOBJ_PATH and not text:
            return True
    return False


@dataclass(slots=True)
class _Outline:
    """The document's bookmarks: title and level by page."""

    entries: dict[int, list[tuple[str, int]]]

    def level(self, page: int, text: str) -> int | None:
        """Return the level of a heading if a bookmark on this page has its text."""
        wanted = _letters(text)
        return next((level for title, level in self.entries.get(page, []) if _letters(title) == wanted), None)


def _letters(text: str) -> str:
    return re.sub(r"[\W\d_]+", "", text.lower())


def _read_outline(document: pdfium.PdfDocument) -> _Outline:
    entries: dict[int, list[tuple[str, int]]] = {}
    for number, bookmark in enumerate(document.get_toc(max_depth=6)):
        destination = bookmark.get_dest()
        page = destination.get_index() if destination is not None else None
        if page is not None:
            entries.setdefault(page, []).append((clean_line(bookmark.get_title()), bookmark.level + 1))
        if number > 20_000:
            break
    return _Outline(entries)


@dataclass(frozen=True, slots=True)
class _Content:
    """The lines of all pages; by page the sideways ones, and the paragraphs of those that were read by OCR."""

    pages: Sequence[Sequence[LayoutLine]]
    sideways: dict[int, list[LayoutLine]]
    ocr: dict[int, list[str]]


def _page_blocks(content: _Content, labels: Sequence[str], outline: _Outline) -> list[Block]:
    pages, ocr = content.pages, content.ocr
    words = Dehyphenator(line for page in pages for line in page)
    body = body_line_height(pages)
    path: list[tuple[int, str]] = []
    blocks = []
    for index, page in enumerate(pages):
        locator = Locator(LocatorKind.PAGE, index + 1, labels[index])
        texts = (
            ((None, text) for text in ocr[index]) if ocr.get(index) else _page_texts(page, words, body, outline, index)
        )
        for level, text in _merge_fragments(texts):
            if level is not None:
                path = [open_ for open_ in path if open_[0] < level] + [(level, text)]
            blocks.append(Block(text, locator, tuple(title for _, title in path)))
        aside = group_paragraphs(content.sideways.get(index, ()), body)
        for text in filter(None, (clean_line(words.join_lines(paragraph.lines)) for paragraph in aside)):
            blocks.append(Block(text, locator, tuple(title for _, title in path)))
    return blocks


def _page_texts(
    page: Sequence[LayoutLine], words: Dehyphenator, body: float, outline: _Outline, index: int
) -> Iterator[tuple[int | None, str]]:
    """Yield the paragraphs of a page, each with its level if it is a heading."""
    for paragraph in group_paragraphs(page, body):
        if paragraph.lines[0].table:
            yield None, paragraph.lines[0].text
            continue
        text = clean_text(words.join_lines(paragraph.lines)).replace("\n", " ")
        if not text:
            continue
        level = outline.level(index, text) if len(text) <= 160 else None
        yield level or _heading_level(text, paragraph.height / body, paragraph.bold, len(paragraph.lines)), text


def _merge_fragments(texts: Iterable[tuple[int | None, str]]) -> Iterator[tuple[int | None, str]]:
    """Join the items of a list, and the fragments of a formula or a figure, into one text each."""
    last_joiner, parts = "", list[str]()
    for level, text in texts:
        joiner = "" if level else _fragment_joiner(text)
        if parts and (joiner != last_joiner or not joiner):
            yield None, last_joiner.join(parts)
            parts = []
        if joiner:
            last_joiner = joiner
            parts.append(text)
        else:
            yield level, text
    if parts:
        yield None, last_joiner.join(parts)


def _fragment_joiner(text: str) -> str:
    """Return what joins a text with others of its kind: a line break, a space, or "" for a separate paragraph."""
    if BULLET.match(text):
        return "\n"
    return " " if len(text) < _FRAGMENT_CHARACTERS and text[0] != "|" else ""


_NO_HEADING_END = re.compile(rf"[{characters('text', 'FULL_STOP')}{COMMAS}{CLAUSE_MARKS}]$")
_NUMBERED = re.compile(
    rf"^(?:(?:{either('headings', 'NUMBERED_PART')})\s+)?(\d{{1,2}}(?:\.\d{{1,2}}){{0,3}}|[A-Z])\.?\s+[^\W\d_]",
    re.IGNORECASE,
)


def _heading_level(text: str, size: float, bold: bool, lines: int) -> int | None:
    """Return the level of a paragraph that looks like a heading: larger than the body, or bold and numbered."""
    if len(text) > 120 or lines > 3 or len(_letters(text)) < 3 or _NO_HEADING_END.search(text):
        return None
    numbered = _NUMBERED.match(text)
    if size >= 1.12 and not text[0].islower():
        return numbered.group(1).count(".") + 2 if numbered and size < 1.6 else 1 if size >= 1.6 else 2
    if bold and size >= 0.97:
        return numbered.group(1).count(".") + 2 if numbered else 3 if lines == 1 and not text[0].islower() else None
    return None
