"""Archives: checks that a ZIP-based document may be unpacked, before any library opens it."""

from __future__ import annotations

import io
import re
import zipfile

from knowledge.errors import DocumentDamaged, DocumentLocked, DocumentTooLarge
from knowledge.parsing.limits import MEGABYTE
from knowledge.parsing.source_file import SourceFile

_XML_SUFFIXES = (".xml", ".rels", ".xhtml", ".html", ".htm", ".opf", ".ncx", ".vml")
_XML_ENTITY = re.compile(rb"<!\s*(?:DOCTYPE[^>]*\[|ENTITY)", re.IGNORECASE)
_HEAD_BYTES = 64 * 1024


def open_archive(source: SourceFile) -> zipfile.ZipFile:
    """Return the document's archive after checking its sizes and its XML.

    Raises DocumentTooLarge for ZIP bombs, DocumentLocked for encrypted parts, DocumentDamaged otherwise.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(source.data))
        _check_sizes(source, archive.infolist())
        _check_markup(source, archive)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError) as error:
        raise DocumentDamaged(f"{source.name} is cut off or corrupt ({error}); save and upload it again.") from error
    return archive


def _check_sizes(source: SourceFile, entries: list[zipfile.ZipInfo]) -> None:
    limits, name = source.limits, source.name
    if len(entries) > limits.archive_entries:
        raise DocumentTooLarge(
            f"{name} has {len(entries):,} parts inside, which no course document needs; save it again."
        )
    if sum(entry.file_size for entry in entries) > limits.archive_bytes:
        raise DocumentTooLarge(
            f"{name} unpacks to more than {limits.archive_bytes // MEGABYTE} MB; make its pictures smaller or split it."
        )
    for entry in entries:
        if entry.flag_bits & 1:
            raise DocumentLocked(f"{name} is encrypted; save it without a password and upload it again.")
        packed = max(1, entry.compress_size)
        if entry.file_size > MEGABYTE and entry.file_size / packed > limits.archive_ratio:
            raise DocumentTooLarge(f"{name} is packed like a ZIP bomb (part {entry.filename[:60]}); save it again.")


def _check_markup(source: SourceFile, archive: zipfile.ZipFile) -> None:
    """Refuse XML entities: documents never need them, attacks do."""
    for entry in archive.infolist():
        if not entry.filename.lower().endswith(_XML_SUFFIXES):
            continue
        with archive.open(entry) as part:
            head = part.read(_HEAD_BYTES).replace(b"\x00", b"")  # UTF-16 reads as ASCII without its zeros
        if _XML_ENTITY.search(head):
            raise DocumentDamaged(
                f"{source.name} declares XML entities (in {entry.filename[:60]}), which is not allowed; save it again."
            )
