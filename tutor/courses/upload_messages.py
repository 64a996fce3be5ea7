"""What an instructor reads when an upload has ended: finished, already there, refused or abandoned."""

from __future__ import annotations

from knowledge.documents import Document
from knowledge.errors import DocumentRefused
from knowledge.languages import language as language_of
from tutor.locales import find_message, t


def upload_finished(language: str, document: Document, *, replaced: bool) -> str:
    """Return how much was read, whether it replaced an earlier version, and the reader's notes."""
    sentences = [t(language, "upload_finished", name=document.name, pages=document.pages, passages=document.passages)]
    if replaced:
        sentences.append(t(language, "upload_replaced"))
    if document.notes:
        sentences.append(" ".join(document.notes))
    return language_of(language).sentence_space.join(sentences)


def upload_duplicate(language: str, name: str, other: str) -> str:
    """Return that the course has these bytes already, under the name `other`."""
    if name == other:
        return t(language, "upload_duplicate", name=name)
    return t(language, "upload_duplicate_as", name=name, other=other)


def upload_refused(language: str, name: str, refusal: DocumentRefused) -> str:
    """Return why a file could not be read."""
    reason = find_message(language, f"error_{type(refusal).__name__}")
    return t(language, "upload_refused", name=name, reason=reason) if reason else str(refusal)


def upload_incomplete(language: str, name: str) -> str:
    return t(language, "upload_incomplete", name=name)


def upload_abandoned(language: str, name: str) -> str:
    return t(language, "upload_abandoned", name=name)
