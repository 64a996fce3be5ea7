"""Shows a cited place: the printed page with the quote marked, or the slide, cell, row or second of the recording.

Only the learner whose answer cites a place may open it. Files are opened in a limited child process; its results are
cached up to a number of bytes, so that a page that a whole class opens is rendered once.
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
from tutor.platform.bounded_queue import BoundedQueue, QueueFull

CACHE_BYTES = 32 * 2**20
EXCERPT_BYTES = 4_000  # what a view without a picture counts in the cache
MAX_CONCURRENT = 2  # child processes at the same time
MAX_QUEUED = 8  # requests that wait for one
BUSY_MESSAGE = "many pages are being opened just now; try again in a moment"
MAX_PAGE_QUOTE_CHARS = 200
_PARSE_LIMITS = replace(ParseLimits(), cpu_s=15, wall_s=20.0, ocr_pages=0)
_EXCERPT_PLACES = (LocatorKind.SLIDE, LocatorKind.CELL, LocatorKind.ROW, LocatorKind.SECOND)

SourceView = PageImage | Excerpt
CacheKey = tuple[str, str, str]  # SHA-256 of the file, passage, quote


class SourceViewUnavailable(NotFound):
    """The place cannot be rendered; the text of its passage still can be shown."""


@dataclass(slots=True)
class SourceViewCache:
    """The views rendered last, least recently used first out. Refusals are cached too: they cost as much to find."""

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
    """Opens the places that answers cite."""

    conversations: Conversations
    originals: BlobStore
    cache: SourceViewCache = field(default_factory=SourceViewCache)
    _queue: BoundedQueue = field(default_factory=lambda: BoundedQueue(MAX_CONCURRENT, MAX_QUEUED))

    def get_citation(self, actor: Person, conversation_id: str, turn_id: str, number: str) -> Citation:
        """Return a citation of one of this person's own turns; raises NotFound for any other."""
        for turn in self.conversations.list_turns(actor, conversation_id):
            for citation in turn.citations if turn.id == turn_id else ():
                if str(citation.number) == number:
                    return citation
        raise NotFound("there is no such citation")

    def open_view(self, document: Document, passage: Passage, quote: str) -> SourceView | None:
        """Return the place as it looks in its file; None for a document that has only text.

        Raises SourceViewUnavailable with the reason.
        """
        if passage.locator.kind not in (LocatorKind.PAGE, *_EXCERPT_PLACES):
            return None
        key = (document.sha256, passage.id, quote)
        view = self.cache.get(key) or self._open_queued(key, document, passage, quote)
        if isinstance(view, str):
            raise SourceViewUnavailable(view)
        return view

    def render_page(self, document: Document, passage: Passage) -> bytes | None:
        """Return the printed page of a passage as a PNG; None where it has none or it cannot be rendered now."""
        try:
            view = self.open_view(document, passage, passage.text[:MAX_PAGE_QUOTE_CHARS])
        except SourceViewUnavailable:
            return None
        return view.png if isinstance(view, PageImage) else None

    def _open_queued(self, key: CacheKey, document: Document, passage: Passage, quote: str) -> SourceView | str:
        """Open a place as soon as a child process is free, unless another request opened it meanwhile."""
        try:
            with self._queue.slot():
                view = self.cache.get(key) or self._open(document, passage, quote)
                self.cache.put(key, view)
                return view
        except QueueFull:
            return BUSY_MESSAGE

    def _open(self, document: Document, passage: Passage, quote: str) -> SourceView | str:
        """Return the view, or the sentence that says why there is none."""
        try:
            data = self.originals.read(document.sha256, document.name)
            if passage.locator.kind is LocatorKind.PAGE:
                return render_page(document.name, data, passage.locator.number, quote)
            excerpt = find_excerpt(parse(document.name, data, _PARSE_LIMITS), passage, quote)
        except (LibraryError, OriginalMissing) as error:
            return str(error)
        return excerpt or f"{document.name} is read differently now; this is its text at the time of the answer"


def _size(view: SourceView | str) -> int:
    return len(view.png) if isinstance(view, PageImage) else EXCERPT_BYTES
