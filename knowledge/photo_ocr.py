"""OCR of photos: a photo of written work as lines of text.

The photo is opened in a confined worker process (`parsing/ocr_worker.py`), never in this one, and is not stored.
"""

from __future__ import annotations

import json
from dataclasses import replace
from enum import StrEnum

from knowledge.errors import DocumentDamaged, DocumentEmpty, DocumentTooLarge, OcrMissing
from knowledge.parsing import child_process, formats, ocr, worker_protocol
from knowledge.parsing.limits import MEGABYTE, ParseLimits

LIMITS = replace(ParseLimits(), file_bytes=12 * MEGABYTE, cpu_s=30, wall_s=40.0)
_WORKER_MODULE = "knowledge.parsing.ocr_worker"
_MAX_ANSWER_BYTES = MEGABYTE


class PhotoKind(StrEnum):
    """What an upload is, by its first bytes."""

    IMAGE = "picture"
    HEIC = "heic"  # the format of phones, which Pillow does not open
    OTHER = "other"


def detect_photo_kind(data: bytes) -> PhotoKind:
    """Return what the bytes are, whatever the file's name."""
    if formats.is_heic(data):
        return PhotoKind.HEIC
    found = formats.format_of_signature(data)
    return PhotoKind.IMAGE if found is not None and found.pillow else PhotoKind.OTHER


def transcribe_photo(data: bytes, limits: ParseLimits = LIMITS) -> tuple[str, ...]:
    """Return the lines of text in a photo.

    Raises OcrMissing, DocumentTooLarge (too many pixels), TimeoutError, DocumentEmpty (no text), DocumentDamaged.
    """
    if not ocr.is_available():
        raise OcrMissing("OCR is not installed; install tesseract")
    request = worker_protocol.encode_request("photo", limits, len(data))
    answer, status = child_process.run_worker(_WORKER_MODULE, request, data, limits.wall_s, _MAX_ANSWER_BYTES)
    if status != 0:
        raise TimeoutError("reading the photo took too much time or memory")
    return _decode_answer(answer)


def _decode_answer(answer: bytes) -> tuple[str, ...]:
    try:
        fields = json.loads(answer)
        refused, lines = fields.get("refused"), [str(line) for line in fields.get("lines", ())]
    except (ValueError, AttributeError, TypeError) as error:
        raise DocumentDamaged("the photo cannot be read") from error
    match refused:
        case None if lines:
            return tuple(lines)
        case None:
            raise DocumentEmpty("the photo contains no text that can be read")
        case "pixels":
            raise DocumentTooLarge("the photo has too many pixels")
        case "slow":
            raise TimeoutError("reading the photo took too much time or memory")
    raise DocumentDamaged("the photo is damaged")
