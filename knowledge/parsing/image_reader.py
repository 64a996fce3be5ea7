"""Images: photos and scans of pages, read by OCR."""

from __future__ import annotations

import io
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

from knowledge.documents import Block, Locator, LocatorKind, ParsedDocument
from knowledge.errors import DocumentDamaged, DocumentTooLarge
from knowledge.parsing.formats import PILLOW_FORMATS
from knowledge.parsing.scan_ocr import ScanReader
from knowledge.parsing.source_file import SourceFile

MAX_SIDE = 4_000  # pixels; more do not help OCR


def read(source: SourceFile) -> ParsedDocument:
    """Read each page of the image (a TIFF may have several)."""
    warnings.simplefilter("ignore")  # Pillow's warnings about size; our limit is an error
    try:
        with Image.open(io.BytesIO(source.data), formats=PILLOW_FORMATS) as image:
            return _read_pages(source, image)
    except (UnidentifiedImageError, OSError, SyntaxError) as error:  # raised for a broken file
        raise DocumentDamaged(f"{source.name} is not a complete image; save it as PNG and upload that.") from error
    except Image.DecompressionBombError as error:
        raise _too_large(source) from error


def _read_pages(source: SourceFile, image: Image.Image) -> ParsedDocument:
    count = getattr(image, "n_frames", 1) if image.format == "TIFF" else 1
    source.check_page_count(count, "pages")
    scans, blocks = ScanReader(source.limits), []
    for number in range(1, count + 1):
        image.seek(number - 1)
        grey = to_upright_grayscale(source, image)
        locator = Locator(LocatorKind.PAGE, number, f"page {number}")
        blocks += [Block(text, locator) for text in scans.read_image(grey.width, grey.height, grey.tobytes(), number)]
        source.report(number, count)
    return ParsedDocument(source.stem, source.media_type, tuple(blocks), count, tuple(scans.notes()))


def to_upright_grayscale(source: SourceFile, image: Image.Image) -> Image.Image:
    """Return the current page upright, in grey on white, at most MAX_SIDE on each side; raises DocumentTooLarge."""
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
    return DocumentTooLarge(f"{source.name} has more than {millions} million pixels; make the image smaller.")
