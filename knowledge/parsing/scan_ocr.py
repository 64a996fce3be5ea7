"""Scanned pages and images, read by OCR; pages that could not be read go into notes for the instructor."""

from __future__ import annotations

import time
from typing import Any

from knowledge.parsing import ocr
from knowledge.parsing.limits import ParseLimits

_DOTS_PER_POINT = 200 / 72
_MOST_PIXELS = 12_000_000


class ScanReader:
    """Reads the images of pages within the time limit, and collects notes about them."""

    def __init__(self, limits: ParseLimits) -> None:
        self._limits = limits
        self._spent_s = 0.0
        self._read: list[int] = []
        self._unread: dict[str, list[int]] = {}

    def read_page(self, page: Any, number: int) -> list[str]:
        """Return the paragraphs on a pdfium page without text."""
        if not ocr.is_available():
            return self._note_unread(
                number, "no text; install tesseract to read scanned pages, or upload a text version"
            )
        width, height = page.get_size()
        scale = min(_DOTS_PER_POINT, (_MOST_PIXELS / max(1.0, width * height)) ** 0.5)
        bitmap = page.render(scale=scale, grayscale=True, may_draw_forms=False)
        rows = memoryview(bitmap.buffer).cast("B")
        grey = b"".join(bytes(rows[y * bitmap.stride : y * bitmap.stride + bitmap.width]) for y in range(bitmap.height))
        return self.read_image(bitmap.width, bitmap.height, grey, number)

    def note_missing(self, number: int) -> None:
        """Note a page that the file lists but does not contain."""
        self._note_unread(number, "no content in the file")

    def note_hidden_text(self, number: int) -> None:
        """Note a page with invisible text, which was left out."""
        self._note_unread(number, "text that cannot be seen (tiny, or off the page), which was left out")

    def note_unseen_text(self, number: int) -> None:
        """Note a page with text that leaves no ink on it."""
        self._note_unread(
            number, "text that cannot be seen (in the colour of the page, or not drawn), which was left out"
        )

    def note_watermark(self, number: int) -> None:
        """Note a page with slanted text or large print across the lines."""
        self._note_unread(number, "slanted text or a watermark, which was left out")

    def read_image(self, width: int, height: int, grey: bytes, number: int) -> list[str]:
        """Return the paragraphs of an image; `grey` has one byte a pixel."""
        if not ocr.is_available():
            return self._note_unread(number, "no text; install tesseract to read pictures, or upload a text version")
        if len(self._read) >= self._limits.ocr_pages or self._spent_s > self._limits.ocr_s:
            return self._note_unread(number, "no text; the time for OCR of one file is over, so upload it in parts")
        started = time.monotonic()
        try:
            found = ocr.recognise_paragraphs(width, height, grey)
        except (TimeoutError, OSError) as error:
            return self._note_unread(number, f"no text ({error})")
        finally:
            self._spent_s += time.monotonic() - started
        if not found:
            return self._note_unread(number, "no text, not even by OCR")
        self._read.append(number)
        return found

    def _note_unread(self, number: int, why: str) -> list[str]:
        self._unread.setdefault(why, []).append(number)
        return []

    def notes(self) -> list[str]:
        """Return sentences for the instructor."""
        notes = [f"{_format_pages(numbers)} {_verb(numbers)} {why}." for why, numbers in self._unread.items()]
        if self._read:
            was = "was" if len(self._read) == 1 else "were"
            notes.append(f"{_format_pages(self._read)} {was} read by OCR, check the text.")
        return notes


def _verb(numbers: list[int]) -> str:
    return "has" if len(numbers) == 1 else "have"


def _format_pages(numbers: list[int]) -> str:
    """Return "Page 3" or "Pages 1, 4-9"."""
    ranges: list[list[int]] = []
    for number in numbers:
        if ranges and number == ranges[-1][1] + 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    listed = ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in ranges)
    return f"{'Page' if len(numbers) == 1 else 'Pages'} {listed}"
