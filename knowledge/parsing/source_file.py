"""The uploaded file as a format reader gets it: bytes, name, limits and a way to report progress."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from knowledge.errors import DocumentTooLarge
from knowledge.parsing.limits import ParseLimits


def _ignore_progress(done: int, total: int) -> None:
    pass


@dataclass(frozen=True, slots=True)
class SourceFile:
    """An uploaded file. `report(done, total)` is called as units (pages, paragraphs, cells ...) are read."""

    name: str
    data: bytes
    limits: ParseLimits = field(default_factory=ParseLimits)
    report: Callable[[int, int], None] = _ignore_progress
    media_type: str = ""  # of the format that its bytes are in

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
