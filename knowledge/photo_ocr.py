"""Photographs: a picture of somebody's work, read as lines of text by OCR.

The picture is opened in a limited child process (`parsing/transcribing.py`), never in this one, and nothing of it is
kept. Who may send one, and what becomes of the text, is known elsewhere.
"""

from __future__ import annotations

import json
from dataclasses import replace
from enum import StrEnum

from knowledge.errors import DocumentDamaged, DocumentEmpty, DocumentTooLarge, OcrMissing
from knowledge.parsing import child_process, ocr, worker_protocol
from knowledge.parsing.limits import MEGABYTE, ParseLimits

LIMITS = replace(ParseLimits(), file_bytes=12 * MEGABYTE, cpu_s=30, wall_s=40.0)
_WORKER_MODULE = "knowledge.parsing.ocr_worker"
_MAX_ANSWER_BYTES = MEGABYTE
_IMAGE_MAGIC = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"BM", b"II*\x00", b"MM\x00*")
_HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif")


class PhotoKind(StrEnum):
    """What the first bytes of an upload say it is."""

    IMAGE = "picture"
    HEIC = "heic"  # what phones keep photographs as, and Pillow does not open
    OTHER = "other"


def detect_photo_kind(data: bytes) -> PhotoKind:
    """Say what the bytes are, whatever their name is."""
    if data[4:8] == b"ftyp" and data[8:12] in _HEIC_BRANDS:
        return PhotoKind.HEIC
    webp = data.startswith(b"RIFF") and data[8:12] == b"WEBP"
    return PhotoKind.IMAGE if webp or data.startswith(_IMAGE_MAGIC) else PhotoKind.OTHER


def transcribe_photo(data: bytes, limits: ParseLimits = LIMITS) -> tuple[str, ...]:
    """Return the lines of text in a picture.

    Raises OcrMissing; DocumentTooLarge for too many pixels, TimeoutError for one that takes too long, DocumentEmpty
    where nothing can be read, DocumentDamaged.
    """
    if not ocr.is_available():
        raise OcrMissing("this machine has no OCR: install tesseract")
    request = worker_protocol.encode_request("picture", limits, len(data))
    answer, status = child_process.run_worker(_WORKER_MODULE, request, data, limits.wall_s, _MAX_ANSWER_BYTES)
    if status != 0:
        raise TimeoutError("the picture took too much time or memory")
    return _decode_answer(answer)


def _decode_answer(answer: bytes) -> tuple[str, ...]:
    try:
        fields = json.loads(answer)
        refused, lines = fields.get("refused"), [str(line) for line in fields.get("lines", ())]
    except (ValueError, AttributeError, TypeError) as error:
        raise DocumentDamaged("the picture cannot be read") from error
    match refused:
        case None if lines:
            return tuple(lines)
        case None:
            raise DocumentEmpty("there is no text in the picture that can be read")
        case "pixels":
            raise DocumentTooLarge("the picture has too many pixels")
        case "slow":
            raise TimeoutError("the picture took too much time or memory")
    raise DocumentDamaged("the picture is damaged")
