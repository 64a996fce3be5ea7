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
from knowledge.parsing.source_file import MEGABYTE, Limits

LIMITS = replace(Limits(), file_bytes=12 * MEGABYTE, cpu_s=30, wall_s=40.0)
_CHILD = "knowledge.parsing.ocr_worker"
_MOST_ANSWER = MEGABYTE
_PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"BM", b"II*\x00", b"MM\x00*")
_HEIC = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif")


class Kind(StrEnum):
    """What the first bytes of an upload say it is."""

    PICTURE = "picture"
    HEIC = "heic"  # what phones keep photographs as, and Pillow does not open
    OTHER = "other"


def kind_of(data: bytes) -> Kind:
    """Say what the bytes are, whatever their name is."""
    if data[4:8] == b"ftyp" and data[8:12] in _HEIC:
        return Kind.HEIC
    webp = data.startswith(b"RIFF") and data[8:12] == b"WEBP"
    return Kind.PICTURE if webp or data.startswith(_PICTURES) else Kind.OTHER


def transcribe(data: bytes, limits: Limits = LIMITS) -> tuple[str, ...]:
    """Return the lines of text in a picture.

    Raises OcrMissing; DocumentTooLarge for too many pixels, TimeoutError for one that takes too long, DocumentEmpty
    where nothing can be read, DocumentDamaged.
    """
    if not ocr.available():
        raise OcrMissing("this machine has no OCR: install tesseract")
    request = worker_protocol.request("picture", limits, len(data))
    answer, status = child_process.converse(_CHILD, request, data, limits.wall_s, _MOST_ANSWER)
    if status != 0:
        raise TimeoutError("the picture took too much time or memory")
    return _understood(answer)


def _understood(answer: bytes) -> tuple[str, ...]:
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
