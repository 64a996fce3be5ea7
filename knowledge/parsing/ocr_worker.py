"""The worker process that reads a photo of written work: `python -m knowledge.parsing.ocr_worker`.

It is confined, reads the request and the photo from stdin, and answers with one line of JSON: the lines of text, or the
kind of refusal. It never passes on a library's message, which may quote the photo.
"""

from __future__ import annotations

import io
import json
import sys
import warnings

from PIL import Image, ImageChops, ImageFilter, ImageOps, ImageStat

from knowledge.errors import DocumentTooLarge
from knowledge.parsing import ocr
from knowledge.parsing.confinement import accept_request
from knowledge.parsing.formats import PILLOW_FORMATS
from knowledge.parsing.image_reader import to_upright_grayscale
from knowledge.parsing.source_file import SourceFile

_DARK_MEAN = 110  # mean grey below which a photo shows light writing on a dark ground
_TILE = 8  # pixels: side of the squares in which the lighting is measured


def main() -> int:
    """Serve one request."""
    request = accept_request()
    request.answers.write(json.dumps(_answer(request.source)).encode() + b"\n")
    return 0


def _answer(source: SourceFile) -> dict[str, object]:
    try:
        return {"lines": recognise_photo(source)}
    except (DocumentTooLarge, Image.DecompressionBombError):
        return {"refused": "pixels"}
    except (TimeoutError, MemoryError):
        return {"refused": "slow"}
    except Exception:  # noqa: BLE001 - a library met bytes its authors did not foresee
        return {"refused": "damaged"}


def recognise_photo(source: SourceFile) -> list[str]:
    """Return the lines of text in the photo, top to bottom; none if nothing can be read."""
    warnings.simplefilter("ignore")  # Pillow's warnings about size; our limit is an error
    with Image.open(io.BytesIO(source.data), formats=PILLOW_FORMATS) as image:
        grey = flatten_illumination(to_upright_grayscale(source, image))
    return ocr.recognise_lines(grey.width, grey.height, grey.tobytes())


def flatten_illumination(grey: Image.Image) -> Image.Image:
    """Return dark writing on a white ground, with the shadows removed."""
    if ImageStat.Stat(grey).mean[0] < _DARK_MEAN:
        grey = ImageOps.invert(grey)
    small = grey.resize((max(1, grey.width // _TILE), max(1, grey.height // _TILE)), Image.Resampling.BOX)
    ground = small.filter(ImageFilter.MaxFilter(9)).filter(ImageFilter.GaussianBlur(6))
    lit = ground.resize(grey.size, Image.Resampling.BILINEAR)
    return ImageOps.autocontrast(ImageOps.invert(ImageChops.subtract(lit, grey)), cutoff=0.5)


if __name__ == "__main__":
    sys.exit(main())
