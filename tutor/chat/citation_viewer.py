"""A cited place opened: the printed page with the quote on it, or the slide, cell, row or second that it stands in.

Whose citation it is decides what may be seen; opening a file happens in a limited child process, and what came of it
is kept for a while, bounded by its bytes, so that a class that opens the same page draws it once.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field, replace

from knowledge.documents import Document, LocatorKind, Passage
from knowledge.errors import LibraryError
from knowledge.excerpts import Excerpt, find_excerpt
from knowledge.page_render import PageImage, render_page
from knowledge.parsing.limits import ParseLimits
from knowledge.parsing.sandbox import parse
from tutor.chat.conversations import Conversations
from tutor.courses.blob_store import BlobStore
from tutor.domain import Citation, Person
from tutor.errors import NotFound, OriginalMissing

CACHE_BYTES = 32 * 2**20
MAX_CONCURRENT = 2  # children that draw at the same time
MAX_QUEUED = 8  # requests that wait for one of them; the next is told to come back, or every thread would wait
BUSY_MESSAGE = "many pages are being drawn just now; open it again in a moment"
_PARSE_LIMITS = replace(ParseLimits(), cpu_s=15, wall_s=20.0, ocr_pages=0)
_EXCERPT_PLACES = (LocatorKind.SLIDE, LocatorKind.CELL, LocatorKind.ROW, LocatorKind.SECOND)

SourceView = PageImage | Excerpt
CacheKey = tuple[str, str, str]  # SHA-256 of the file, passage, quote


class SourceViewUnavailable(NotFound):
    """The place cannot be shown as it looks; the passage's text still can."""


@dataclass(slots=True)
class SourceViewCache:
    """What was drawn lately: the least recently opened goes first. A refusal is kept too, it costs as much to learn."""

    max_bytes: int = CACHE_BYTES
    _entries: OrderedDict[CacheKey, SourceView | str] = field(default_factory=OrderedDict)
    _bytes: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, key: CacheKey) -> SourceView | str | None:
        with self._lock:
            if key in self._entries:
                self._entries.move_to_end(key)
            return self._entries.get(key)

    def put(self, key: CacheKey, view: SourceView | str) -> None:
        with self._lock:
            self._bytes += _size(view) - (_size(self._entries.pop(key)) if key in self._entries else 0)
            self._entries[key] = view
            while self._bytes > self.max_bytes and self._entries:
                self._bytes -= _size(self._entries.popitem(last=False)[1])


@dataclass(frozen=True, slots=True)
class CitationViewer:
    """Opens what an answer cites."""

    conversations: Conversations
    originals: BlobStore
    cache: SourceViewCache = field(default_factory=SourceViewCache)
    _queue: threading.BoundedSemaphore = field(
        default_factory=lambda: threading.BoundedSemaphore(MAX_CONCURRENT + MAX_QUEUED)
    )
    _running: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(MAX_CONCURRENT))

    def get_citation(self, actor: Person, conversation_id: str, turn_id: str, number: str) -> Citation:
        """Return a citation of this person's own turn. Raises NotFound for every other."""
        for turn in self.conversations.list_turns(actor, conversation_id):
            for citation in turn.citations if turn.id == turn_id else ():
                if str(citation.number) == number:
                    return citation
        raise NotFound("there is no such citation")

    def open_view(self, document: Document, passage: Passage, quote: str) -> SourceView | None:
        """Return how the place looks; None where a document has only its text. Raises NotShown with the reason."""
        if passage.locator.kind not in (LocatorKind.PAGE, *_EXCERPT_PLACES):
            return None
        key = (document.sha256, passage.id, quote)
        sight = self.cache.get(key) or self._open_queued(key, document, passage, quote)
        if isinstance(sight, str):
            raise SourceViewUnavailable(sight)
        return sight

    def render_page(self, document: Document, passage: Passage) -> bytes | None:
        """Return the printed page of a passage as a PNG; None where it has none, or it cannot be drawn just now."""
        try:
            sight = self.open_view(document, passage, passage.text[:200])
        except SourceViewUnavailable:
            return None
        return sight.png if isinstance(sight, PageImage) else None

    def _open_queued(self, key: CacheKey, document: Document, passage: Passage, quote: str) -> SourceView | str:
        """Open the place when one of the few children is free; what several wait for is not opened by each."""
        if not self._queue.acquire(blocking=False):
            return BUSY_MESSAGE
        try:
            with self._running:
                sight = self.cache.get(key) or self._open(document, passage, quote)
                self.cache.put(key, sight)
                return sight
        finally:
            self._queue.release()

    def _open(self, document: Document, passage: Passage, quote: str) -> SourceView | str:
        """Return the sight, or the sentence that says why there is none."""
        try:
            data = self.originals.read(document.sha256, document.name)
            if passage.locator.kind is LocatorKind.PAGE:
                return render_page(document.name, data, passage.locator.number, quote)
            found = find_excerpt(parse(document.name, data, _PARSE_LIMITS), passage, quote)
        except (LibraryError, OriginalMissing) as refusal:
            return str(refusal)
        return found or f"{document.name} is read differently now; its text is shown as it was"


def _size(sight: SourceView | str) -> int:
    return len(sight.png) if isinstance(sight, PageImage) else 4_000
