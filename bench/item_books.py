"""The books that the judge of questions is fitted and measured on, read as the product reads them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from knowledge.chunking import chunk_document
from knowledge.documents import Passage
from knowledge.parsing.sandbox import parse
from tutor.assessment.course_text import read_course_text
from tutor.assessment.item_generation import candidate_items
from tutor.assessment.item_judge.features import Features, JudgedCourse, item_features
from tutor.assessment.items import Item


@dataclass(frozen=True, slots=True)
class BookItem:
    """A candidate of a book with its features; `document` is the name of its chapter's file.

    `section_features` are those of the same question in a small course: the section that it comes from, alone.
    """

    book: str
    document: str
    item: Item
    features: Features
    section_features: Features

    @property
    def fingerprint(self) -> str:
        """The same for the same question wherever the book is read; it contains nothing of the text."""
        item = self.item
        words = "\x1f".join((self.book, item.kind.value, item.prompt, *item.keys, *sorted(item.options)))
        return hashlib.sha256(words.encode()).hexdigest()[:16]


def read_book(folder: Path) -> list[Passage]:
    """Return the passages of all chapters; a chapter is a document, named by its file."""
    chapters = sorted(folder.rglob("*.md"))
    return [
        one for path in chapters for one in chunk_document(parse(path.name, path.read_bytes()), path.stem, folder.name)
    ]


def book_items(folder: Path) -> Iterator[BookItem]:
    """Yield every candidate of a book, before the judge."""
    passages = read_book(folder)
    text = read_course_text(passages)
    course = JudgedCourse.read(text)
    sections: dict[tuple[str, ...], list[Passage]] = {}
    for passage in passages:
        sections.setdefault(_section(passage), []).append(passage)
    small = {place: JudgedCourse.read(read_course_text(some)) for place, some in sections.items()}
    places = {passage.id: _section(passage) for passage in passages}
    for item in candidate_items(text):
        assert item.source is not None
        alone = small[places[item.source.passage_id]]
        document = text.document_ids[item.source.passage_id]
        yield BookItem(folder.name, document, item, item_features(item, course), item_features(item, alone))


def _section(passage: Passage) -> tuple[str, ...]:
    return (passage.document_id, *passage.heading[:2])
