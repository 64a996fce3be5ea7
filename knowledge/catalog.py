"""The protocol for storing documents and passages, and an implementation in memory for tests and benchmarks.

The catalogue is the source of truth, the search index only a cache of it. The product stores it in the database
(`tutor.store.document_catalog.SqlCatalog`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from knowledge.documents import Document, Passage
from knowledge.errors import DocumentNotFound


class Catalog(Protocol):
    """The documents and passages of all courses."""

    def add(self, document: Document, passages: Sequence[Passage]) -> None:
        """Store a document and its passages atomically."""
        ...

    def remove(self, document_id: str) -> None:
        """Delete a document and its passages; raises DocumentNotFound."""
        ...

    def documents(self, course_id: str) -> list[Document]:
        """Return the documents of a course in the order in which they were added."""
        ...

    def document(self, document_id: str) -> Document:
        """Return a document; raises DocumentNotFound."""
        ...

    def passages(self, course_id: str) -> list[Passage]:
        """Return the passages of a course by document (in the order of adding) and ordinal."""
        ...

    def passage(self, passage_id: str) -> Passage:
        """Return a passage; raises DocumentNotFound."""
        ...

    def generation(self, course_id: str) -> int:
        """Return a number that grows with every change to a course."""
        ...


@dataclass(slots=True)
class MemoryCatalog:
    """A catalogue in memory."""

    _documents: dict[str, Document] = field(default_factory=dict)
    _passages: dict[str, list[Passage]] = field(default_factory=dict)
    _generations: dict[str, int] = field(default_factory=dict)

    def add(self, document: Document, passages: Sequence[Passage]) -> None:
        self._documents[document.id] = document
        self._passages[document.id] = list(passages)
        self._touch(document.course_id)

    def remove(self, document_id: str) -> None:
        document = self.document(document_id)
        del self._documents[document_id], self._passages[document_id]
        self._touch(document.course_id)

    def documents(self, course_id: str) -> list[Document]:
        return [d for d in self._documents.values() if d.course_id == course_id]

    def document(self, document_id: str) -> Document:
        try:
            return self._documents[document_id]
        except KeyError:
            raise DocumentNotFound(f"there is no document {document_id}") from None

    def passages(self, course_id: str) -> list[Passage]:
        return [p for d in self.documents(course_id) for p in self._passages[d.id]]

    def passage(self, passage_id: str) -> Passage:
        for passages in self._passages.values():
            for passage in passages:
                if passage.id == passage_id:
                    return passage
        raise DocumentNotFound(f"there is no passage {passage_id}")

    def generation(self, course_id: str) -> int:
        return self._generations.get(course_id, 0)

    def _touch(self, course_id: str) -> None:
        self._generations[course_id] = self.generation(course_id) + 1
