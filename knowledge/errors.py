"""The errors of the document library; each message says in one or two sentences what to do.

LibraryError
├── DocumentRefused      the file cannot be read
│   ├── UnsupportedFormat    not in `parsing/formats.py` (by its bytes, not its name)
│   ├── DocumentLocked       password-protected
│   ├── DocumentDamaged      corrupt, or not what its name says
│   ├── DocumentEmpty        no text: empty, or only images and no OCR
│   └── DocumentTooLarge     over a limit of bytes, pages, memory or time
├── OcrMissing           no OCR program is installed
├── DocumentNotFound     no such document or passage
├── IngestCancelled      the caller asked to stop
├── EmbedderUnusable     the embedding model is missing, incomplete or not the pinned version
└── IndexDamaged         the index on disk has another format or fails its hashes (it can be rebuilt)
"""

from __future__ import annotations


class LibraryError(Exception):
    """Base of all errors of the library."""


class DocumentRefused(LibraryError):
    """The file cannot be read."""


class UnsupportedFormat(DocumentRefused):
    """Not one of the supported formats."""


class DocumentLocked(DocumentRefused):
    """Password-protected."""


class DocumentDamaged(DocumentRefused):
    """Corrupt, or not what its name says."""


class DocumentEmpty(DocumentRefused):
    """Contains no text."""


class DocumentTooLarge(DocumentRefused):
    """Over a limit of bytes, pages, memory or time."""


class OcrMissing(LibraryError):
    """No OCR program is installed."""


class DocumentNotFound(LibraryError):
    """No such document or passage."""


class IngestCancelled(LibraryError):
    """The caller asked to stop."""


class EmbedderUnusable(LibraryError):
    """The embedding model cannot be used."""


class IndexDamaged(LibraryError):
    """The index on disk cannot be used."""
