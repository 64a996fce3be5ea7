"""The child process that draws one page of an untrusted file: `python -m knowledge.parsing.render_worker`.

It is confined as the reader is (`sandbox_worker.py`), reads a request and the file from stdin, and answers on
stdout: one line
of JSON, then the PNG. A page that cannot be drawn is a sentence, not a crash of ours.
"""

from __future__ import annotations

import ctypes
import io
import json
import logging
import math
import os
import sys
from collections.abc import Sequence
from typing import Any

from knowledge.errors import DocumentDamaged, DocumentRefused, DocumentTooLarge
from knowledge.highlight import MIN_MATCH_SHARE, Box, QuoteMatch, find_quote, fold_text, merge_boxes_by_line
from knowledge.parsing import ocr, worker_protocol
from knowledge.parsing.sandbox_worker import confine_process
from knowledge.parsing.source_file import SourceFile

_WIDTH_PIXELS = 1240  # dots: sharp on a phone, readable on a desk
_MAX_PIXELS = 4_000_000
_HYPHENS = {0x02: "-", 0xFFFE: "-", 0: " "}
_PDF_MAGIC = b"%PDF-"
_OCR_TIME_S = 10.0

Point = tuple[float, float]


def main() -> int:
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # what a library prints must not get between our lines
    line = sys.stdin.buffer.readline()
    name, limits, size = worker_protocol.decode_request(line)
    wanted = json.loads(line)["picture"]
    confine_process(limits)
    logging.disable()  # what libraries complain about may quote the document
    source = SourceFile(name, sys.stdin.buffer.read(size), limits)
    answers.write(_answer(source, int(wanted["page"]), str(wanted["quote"])))
    return 0


def _answer(source: SourceFile, number: int, quote: str) -> bytes:
    try:
        fields, png = render(source, number, quote)
    except DocumentRefused as refusal:
        return _refused(str(refusal), large=isinstance(refusal, DocumentTooLarge))
    except MemoryError:
        return _refused(f"page {number} of {source.name} needs too much memory to be drawn")
    except Exception as error:  # noqa: BLE001 - a library met bytes its authors did not foresee
        return _refused(f"page {number} of {source.name} cannot be drawn ({type(error).__name__})")
    return json.dumps(fields | {"bytes": len(png)}).encode() + b"\n" + png


def _refused(sentence: str, *, large: bool = False) -> bytes:
    return json.dumps({"refused": sentence, "large": large}).encode() + b"\n"


def render(source: SourceFile, number: int, quote: str) -> tuple[dict[str, Any], bytes]:
    """Return the page with the quote (this one, or the next where a sentence runs on) and where the quote stands."""
    return (
        _render_pdf(source, number, quote) if _PDF_MAGIC in source.data[:1024] else _render_image(source, number, quote)
    )


def _render_pdf(source: SourceFile, number: int, quote: str) -> tuple[dict[str, Any], bytes]:
    from knowledge.parsing.pdf_reader import open_pdf

    document = open_pdf(source)
    if not 1 <= number <= len(document):
        raise DocumentDamaged(f"{source.name} has no page {number}")
    page, at, match = document[number - 1], number, None
    for candidate in (number, number + 1):
        if not quote or candidate > len(document) or (match is not None and match.share == 1):
            break
        other = document[candidate - 1]
        found = find_quote(fold_text(_page_characters(other)), quote)
        if match is None or found.share > max(match.share, 0.5):
            page, at, match = other, candidate, found
    width, height = page.get_size()
    scale = _scale(source, width, height)
    picture = page.render(scale=scale, may_draw_forms=False).to_pil().convert("RGB")
    boxes = _character_boxes(page, match, picture.width, picture.height) if match else ()
    if match is not None and match.share < MIN_MATCH_SHARE:
        boxes = _ocr_boxes(picture, quote)
    return _answer_fields(at, picture, boxes), _encode_png(picture)


def _scale(source: SourceFile, width: float, height: float) -> float:
    if not (math.isfinite(width * height) and width > 0 and height > 0):
        raise DocumentDamaged(f"a page of {source.name} has no size")
    return float(min(_WIDTH_PIXELS / width, math.sqrt(_MAX_PIXELS / (width * height))))


def _page_characters(page: Any) -> str:
    """One character for each of pdfium's, so that positions in it are pdfium's."""
    import pypdfium2.raw as raw

    text = page.get_textpage()
    codes = (raw.FPDFText_GetUnicode(text.raw, index) for index in range(text.count_chars()))
    return "".join(_HYPHENS.get(code) or (chr(code) if code < 0xD800 or code > 0xDFFF else " ") for code in codes)


def _character_boxes(page: Any, match: QuoteMatch, width: int, height: int) -> tuple[Box, ...]:
    import pypdfium2.raw as raw

    text = page.get_textpage()
    rectangle, ink = raw.FS_RECTF(), [ctypes.c_double() for _ in range(4)]
    found: list[Box] = []
    for start, end in match.spans:
        for index in range(start, end):
            if raw.FPDFText_GetUnicode(text.raw, index) in (0, 0x0A, 0x0D, 0x20):
                continue
            if raw.FPDFText_GetLooseCharBox(text.raw, index, rectangle):
                raw.FPDFText_GetCharBox(text.raw, index, *ink)  # of what is drawn: a tail may hang below the line
                left, right, bottom, top = (edge.value for edge in ink)
                found.append(
                    _to_image_box(
                        page,
                        (min(left, rectangle.left), max(top, rectangle.top)),
                        (max(right, rectangle.right), min(bottom, rectangle.bottom)),
                        (width, height),
                    )
                )
    return merge_boxes_by_line(found)


def _to_image_box(page: Any, one: Point, other: Point, size: tuple[int, int]) -> Box:
    """The box between two corners as the page is shown: turned and cropped."""
    import pypdfium2.raw as raw

    placed = []
    for across, up in (one, other):
        x, y = ctypes.c_int(), ctypes.c_int()
        raw.FPDF_PageToDevice(page.raw, 0, 0, *size, 0, across, up, x, y)
        placed.append((x.value / size[0], y.value / size[1]))
    (left, top), (right, bottom) = placed
    return Box(min(left, right), min(top, bottom), max(left, right), max(top, bottom))


def _ocr_boxes(picture: Any, quote: str) -> tuple[Box, ...]:
    """The place of a quote on a page without text of its own, by OCR; none where the quote cannot be read there."""
    if not ocr.is_available():
        return ()
    grey = picture.convert("L")
    try:
        words = ocr.recognise_words(grey.width, grey.height, grey.tobytes(), _OCR_TIME_S)
    except (TimeoutError, OSError):
        return ()
    of_word = [index for index, word in enumerate(words) for _ in word.text]
    match = find_quote(fold_text("".join(word.text for word in words)), quote)
    touched = {of_word[at]: None for start, end in match.spans for at in range(start, end)}
    return merge_boxes_by_line([words[index].box for index in touched])


def _render_image(source: SourceFile, number: int, quote: str) -> tuple[dict[str, Any], bytes]:
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = None  # our own limit is looked at below, before a dot is unpacked
    with Image.open(io.BytesIO(source.data), formats=("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP")) as image:
        image.seek(number - 1)
        if image.width * image.height > source.limits.pixels:
            raise DocumentTooLarge(f"{source.name} has too many pixels to be shown")
        upright = ImageOps.exif_transpose(image).convert("RGBA")
    upright.thumbnail((_WIDTH_PIXELS, _MAX_PIXELS // _WIDTH_PIXELS))
    paper = Image.new("RGBA", upright.size, "white")
    picture = Image.alpha_composite(paper, upright).convert("RGB")
    return _answer_fields(number, picture, _ocr_boxes(picture, quote) if quote else ()), _encode_png(picture)


def _answer_fields(page: int, picture: Any, boxes: Sequence[Box]) -> dict[str, Any]:
    placed = [[round(edge, 5) for edge in (box.left, box.top, box.right, box.bottom)] for box in boxes]
    return {"page": page, "width": picture.width, "height": picture.height, "boxes": placed}


def _encode_png(picture: Any) -> bytes:
    held = io.BytesIO()
    picture.save(held, "PNG", compress_level=6)
    return held.getvalue()


if __name__ == "__main__":
    sys.exit(main())
