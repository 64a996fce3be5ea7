"""Pictures: photographs and scans of pages, read by OCR."""

from __future__ import annotations

import io
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

from knowledge.documents import Block, Locator, LocatorKind, ParsedDocument
from knowledge.errors import DocumentDamaged, DocumentTooLarge
from knowledge.parsing.scan_ocr import ScanReader
from knowledge.parsing.source_file import SourceFile

PILLOW_FORMATS = ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP")
MAX_SIDE = 4_000  # more dots do not help recognition


def read(source: SourceFile) -> ParsedDocument:
    """Read each page of the picture (a TIFF may have several)."""
    warnings.simplefilter("ignore")  # Pillow's own warnings about size; ours is an error
    try:
        with Image.open(io.BytesIO(source.data), formats=PILLOW_FORMATS) as image:
            return _read_pages(source, image)
    except (UnidentifiedImageError, OSError, SyntaxError) as error:  # Pillow's words for a broken file
        raise DocumentDamaged(f"{source.name} is not a whole picture; save it as PNG and upload that.") from error
    except Image.DecompressionBombError as error:
        raise _too_large(source) from error


def _read_pages(source: SourceFile, image: Image.Image) -> ParsedDocument:
    media_type = Image.MIME.get(image.format or "", "image/*")
    count = getattr(image, "n_frames", 1) if image.format == "TIFF" else 1
    source.check_page_count(count, "pages")
    scans, blocks = ScanReader(source.limits), []
    for number in range(1, count + 1):
        image.seek(number - 1)
        grey = to_upright_grayscale(source, image)
        locator = Locator(LocatorKind.PAGE, number, f"page {number}")
        blocks += [Block(text, locator) for text in scans.read_image(grey.width, grey.height, grey.tobytes(), number)]
        source.report(number, count)
    return ParsedDocument(source.stem, media_type, tuple(blocks), count, tuple(scans.notes()))


def to_upright_grayscale(source: SourceFile, image: Image.Image) -> Image.Image:
    """The present page upright, in grey on white, not larger than recognition can use."""
    if image.width * image.height > source.limits.pixels:
        raise _too_large(source)
    upright = ImageOps.exif_transpose(image)
    if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
        layer = upright.convert("RGBA")
        upright = Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer)
    grey = upright.convert("L")
    grey.thumbnail((MAX_SIDE, MAX_SIDE))
    return grey


def _too_large(source: SourceFile) -> DocumentTooLarge:
    millions = source.limits.pixels // 1_000_000
    return DocumentTooLarge(f"{source.name} has more than {millions} million pixels; make the picture smaller.")
