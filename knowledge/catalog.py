"""The seam to the rows that are the truth of the library; the index beside them is only a cache.

`MemoryCatalog` is the trivial twin (benchmarks, tests); `tutor.store.document_catalog.SqlCatalog` keeps them
in the database.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from knowledge.documents import Document, Passage
from knowledge.errors import DocumentNotFound


class Catalog(Protocol):
    """Documents and passages of all courses. `generation` grows with every change to a course."""

    def add(self, document: Document, passages: Sequence[Passage]) -> None:
        """Store a document and its passages at once, or nothing."""
        ...

    def remove(self, document_id: str) -> None:
        """Delete a document and its passages; raises DocumentNotFound."""
        ...

    def documents(self, course_id: str) -> list[Document]: ...

    def document(self, document_id: str) -> Document:
        """Raises DocumentNotFound."""
        ...

    def passages(self, course_id: str) -> list[Passage]:
        """All passages of a course by document (in order of adding) and ordinal."""
        ...

    def passage(self, passage_id: str) -> Passage:
        """Raises DocumentNotFound."""
        ...

    def generation(self, course_id: str) -> int: ...


@dataclass(slots=True)
class MemoryCatalog:
    """A catalogue that forgets when the process ends."""

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
