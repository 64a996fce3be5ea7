"""A cited place opened: the printed page with the quote on it, or the slide, cell, row or second that it stands in.

Whose citation it is decides what may be seen; opening a file happens in a limited child process, and what came of it
is kept for a while, bounded by its bytes, so that a class that opens the same page draws it once.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field, replace

from knowledge.documents import Document, Passage, Place
from knowledge.errors import LibraryError
from knowledge.excerpts import Excerpt, excerpt
from knowledge.page_render import Picture, draw
from knowledge.parsing.sandbox import parse
from knowledge.parsing.source_file import Limits
from tutor.chat.conversations import Conversations
from tutor.courses.blob_store import Originals
from tutor.domain import Citation, Person
from tutor.errors import NotFound, OriginalMissing

KEPT_BYTES = 32 * 2**20
AT_ONCE = 2  # children that draw at the same time
WAITING = 8  # requests that wait for one of them; the next is told to come back, or every thread would wait
BUSY = "many pages are being drawn just now; open it again in a moment"
_READING = replace(Limits(), cpu_s=15, wall_s=20.0, ocr_pages=0)
_EXCERPTED = (Place.SLIDE, Place.CELL, Place.ROW, Place.SECOND)

Sight = Picture | Excerpt
Key = tuple[str, str, str]  # SHA-256 of the file, passage, quote


class NotShown(NotFound):
    """The place cannot be shown as it looks; the passage's text still can."""


@dataclass(slots=True)
class Kept:
    """What was drawn lately: the least recently opened goes first. A refusal is kept too, it costs as much to learn."""

    most_bytes: int = KEPT_BYTES
    _held: OrderedDict[Key, Sight | str] = field(default_factory=OrderedDict)
    _bytes: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, key: Key) -> Sight | str | None:
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
            return self._held.get(key)

    def put(self, key: Key, sight: Sight | str) -> None:
        with self._lock:
            self._bytes += _weight(sight) - (_weight(self._held.pop(key)) if key in self._held else 0)
            self._held[key] = sight
            while self._bytes > self.most_bytes and self._held:
                self._bytes -= _weight(self._held.popitem(last=False)[1])


@dataclass(frozen=True, slots=True)
class Sources:
    """Opens what an answer cites."""

    conversations: Conversations
    originals: Originals
    kept: Kept = field(default_factory=Kept)
    _room: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(AT_ONCE + WAITING))
    _places: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(AT_ONCE))

    def citation(self, who: Person, conversation_id: str, turn_id: str, number: str) -> Citation:
        """Return a citation of this person's own turn. Raises NotFound for every other."""
        for turn in self.conversations.turns(who, conversation_id):
            for citation in turn.citations if turn.id == turn_id else ():
                if str(citation.number) == number:
                    return citation
        raise NotFound("there is no such citation")

    def sight(self, document: Document, passage: Passage, quote: str) -> Sight | None:
        """Return how the place looks; None where a document has only its text. Raises NotShown with the reason."""
        if passage.locator.place not in (Place.PAGE, *_EXCERPTED):
            return None
        key = (document.sha256, passage.id, quote)
        sight = self.kept.get(key) or self._in_turn(key, document, passage, quote)
        if isinstance(sight, str):
            raise NotShown(sight)
        return sight

    def picture(self, document: Document, passage: Passage) -> bytes | None:
        """Return the printed page of a passage as a PNG; None where it has none, or it cannot be drawn just now."""
        try:
            sight = self.sight(document, passage, passage.text[:200])
        except NotShown:
            return None
        return sight.png if isinstance(sight, Picture) else None

    def _in_turn(self, key: Key, document: Document, passage: Passage, quote: str) -> Sight | str:
        """Open the place when one of the few children is free; what several wait for is not opened by each."""
        if not self._room.acquire(blocking=False):
            return BUSY
        try:
            with self._places:
                sight = self.kept.get(key) or self._opened(document, passage, quote)
                self.kept.put(key, sight)
                return sight
        finally:
            self._room.release()

    def _opened(self, document: Document, passage: Passage, quote: str) -> Sight | str:
        """Return the sight, or the sentence that says why there is none."""
        try:
            data = self.originals.read(document.sha256, document.name)
            if passage.locator.place is Place.PAGE:
                return draw(document.name, data, passage.locator.number, quote)
            found = excerpt(parse(document.name, data, _READING), passage, quote)
        except (LibraryError, OriginalMissing) as refusal:
            return str(refusal)
        return found or f"{document.name} is read differently now; its text is shown as it was"


def _weight(sight: Sight | str) -> int:
    return len(sight.png) if isinstance(sight, Picture) else 4_000
