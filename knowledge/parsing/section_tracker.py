"""The current section while a document without pages is read, and the locator of its next block."""

from __future__ import annotations

from dataclasses import dataclass, field

from knowledge.documents import Locator, LocatorKind


@dataclass(slots=True)
class SectionTracker:
    """The open headings, outermost first, for formats without pages."""

    _open: list[tuple[int, str]] = field(default_factory=list)
    _count: int = 0
    _paragraphs: int = 0

    def enter(self, level: int, title: str) -> None:
        """Open a section and close all open ones of its level or deeper."""
        while self._open and self._open[-1][0] >= level:
            self._open.pop()
        self._open.append((level, title))
        self._count += 1

    @property
    def heading_path(self) -> tuple[str, ...]:
        return tuple(title for _, title in self._open)

    def next_locator(self) -> Locator:
        """Return the locator of the next block: its section, or outside all sections the number of its paragraph."""
        self._paragraphs += 1
        label = f"section {self._open[-1][1]}" if self._open else f"paragraph {self._paragraphs}"
        return Locator(LocatorKind.SECTION, max(1, self._count), label)
