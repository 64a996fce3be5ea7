"""The worker process that renders one page of an untrusted file: `python -m knowledge.parsing.render_worker`.

It is confined, reads the request and the file from stdin, and answers on stdout: one line of JSON, then the PNG. A page
that cannot be rendered is answered with a message.
"""

from __future__ import annotations

import ctypes
import io
import json
import math
import sys
from collections.abc import Sequence
from typing import Any

from knowledge.errors import DocumentDamaged, DocumentRefused, DocumentTooLarge
from knowledge.highlight import MIN_MATCH_SHARE, Box, QuoteMatch, find_quote, fold_text, merge_boxes_by_line
from knowledge.parsing import formats, ocr
from knowledge.parsing.confinement import accept_request
from knowledge.parsing.source_file import SourceFile

_WIDTH_PIXELS = 1240  # sharp on a phone, readable on a large screen
_MAX_PIXELS = 4_000_000
_HYPHENS = {0x02: "-", 0xFFFE: "-", 0: " "}
_OCR_TIME_S = 10.0

Point = tuple[float, float]


def main() -> int:
    """Serve one request."""
    request = accept_request()
    wanted = request.fields["render"]
    request.answers.write(_answer(request.source, int(wanted["page"]), str(wanted["quote"])))
    return 0


def _answer(source: SourceFile, number: int, quote: str) -> bytes:
    try:
        fields, png = render(source, number, quote)
    except DocumentRefused as refusal:
        return _refused(str(refusal), large=isinstance(refusal, DocumentTooLarge))
    except MemoryError:
        return _refused(f"page {number} of {source.name} needs too much memory to be shown.")
    except Exception as error:  # noqa: BLE001 - a library met bytes its authors did not foresee
        return _refused(f"page {number} of {source.name} cannot be shown ({type(error).__name__}).")
    return json.dumps(fields | {"bytes": len(png)}).encode() + b"\n" + png


def _refused(sentence: str, *, large: bool = False) -> bytes:
    return json.dumps({"refused": sentence, "large": large}).encode() + b"\n"


def render(source: SourceFile, number: int, quote: str) -> tuple[dict[str, Any], bytes]:
    """Return the page with the quote, or the next page if the quote runs over, as fields of the answer and a PNG."""
    draw = _render_pdf if formats.PDF.has_signature(source.data) else _render_image
    return draw(source, number, quote)


def _render_pdf(source: SourceFile, number: int, quote: str) -> tuple[dict[str, Any], bytes]:
    from knowledge.parsing.pdf_reader import open_pdf

    document = open_pdf(source)
    if not 1 <= number <= len(document):
        raise DocumentDamaged(f"{source.name} has no page {number}.")
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
    image = page.render(scale=scale, may_draw_forms=False).to_pil().convert("RGB")
    boxes = _character_boxes(page, match, image.width, image.height) if match else ()
    if match is not None and match.share < MIN_MATCH_SHARE:
        boxes = _ocr_boxes(image, quote)
    return _answer_fields(at, image, boxes), _encode_png(image)


def _scale(source: SourceFile, width: float, height: float) -> float:
    if not (math.isfinite(width * height) and width > 0 and height > 0):
        raise DocumentDamaged(f"a page of {source.name} has no size.")
    return float(min(_WIDTH_PIXELS / width, math.sqrt(_MAX_PIXELS / (width * height))))


def _page_characters(page: Any) -> str:
    """Return one character for each of pdfium's, so that indices are the same."""
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
                raw.FPDFText_GetCharBox(text.raw, index, *ink)  # of the ink: a descender may hang below the line
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
    """Return the box between two corners of the page in shares of the rendered image."""
    import pypdfium2.raw as raw

    placed = []
    for across, up in (one, other):
        x, y = ctypes.c_int(), ctypes.c_int()
        raw.FPDF_PageToDevice(page.raw, 0, 0, *size, 0, across, up, x, y)
        placed.append((x.value / size[0], y.value / size[1]))
    (left, top), (right, bottom) = placed
    return Box(min(left, right), min(top, bottom), max(left, right), max(top, bottom))


def _ocr_boxes(image: Any, quote: str) -> tuple[Box, ...]:
    """Return the boxes of a quote on a page without text, found by OCR; none if it is not found."""
    if not ocr.is_available():
        return ()
    grey = image.convert("L")
    try:
        words = ocr.recognise_words(grey.width, grey.height, grey.tobytes(), _OCR_TIME_S)
    except (TimeoutError, OSError):
        return ()
    word_of_character = [index for index, word in enumerate(words) for _ in word.text]
    match = find_quote(fold_text("".join(word.text for word in words)), quote)
    touched = {word_of_character[at]: None for start, end in match.spans for at in range(start, end)}
    return merge_boxes_by_line([words[index].box for index in touched])


def _render_image(source: SourceFile, number: int, quote: str) -> tuple[dict[str, Any], bytes]:
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = None  # our own limit is checked below, before pixels are unpacked
    with Image.open(io.BytesIO(source.data), formats=formats.PILLOW_FORMATS) as original:
        original.seek(number - 1)
        if original.width * original.height > source.limits.pixels:
            raise DocumentTooLarge(f"{source.name} has too many pixels to be shown; upload a smaller image.")
        upright = ImageOps.exif_transpose(original).convert("RGBA")
    upright.thumbnail((_WIDTH_PIXELS, _MAX_PIXELS // _WIDTH_PIXELS))
    background = Image.new("RGBA", upright.size, "white")
    image = Image.alpha_composite(background, upright).convert("RGB")
    return _answer_fields(number, image, _ocr_boxes(image, quote) if quote else ()), _encode_png(image)


def _answer_fields(page: int, image: Any, boxes: Sequence[Box]) -> dict[str, Any]:
    placed = [[round(edge, 5) for edge in (box.left, box.top, box.right, box.bottom)] for box in boxes]
    return {"page": page, "width": image.width, "height": image.height, "boxes": placed}


def _encode_png(image: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG", compress_level=6)
    return buffer.getvalue()


if __name__ == "__main__":
    sys.exit(main())
