"""What can go wrong with course documents; each message is one sentence for the instructor.

LibraryError
├── DocumentRefused      this file cannot be read; the message says why and what to do
│   ├── UnsupportedFormat    not one of the formats we read (by its bytes, not its name)
│   ├── DocumentLocked       password-protected
│   ├── DocumentDamaged      corrupt, or not what its name says
│   ├── DocumentEmpty        no text: empty, or only images and no OCR at hand
│   └── DocumentTooLarge     over a limit of bytes, pages, memory or time
├── OcrMissing           this machine has no program that reads pictures
├── DocumentNotFound     no such document or passage
├── IngestCancelled      the caller asked to stop
├── EmbedderUnusable     the embedding model is missing, incomplete or not the one that was pinned
└── IndexDamaged         the index on disk fails its hashes (it can be rebuilt)
"""

from __future__ import annotations


class LibraryError(Exception):
    """Base of all errors of the library."""


class DocumentRefused(LibraryError):
    """This file cannot be read."""


class UnsupportedFormat(DocumentRefused):
    """Not one of the formats we read."""


class DocumentLocked(DocumentRefused):
    """Password-protected."""


class DocumentDamaged(DocumentRefused):
    """Corrupt, or not what its name says."""


class DocumentEmpty(DocumentRefused):
    """No text in it."""


class DocumentTooLarge(DocumentRefused):
    """Over a limit of bytes, pages, memory or time."""


class OcrMissing(LibraryError):
    """This machine has no program that reads pictures."""


class DocumentNotFound(LibraryError):
    """No such document or passage."""


class IngestCancelled(LibraryError):
    """The caller asked to stop."""


class EmbedderUnusable(LibraryError):
    """The embedding model cannot be used."""


class IndexDamaged(LibraryError):
    """The index on disk fails its hashes."""
