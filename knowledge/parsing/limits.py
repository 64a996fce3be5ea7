"""Limits on what reading one uploaded file may cost."""

from __future__ import annotations

from dataclasses import dataclass

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class ParseLimits:
    """Limits for one file. A file over any of them is refused, never truncated silently."""

    file_bytes: int = 64 * MEGABYTE
    memory_bytes: int = 1536 * MEGABYTE  # address space of the worker
    cpu_s: int = 600
    wall_s: float = 900.0
    stall_s: float = 30.0  # without a message from the worker: one page, one slide, one paragraph
    pages: int = 3_000  # pages, slides, cells, images
    characters: int = 8_000_000
    blocks: int = 200_000
    archive_entries: int = 5_000
    archive_bytes: int = 512 * MEGABYTE  # unpacked, as declared
    archive_ratio: int = 200  # unpacked to packed, of an entry over 1 MB
    pixels: int = 40_000_000
    ocr_pages: int = 300
    ocr_s: float = 480.0  # for all pages of a file together
