"""PDF: text with its places by pdfium, put into reading order by `layout.py`, page by page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from math import pi
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from knowledge.documents import Block, Locator, ParsedDocument, Place
from knowledge.errors import DocumentDamaged, DocumentLocked, DocumentRefused
from knowledge.parsing.cleaning import clean, clean_line
from knowledge.parsing.layout import BULLET, Line, Words, paragraphs
from knowledge.parsing.scans import Scans
from knowledge.parsing.source import Source

MEDIA_TYPE = "application/pdf"
_HYPHENS = {0x02, 0xAD, 0xFFFE}
_SPACES = {0x20, 0xA0, 0x09, 0x3000}
_GAP = 0.75  # of the line's height: a wider gap may be the one between two columns
_SCRAP = 30  # characters: a shorter paragraph is a label in a figure, or a line of a formula
_SCANNED_BELOW = 20  # characters on a page
_UNMAPPED = re.compile("[\ue000-\uf8ff\ufffd]")
_MOST_OBJECTS = 5_000
_SWAPS = re.compile("[\ud800-\udbff][\udc00-\udfff]")


def read(source: Source) -> ParsedDocument:
    """Read all pages; one without text goes to OCR, or is noted."""
    document = _open(source)
    source.require_pages(len(document), "pages")
    scans = Scans(source.limits)
    pages: list[list[Line]] = []
    read_by_ocr: dict[int, list[str]] = {}
    for index in range(len(document)):
        page = _load(document, index)
        lines = [] if page is None else page_lines(page)
        if page is not None and _is_picture(page, lines):
            read_by_ocr[index] = scans.page(page, index + 1)
        pages.append(lines)
        source.report(index + 1, len(document))
    labels = [_label(document, index) for index in range(len(pages))]
    blocks = _blocks(without_running_lines(pages), read_by_ocr, labels, _outline(document))
    title = _title(document) or _first_heading(blocks) or source.stem
    return ParsedDocument(title, MEDIA_TYPE, tuple(blocks), len(pages), tuple(scans.notes()))


def _open(source: Source) -> pdfium.PdfDocument:
    try:
        return pdfium.PdfDocument(source.data)
    except pdfium.PdfiumError as error:
        raise _refusal(source.name, getattr(error, "err_code", None)) from error


def _refusal(name: str, code: int | None) -> DocumentRefused:
    if code == raw.FPDF_ERR_PASSWORD:
        return DocumentLocked(f"{name} is password-protected; save it without a password and upload it again.")
    if code == raw.FPDF_ERR_SECURITY:
        return DocumentLocked(f"{name} is protected by a scheme that is not supported; save it without protection.")
    return DocumentDamaged(f"{name} is not a whole PDF document; open it, save it as PDF again, and upload that.")


def _load(document: pdfium.PdfDocument, index: int) -> pdfium.PdfPage | None:
    """Return the page, None where the file's page tree names one that cannot be loaded."""
    try:
        return document[index]
    except pdfium.PdfiumError:
        return None


def _label(document: pdfium.PdfDocument, index: int) -> str:
    return f"page {clean_line(document.get_page_label(index) or '')[:20] or index + 1}"


def _title(document: pdfium.PdfDocument) -> str:
    title = clean_line(document.get_metadata_value("Title") or "")
    made_by_program = re.search(
        r"(?i)^(?:microsoft \w+ - |untitled|slide 1)|\.(?:docx?|pptx?|tex|dvi|pdf|indd|jpe?g|png)$", title
    )
    return "" if made_by_program else title


def _first_heading(blocks: Sequence[Block]) -> str:
    return next((block.heading[0] for block in blocks if block.heading), "")


def _is_picture(page: pdfium.PdfPage, lines: Sequence[Line]) -> bool:
    """Whether what is to be read on a page is drawn, or set in a font that does not say which letters it shows."""
    text = "".join(line.text for line in lines)
    if len(text) >= _SCANNED_BELOW:
        return 3 * len(_UNMAPPED.findall(text)) > len(text)
    area = page.get_width() * page.get_height()
    drawn = page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_PATH], max_depth=3)
    for item in islice(drawn, _MOST_OBJECTS):
        left, bottom, right, top = item.get_bounds()
        if item.type == raw.FPDF_PAGEOBJ_IMAGE and (right - left) * (top - bottom) > 0.2 * area:
            return True
        if item.type == raw.FPDF_PAGEOBJ_PATH and not text:
            return True
    return False


def page_lines(page: pdfium.PdfPage) -> list[Line]:
    """Return the lines of one page in the order of its content."""
    text_page = page.get_textpage()
    box = raw.FS_RECTF()
    unicode_of, box_of = raw.FPDFText_GetUnicode, raw.FPDFText_GetLooseCharBox
    handle, count = text_page.raw, text_page.count_chars()
    builder = _LineBuilder(handle, _quarter_turn(handle, count))
    for index in range(count):
        code = unicode_of(handle, index)
        if code in (0x0A, 0x0D):
            builder.end()
        elif code in _HYPHENS:
            builder.end(hyphen=True)
        elif code in _SPACES:
            builder.space()
        elif code and box_of(handle, index, box):
            builder.add(code, index, box)
    builder.end()
    bold = {first: raw.FPDFText_GetFontWeight(handle, first) >= 600 for first, _ in builder.lines}
    return [_with_weight(line, bold[first]) for first, line in builder.lines if line.text]


def _with_weight(line: Line, bold: bool) -> Line:
    return Line(line.text, line.left, line.bottom, line.right, line.top, line.height, bold, line.hyphen)


class _LineBuilder:
    """Gathers characters into lines; begins a new one where the place jumps. Text askew to the rest is dropped."""

    def __init__(self, handle: Any, turn: int) -> None:
        self._handle, self._turn = handle, turn
        self.lines: list[tuple[int, Line]] = []  # with the number of its first character
        self._reset()

    def _reset(self) -> None:
        self._text: list[str] = []
        self._first = -1
        self._left, self._right = float("inf"), float("-inf")
        self._bottoms: list[float] = []
        self._tops: list[float] = []
        self._to_left = False

    def space(self) -> None:
        if self._text and self._text[-1] != " ":
            self._text.append(" ")

    def add(self, code: int, index: int, box: raw.FS_RECTF) -> None:
        left, bottom, right, top = _TURNED[self._turn](box)
        if self._text and self._jumps(left, right, bottom, top):
            self.end()
        if not self._text:
            if _turn_of(self._handle, index) != self._turn:
                return
            self._first = index
            self._to_left = 0x590 <= code <= 0x8FF or 0xFB1D <= code <= 0xFEFC
        self._text.append(chr(code))
        self._left, self._right = min(self._left, left), max(self._right, right)
        self._bottoms.append(bottom)
        self._tops.append(top)

    def _jumps(self, left: float, right: float, bottom: float, top: float) -> bool:
        lowest, highest = self._bottoms[0], self._tops[0]
        height = highest - lowest or 1.0
        if bottom > highest or top < lowest:
            return True
        if self._to_left:
            return self._left - right > 3 * height
        return left - self._right > _GAP * height or left < self._right - 2 * height

    def end(self, hyphen: bool = False) -> None:
        text = clean_line(_SWAPS.sub(_combine, "".join(self._text)))
        if text:
            bottom, top = _middle_one(self._bottoms), _middle_one(self._tops)
            line = Line(text, self._left, bottom, self._right, top, max(top - bottom, 1.0), False, hyphen)
            self.lines.append((self._first, line))
        self._reset()


def _middle_one(values: list[float]) -> float:
    """The median, so that raised and lowered characters do not count."""
    return sorted(values)[len(values) // 2]


def _turn_of(handle: Any, index: int) -> int:
    """In which direction a character is set, in quarter turns."""
    return int(round(raw.FPDFText_GetCharAngle(handle, index) / (pi / 2))) % 4


def _quarter_turn(handle: Any, count: int) -> int:
    """The direction of most of a page's text: a table set sideways is read as it is held."""
    turns = Counter(_turn_of(handle, index) for index in range(0, count, max(1, count // 60)))
    return int(turns.most_common(1)[0][0]) if turns else 0


# The box of a character on the page as it is held: left, bottom, right, top.
_TURNED: tuple[Callable[[Any], tuple[float, float, float, float]], ...] = (
    lambda box: (box.left, box.bottom, box.right, box.top),
    lambda box: (-box.top, box.left, -box.bottom, box.right),
    lambda box: (-box.right, -box.top, -box.left, -box.bottom),
    lambda box: (box.bottom, -box.right, box.top, -box.left),
)


def _combine(pair: re.Match[str]) -> str:
    """Two halves of UTF-16, as pdfium hands out characters beyond the first plane."""
    return pair.group().encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def without_running_lines(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """Return the pages without headers, footers and page numbers: what stands in one place on page after page."""
    kept = []
    body = _body_height(pages)
    keys = [{_running_key(line): line for line in _edge_lines(page)} for page in pages]
    for index, page in enumerate(pages):
        running = {
            id(line) for key, line in keys[index].items() if line.height < 1.25 * body and _chain(keys, key, index) >= 3
        }
        kept.append([line for line in page if id(line) not in running])
    return kept


def _edge_lines(page: Sequence[Line]) -> list[Line]:
    """The three highest and the three lowest lines of a page."""
    ordered = sorted(page, key=lambda line: line.middle)
    return ordered[:3] + ordered[-3:]


def _running_key(line: Line) -> tuple[str, int]:
    """The text without its numbers; a bare number must also keep its place."""
    text = re.sub(r"\b[ivxlc]+\b|\d+", "#", line.text.lower())
    return text, 0 if len(_letters(text)) >= 3 else round(line.middle / 12)


def _chain(keys: Sequence[dict[tuple[str, int], Line]], key: tuple[str, int], index: int) -> int:
    """On how many pages in a row (or of every second one) the key stands, this page included."""
    count = 1
    for step in (1, -1):
        at, missed = index + step, 0
        while 0 <= at < len(keys) and missed < 2 and count < 3:
            missed = 0 if key in keys[at] else missed + 1
            count += key in keys[at]
            at += step
    return count


def _body_height(pages: Sequence[Sequence[Line]]) -> float:
    """The line height of most of the text."""
    weights: Counter[float] = Counter()
    for page in pages:
        for line in page:
            weights[round(line.height * 2) / 2] += len(line.text)
    return weights.most_common(1)[0][0] if weights else 1.0


@dataclass(slots=True)
class _Outline:
    """The document's bookmarks: title and level by page."""

    entries: dict[int, list[tuple[str, int]]]

    def level(self, page: int, text: str) -> int | None:
        """Return the level of a heading that the bookmarks name on this page."""
        wanted = _letters(text)
        return next((level for title, level in self.entries.get(page, []) if _letters(title) == wanted), None)


def _letters(text: str) -> str:
    return re.sub(r"[\W\d_]+", "", text.lower())


def _outline(document: pdfium.PdfDocument) -> _Outline:
    entries: dict[int, list[tuple[str, int]]] = {}
    for number, bookmark in enumerate(document.get_toc(max_depth=6)):
        destination = bookmark.get_dest()
        page = destination.get_index() if destination is not None else None
        if page is not None:
            entries.setdefault(page, []).append((clean_line(bookmark.get_title()), bookmark.level + 1))
        if number > 20_000:
            break
    return _Outline(entries)


def _blocks(
    pages: Sequence[Sequence[Line]], ocr: dict[int, list[str]], labels: Sequence[str], outline: _Outline
) -> list[Block]:
    words = Words(line for page in pages for line in page)
    body = _body_height(pages)
    path: list[tuple[int, str]] = []
    blocks = []
    for index, page in enumerate(pages):
        locator = Locator(Place.PAGE, index + 1, labels[index])
        texts = ((None, text) for text in ocr[index]) if ocr.get(index) else _texts(page, words, body, outline, index)
        for level, text in _gathered(texts):
            if level is not None:
                path = [open_ for open_ in path if open_[0] < level] + [(level, text)]
            blocks.append(Block(text, locator, tuple(title for _, title in path)))
    return blocks


def _texts(
    page: Sequence[Line], words: Words, body: float, outline: _Outline, index: int
) -> Iterator[tuple[int | None, str]]:
    """The paragraphs of a page; with a level where one is a heading."""
    for paragraph in paragraphs(page, body):
        text = clean(words.flow(paragraph.lines)).replace("\n", " ")
        if not text:
            continue
        level = outline.level(index, text) if len(text) <= 160 else None
        yield level or _heading_level(text, paragraph.height / body, paragraph.bold, len(paragraph.lines)), text


def _gathered(texts: Iterable[tuple[int | None, str]]) -> Iterator[tuple[int | None, str]]:
    """Gather the items of a list, and the scraps of a formula or a figure, into one text each."""
    kind, parts = "", list[str]()
    for level, text in texts:
        now = "" if level else "\n" if BULLET.match(text) else " " if len(text) < _SCRAP else ""
        if parts and (now != kind or not now):
            yield None, kind.join(parts)
            parts = []
        if now:
            kind = now
            parts.append(text)
        else:
            yield level, text
    if parts:
        yield None, kind.join(parts)


_NUMBERED = re.compile(
    r"^(?:(?:chapter|unit|appendix)\s+)?(\d{1,2}(?:\.\d{1,2}){0,3}|[A-Z])\.?\s+[^\W\d_]", re.IGNORECASE
)


def _heading_level(text: str, size: float, bold: bool, lines: int) -> int | None:
    """Return the level of what is set like a heading: larger than the body, or bold and numbered."""
    if len(text) > 120 or lines > 3 or len(_letters(text)) < 3 or text[-1] in ".,;:。，；：":
        return None
    numbered = _NUMBERED.match(text)
    if size >= 1.12 and not text[0].islower():
        return numbered.group(1).count(".") + 2 if numbered and size < 1.6 else 1 if size >= 1.6 else 2
    if bold and size >= 0.97:
        return numbered.group(1).count(".") + 2 if numbered else 3 if lines == 1 and not text[0].islower() else None
    return None
