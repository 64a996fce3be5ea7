"""What every format reader is given: the file, its limits, a way to report progress, and a count of its sections."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from knowledge.documents import Locator, LocatorKind
from knowledge.errors import DocumentTooLarge

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class ParseLimits:
    """What reading one file may cost. Over any of them the file is refused, never cut silently."""

    file_bytes: int = 64 * MEGABYTE
    memory_bytes: int = 1536 * MEGABYTE  # address space of the child
    cpu_s: int = 600
    wall_s: float = 900.0
    stall_s: float = 30.0  # longest silence of the child: one page, one slide, one paragraph
    pages: int = 3_000  # pages, slides, cells, images
    characters: int = 8_000_000
    blocks: int = 200_000
    archive_entries: int = 5_000
    archive_bytes: int = 512 * MEGABYTE  # unpacked, as declared
    archive_ratio: int = 200  # unpacked to packed, of an entry over 1 MB
    pixels: int = 40_000_000
    ocr_pages: int = 300
    ocr_s: float = 480.0  # for all pages of a file together


def _ignore_progress(done: int, total: int) -> None:
    """Report to nobody."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file to read. `report(done, total)` says how many pages (or paragraphs, cells ...) are read."""

    name: str
    data: bytes
    limits: ParseLimits = field(default_factory=ParseLimits)
    report: Callable[[int, int], None] = _ignore_progress

    @property
    def stem(self) -> str:
        return PurePosixPath(self.name).stem or self.name

    @property
    def suffix(self) -> str:
        return PurePosixPath(self.name).suffix.lower()

    def check_page_count(self, count: int, noun: str) -> None:
        """Raise DocumentTooLarge when the document has more pages, slides or cells than one file may have."""
        if count > self.limits.pages:
            most = f"at most {self.limits.pages:,} are read"
            raise DocumentTooLarge(f"{self.name} has {count:,} {noun}, {most}; split it into smaller files.")


def safe_display_name(name: str) -> str:
    """Return a file name that is safe in a message: its last part, no control characters, at most 80 characters."""
    last = re.split(r"[\\/]", name)[-1]
    clean = "".join(c for c in last if c.isprintable()).strip()
    return clean if len(clean) <= 80 else f"{clean[:60]}…{clean[-19:]}"


@dataclass(slots=True)
class SectionTracker:
    """The headings above the present place, for formats without pages."""

    _open: list[tuple[int, str]] = field(default_factory=list)
    _count: int = 0
    _paragraphs: int = 0

    def enter(self, level: int, title: str) -> None:
        """Begin a section; it closes all open ones of its level or deeper."""
        while self._open and self._open[-1][0] >= level:
            self._open.pop()
        self._open.append((level, title))
        self._count += 1

    @property
    def heading_path(self) -> tuple[str, ...]:
        return tuple(title for _, title in self._open)

    def next_locator(self) -> Locator:
        """Return the locator of the next block; outside all sections its paragraphs are counted."""
        self._paragraphs += 1
        label = f"section {self._open[-1][1]}" if self._open else f"paragraph {self._paragraphs}"
        return Locator(LocatorKind.SECTION, max(1, self._count), label)
