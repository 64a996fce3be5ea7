"""The current section while a document without pages is read, and the locator of its next block."""

from __future__ import annotations

from dataclasses import dataclass, field

from knowledge.documents import Locator, LocatorKind
from knowledge.headings import is_structural_heading

HeadingStack = tuple[tuple[int, str], ...]  # level and title of the open headings, outermost first


@dataclass(slots=True)
class SectionTracker:
    """The open headings, outermost first, for formats without pages."""

    _open: list[tuple[int, str]] = field(default_factory=list)
    _count: int = 0
    _paragraphs: int = 0

    def enter(self, level: int, title: str) -> None:
        """Open a section and close all open ones of its level or deeper; a heading without text only closes."""
        while self._open and self._open[-1][0] >= level:
            self._open.pop()
        if title:
            self._open.append((level, title))
        self._count += 1

    @property
    def open_headings(self) -> HeadingStack:
        return tuple(self._open)

    def leave_to(self, outside: HeadingStack) -> None:
        """Make these headings the open ones again, after a part that had headings of its own."""
        if self.open_headings != outside:
            self._open = list(outside)
            self._count += 1

    @property
    def heading_path(self) -> tuple[str, ...]:
        return tuple(title for _, title in self._open)

    def next_locator(self) -> Locator:
        """Return the locator of the next block: its section, or outside all sections the number of its paragraph."""
        self._paragraphs += 1
        label = f"section {self._label()}" if self._open else f"paragraph {self._paragraphs}"
        return Locator(LocatorKind.SECTION, max(1, self._count), label)

    def _label(self) -> str:
        """Return the innermost heading, after the one above it where it names only a part of the book."""
        titles = self.heading_path
        shown = titles[-2:] if is_structural_heading(titles[-1]) else titles[-1:]
        return " › ".join(shown)
