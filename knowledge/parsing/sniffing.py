"""Sniffing: the format of a file by its bytes; its suffix only chooses among kinds of plain text."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass, replace

from knowledge.errors import DocumentDamaged, DocumentLocked, UnsupportedFormat
from knowledge.parsing import formats
from knowledge.parsing.decoding import DecodedText, decode_text
from knowledge.parsing.formats import Content, DocumentFormat, Evidence
from knowledge.parsing.source_file import SourceFile

_START_CHARACTERS = 4_096  # of a text that are looked at
_STARTS = formats.text_formats_by_start()
_ZIP_HEAD, _ZIP_END = formats.ZIP_SIGNATURES
_ZIP_END_BYTES = 66_000  # at the end of a file in which the directory of a ZIP archive begins


@dataclass(frozen=True, slots=True)
class SniffResult:
    """The format of a file, its text when it is a kind of text, and notes for the instructor."""

    format: DocumentFormat
    text: str = ""
    notes: tuple[str, ...] = ()


def sniff(source: SourceFile) -> SniffResult:
    """Return what the bytes are. Raises UnsupportedFormat, DocumentLocked, DocumentDamaged."""
    found = _sniff_binary(source) or _sniff_text(source)
    claimed = formats.format_of_suffix(source.suffix)
    if claimed is None or claimed.reader == found.format.reader or _only_suffixes_differ(claimed, found.format):
        return found
    if claimed.evidence is Evidence.CONTENT and found.format.evidence is not Evidence.CONTENT:
        raise DocumentDamaged(
            f"{source.name} is not {_with_article(claimed.name)}, it contains {found.format.name}; "
            "upload the real file, or rename this one."
        )
    note = f"{source.name} is really {_with_article(found.format.name)} and was read as one."
    return replace(found, notes=(*found.notes, note))


def _only_suffixes_differ(one: DocumentFormat, other: DocumentFormat) -> bool:
    return one.evidence is Evidence.SUFFIX and other.evidence is Evidence.SUFFIX


def _with_article(name: str) -> str:
    return f"{'an' if name[0] in 'aeio' or name.startswith(('EPUB', 'HTML')) else 'a'} {name}"


def _sniff_binary(source: SourceFile) -> SniffResult | None:
    data = source.data
    if data.startswith(formats.ZIP_SIGNATURES):
        return _sniff_archive(source)
    if data.startswith(formats.OLE_SIGNATURE):
        raise _ole_refusal(source)
    for signature, advice in formats.UNSUPPORTED_SIGNATURES:
        if data.startswith(signature):
            raise UnsupportedFormat(f"{source.name} is {advice}.")
    if formats.is_iso_media(data):
        raise UnsupportedFormat(
            f"{source.name} is a video or a photo in a container; upload its transcript, or a JPEG."
        )
    found = formats.format_of_signature(data)
    if found is not formats.PDF:
        return SniffResult(found) if found is not None else None
    hidden = data.rfind(_ZIP_END, -_ZIP_END_BYTES) >= 0 and _ZIP_HEAD in data
    note = f"{source.name} also contains a ZIP archive, which was not read."
    return SniffResult(found, notes=(note,) if hidden else ())


def _sniff_archive(source: SourceFile) -> SniffResult:
    try:
        with zipfile.ZipFile(io.BytesIO(source.data)) as archive:
            paths = frozenset(name.lower() for name in archive.namelist())
            mimetype = archive.read("mimetype")[:64] if "mimetype" in paths else b""
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError, EOFError) as error:
        raise DocumentDamaged(f"{source.name} is cut off or corrupt ({error}); save and upload it again.") from error
    found = formats.format_of_archive(paths, mimetype)
    if found is None:
        raise UnsupportedFormat(f"{source.name} is {_describe_unsupported_archive(paths, mimetype)}.")
    macros = any("vbaproject" in path for path in paths)
    return SniffResult(found, notes=(f"{source.name} contains macros, which were ignored.",) if macros else ())


def _describe_unsupported_archive(paths: frozenset[str], mimetype: bytes) -> str:
    for path, part_of_mimetype, advice in formats.UNSUPPORTED_ARCHIVES:
        if path in paths or part_of_mimetype in mimetype:
            return advice
    return formats.OTHER_ARCHIVE


def _ole_refusal(source: SourceFile) -> DocumentLocked | UnsupportedFormat:
    if "EncryptedPackage".encode("utf-16-le") in source.data:
        return DocumentLocked(f"{source.name} is password-protected; save it without a password and upload it again.")
    return UnsupportedFormat(f"{source.name} is an old Office file; save it as DOCX, PPTX or PDF.")


def _sniff_text(source: SourceFile) -> SniffResult:
    claimed = formats.format_of_suffix(source.suffix)
    decoded = decode_text(source.data)
    if decoded is not None:
        return SniffResult(_sniff_text_format(decoded.text, claimed), decoded.text, _encoding_note(source, decoded))
    if claimed is None:
        *most, last = formats.labels()
        raise UnsupportedFormat(f"{source.name} is in no supported format; upload {', '.join(most)} or {last}.")
    raise DocumentDamaged(f"{source.name} is not a readable {claimed.name}; save it and upload it again.")


def _encoding_note(source: SourceFile, decoded: DecodedText) -> tuple[str, ...]:
    """Return a sentence that names an encoding which only was guessed."""
    if not decoded.guessed:
        return ()
    from knowledge.parsing.legacy_encodings import encoding_label

    label = encoding_label(decoded.guessed) or decoded.guessed
    return (
        f"{source.name} does not say its encoding and was read as {label}; if letters are wrong, save it as UTF-8.",
    )


def _sniff_text_format(text: str, claimed: DocumentFormat | None) -> DocumentFormat:
    """Return the format that the content shows, or the one that the suffix claims if the suffix is enough."""
    start = text[:_START_CHARACTERS].lstrip("\ufeff \t\r\n")
    allowed = claimed.may_start_like if claimed is not None else ()
    for found, pattern in _STARTS:
        if pattern.match(start) and found.label not in allowed:
            return found
    for found in formats.FORMATS:
        if any(_has_json_list(text, start, key) for key in found.json_lists):
            return found
    trusted = claimed is not None and claimed.content is Content.TEXT and claimed.evidence is not Evidence.CONTENT
    return claimed if claimed is not None and trusted else formats.PLAIN_TEXT


def _has_json_list(text: str, start: str, key: str) -> bool:
    if not start.startswith("{") or f'"{key}"' not in text:
        return False
    try:
        fields = json.loads(text.lstrip("\ufeff"))
    except (ValueError, RecursionError):
        return False
    return isinstance(fields, dict) and isinstance(fields.get(key), list)
