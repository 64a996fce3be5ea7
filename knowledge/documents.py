"""The data model of the library: parsed documents, stored passages, search results.

Pure values; character offsets count code points in the document's full text.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class LocatorKind(StrEnum):
    """The unit that a locator counts in."""

    PAGE = "page"
    SLIDE = "slide"
    SECTION = "section"
    CELL = "cell"
    SECOND = "second"
    ROW = "row"


@dataclass(frozen=True, slots=True)
class Locator:
    """A place in a document. `number` starts at 1 (seconds at 0); `label` is the text for people."""

    kind: LocatorKind
    number: int
    label: str  # "page iv", "slide 3", "section Light reactions", "00:12:40"


@dataclass(frozen=True, slots=True)
class Block:
    """A run of text from one place of a document, in reading order."""

    text: str
    locator: Locator
    heading: tuple[str, ...] = ()  # path of headings above it, outermost first
    key_terms: tuple[str, ...] = ()  # short pieces of its text that the author emphasised


@dataclass(frozen=True, slots=True)
class ParsedDocument:
    """The result of parsing a file. `notes` are sentences for the instructor ("Page 4 has no text.")."""

    title: str
    media_type: str
    blocks: tuple[Block, ...]
    pages: int  # pages, slides or cells; 1 for formats without them
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A document of a course. The same bytes in the same course are the same document."""

    id: str
    course_id: str
    name: str  # the file's name
    title: str
    sha256: str
    media_type: str
    pages: int
    passages: int
    notes: tuple[str, ...]
    added_at: datetime


@dataclass(frozen=True, slots=True)
class Passage:
    """A retrievable piece of a document: `text` is its characters start:end of the document's text."""

    id: str
    document_id: str
    course_id: str
    ordinal: int
    text: str
    locator: Locator
    heading: tuple[str, ...]
    start: int
    end: int
    key_terms: tuple[str, ...] = ()  # short pieces of its text that the author emphasised


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found, with its document; `score` in [0, 1] is comparable between queries."""

    passage: Passage
    document: Document
    score: float


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Hits, best first, and whether the course covers the query, with the confidence in [0, 1] that it does."""

    hits: tuple[Hit, ...]
    covered: bool
    confidence: float


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence of an answer and the words of a passage that support it; `hit_index` is into the hits given."""

    sentence_start: int  # code points into the answer
    sentence_end: int
    hit_index: int | None  # None if no passage supports the sentence
    text: str  # verbatim from the passage, "" without support
    score: float  # in [0, 1]


@dataclass(frozen=True, slots=True)
class IngestProgress:
    """Progress of adding a document: `done` of `total` units of a stage.

    Stages: reading, splitting, loading (of the embedder), embedding, indexing.
    """

    stage: str
    done: int
    total: int


ProgressCallback = Callable[[IngestProgress], None]
