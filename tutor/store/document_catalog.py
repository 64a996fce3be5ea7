"""The library's rows in the database: `knowledge.catalog.Catalog` over the tables documents and passages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from knowledge.documents import Document, Locator, LocatorKind, Passage
from knowledge.errors import DocumentNotFound
from tutor.platform.clock import from_iso, to_iso
from tutor.store.database import Database
from tutor.store.schema import documents, generations, passages


@dataclass(frozen=True, slots=True)
class SqlCatalog:
    """Documents and passages of all courses, each change in one transaction."""

    database: Database

    def add(self, document: Document, new_passages: Sequence[Passage]) -> None:
        with self.database.write_transaction() as connection:
            connection.execute(documents.insert().values(**_document_row(document)))
            if new_passages:
                connection.execute(passages.insert(), [_passage_row(passage) for passage in new_passages])
            _next_generation(connection, document.course_id)

    def remove(self, document_id: str) -> None:
        course_id = self.document(document_id).course_id
        with self.database.write_transaction() as connection:
            connection.execute(documents.delete().where(documents.c.id == document_id))
            _next_generation(connection, course_id)

    def documents(self, course_id: str) -> list[Document]:
        query = documents.select().where(documents.c.course_id == course_id)
        with self.database.read_connection() as connection:
            rows = connection.execute(query.order_by(documents.c.added_at, documents.c.id))
            return [_document(row) for row in rows]

    def document(self, document_id: str) -> Document:
        with self.database.read_connection() as connection:
            row = connection.execute(documents.select().where(documents.c.id == document_id)).first()
        if row is None:
            raise DocumentNotFound(f"there is no document {document_id}")
        return _document(row)

    def passages(self, course_id: str) -> list[Passage]:
        query = _with_course().where(documents.c.course_id == course_id)
        with self.database.read_connection() as connection:
            rows = connection.execute(query.order_by(documents.c.added_at, documents.c.id, passages.c.ordinal))
            return [_passage(row) for row in rows]

    def passage(self, passage_id: str) -> Passage:
        with self.database.read_connection() as connection:
            row = connection.execute(_with_course().where(passages.c.id == passage_id)).first()
        if row is None:
            raise DocumentNotFound(f"there is no passage {passage_id}")
        return _passage(row)

    def generation(self, course_id: str) -> int:
        query = sa.select(generations.c.generation).where(generations.c.course_id == course_id)
        with self.database.read_connection() as connection:
            return connection.scalar(query) or 0


def _with_course() -> sa.Select[Any]:
    return sa.select(passages, documents.c.course_id).join(documents, documents.c.id == passages.c.document_id)


def _next_generation(connection: sa.Connection, course_id: str) -> None:
    statement = insert(generations).values(course_id=course_id, generation=1)
    connection.execute(
        statement.on_conflict_do_update(index_elements=["course_id"], set_={"generation": generations.c.generation + 1})
    )


def _document_row(document: Document) -> dict[str, Any]:
    return {
        "id": document.id,
        "course_id": document.course_id,
        "name": document.name,
        "title": document.title,
        "sha256": document.sha256,
        "media_type": document.media_type,
        "pages": document.pages,
        "passages": document.passages,
        "notes": list(document.notes),
        "added_at": to_iso(document.added_at),
    }


def _document(row: sa.Row[Any]) -> Document:
    value = dict(row._mapping)
    return Document(**{**value, "notes": tuple(value["notes"]), "added_at": from_iso(value["added_at"])})


def _passage_row(passage: Passage) -> dict[str, Any]:
    return {
        "id": passage.id,
        "document_id": passage.document_id,
        "ordinal": passage.ordinal,
        "text": passage.text,
        "place": passage.locator.kind.value,
        "place_number": passage.locator.number,
        "place_label": passage.locator.label,
        "heading": list(passage.heading),
        "start": passage.start,
        "end": passage.end,
        "key_terms": list(passage.key_terms),
    }


def _passage(row: sa.Row[Any]) -> Passage:
    return Passage(
        id=row.id,
        document_id=row.document_id,
        course_id=row.course_id,
        ordinal=row.ordinal,
        text=row.text,
        locator=Locator(LocatorKind(row.place), row.place_number, row.place_label),
        heading=tuple(row.heading),
        start=row.start,
        end=row.end,
        key_terms=tuple(row.key_terms),
    )
