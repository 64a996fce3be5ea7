"""The child process that reads a picture of somebody's work: `python -m knowledge.parsing.ocr_worker`.

It is confined as the reader of documents is (`sandbox_worker.py`), reads a request and the picture from stdin,
and answers with
one line of JSON: the lines of text, or which refusal. It never quotes what a library said, since that may quote the
picture.
"""

from __future__ import annotations

import io
import json
import logging
import os
import sys
import warnings

from PIL import Image, ImageChops, ImageFilter, ImageOps, ImageStat

from knowledge.errors import DocumentTooLarge
from knowledge.parsing import ocr, worker_protocol
from knowledge.parsing.image_reader import PILLOW_FORMATS, to_upright_grayscale
from knowledge.parsing.sandbox_worker import confine_process
from knowledge.parsing.source_file import SourceFile

_DARK_MEAN = 110  # mean grey below which a picture is light writing on a dark ground
_TILE = 8  # the light of the page is looked at in squares of so many dots


def main() -> int:
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # what a library prints must not get between our lines
    name, limits, size = worker_protocol.decode_request(sys.stdin.buffer.readline())
    ocr.installed_languages()  # asked before programs are forbidden
    confine_process(limits)
    logging.disable()
    answers.write(json.dumps(_answer(SourceFile(name, sys.stdin.buffer.read(size), limits))).encode() + b"\n")
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
    """Return the lines of text in the picture, top to bottom; none where nothing can be read."""
    warnings.simplefilter("ignore")  # Pillow's own about size; ours is an error
    with Image.open(io.BytesIO(source.data), formats=PILLOW_FORMATS) as image:
        grey = flatten_illumination(to_upright_grayscale(source, image))
    return ocr.recognise_lines(grey.width, grey.height, grey.tobytes())


def flatten_illumination(grey: Image.Image) -> Image.Image:
    """Return dark writing on a white ground, with the shadows of a photograph taken away."""
    if ImageStat.Stat(grey).mean[0] < _DARK_MEAN:
        grey = ImageOps.invert(grey)
    small = grey.resize((max(1, grey.width // _TILE), max(1, grey.height // _TILE)), Image.Resampling.BOX)
    ground = small.filter(ImageFilter.MaxFilter(9)).filter(ImageFilter.GaussianBlur(6))
    lit = ground.resize(grey.size, Image.Resampling.BILINEAR)
    return ImageOps.autocontrast(ImageOps.invert(ImageChops.subtract(lit, grey)), cutoff=0.5)


if __name__ == "__main__":
    sys.exit(main())
