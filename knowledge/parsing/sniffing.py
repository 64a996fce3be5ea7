"""Sniffing: what a file really is, by its bytes; its name only chooses among kinds of plain text."""

from __future__ import annotations

import io
import json
import re
import zipfile
from dataclasses import dataclass
from enum import StrEnum

from knowledge.errors import DocumentDamaged, DocumentLocked, UnsupportedFormat
from knowledge.parsing.decoding import decode
from knowledge.parsing.source_file import SourceFile


class DocumentFormat(StrEnum):
    """What we read; the value is how a person calls it."""

    PDF = "PDF document"
    DOCX = "Word document"
    PPTX = "PowerPoint presentation"
    EPUB = "EPUB book"
    IMAGE = "image"
    HTML = "HTML page"
    MARKDOWN = "Markdown text"
    NOTEBOOK = "Jupyter notebook"
    CSV = "CSV table"
    SUBTITLES = "subtitle file"
    TEXT = "plain text"


@dataclass(frozen=True, slots=True)
class SniffResult:
    """The format of a file, its text when it is a kind of text, and what the instructor should know about it."""

    format: DocumentFormat
    text: str = ""
    notes: tuple[str, ...] = ()


_SUFFIXES = {
    ".pdf": DocumentFormat.PDF,
    ".docx": DocumentFormat.DOCX,
    ".docm": DocumentFormat.DOCX,
    ".dotx": DocumentFormat.DOCX,
    ".pptx": DocumentFormat.PPTX,
    ".pptm": DocumentFormat.PPTX,
    ".ppsx": DocumentFormat.PPTX,
    ".potx": DocumentFormat.PPTX,
    ".epub": DocumentFormat.EPUB,
    ".html": DocumentFormat.HTML,
    ".htm": DocumentFormat.HTML,
    ".xhtml": DocumentFormat.HTML,
    ".md": DocumentFormat.MARKDOWN,
    ".markdown": DocumentFormat.MARKDOWN,
    ".ipynb": DocumentFormat.NOTEBOOK,
    ".csv": DocumentFormat.CSV,
    ".tsv": DocumentFormat.CSV,
    ".srt": DocumentFormat.SUBTITLES,
    ".vtt": DocumentFormat.SUBTITLES,
    ".txt": DocumentFormat.TEXT,
    ".text": DocumentFormat.TEXT,
    ".png": DocumentFormat.IMAGE,
    ".jpg": DocumentFormat.IMAGE,
    ".jpeg": DocumentFormat.IMAGE,
    ".gif": DocumentFormat.IMAGE,
    ".bmp": DocumentFormat.IMAGE,
    ".tif": DocumentFormat.IMAGE,
    ".tiff": DocumentFormat.IMAGE,
    ".webp": DocumentFormat.IMAGE,
}
_TEXT_FORMATS = {DocumentFormat.TEXT, DocumentFormat.MARKDOWN, DocumentFormat.CSV}  # only a name can tell these apart
_STRUCTURED_FORMATS = set(DocumentFormat) - _TEXT_FORMATS - {DocumentFormat.HTML}
_IMAGE_MAGIC = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"BM", b"II*\x00", b"MM\x00*")
_UNSUPPORTED_MAGIC = (
    (b"{\\rtf", "an RTF document; save it as DOCX or PDF"),
    (b"\x1f\x8b", "a gzip archive; unpack it and upload the documents in it"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive; unpack it and upload the documents in it"),
    (b"Rar!", "a RAR archive; unpack it and upload the documents in it"),
    (b"MZ", "a Windows program, not a document"),
    (b"\x7fELF", "a Linux program, not a document"),
    (b"%!PS", "a PostScript file; save it as PDF"),
    (b"AT&TFORM", "a DjVu file; save it as PDF"),
    (b"ID3", "a sound file; upload its transcript or its subtitles"),
    (b"OggS", "a sound file; upload its transcript or its subtitles"),
    (b"\x1aE\xdf\xa3", "a video; upload its transcript or its subtitles"),
    (b"SQLite format 3", "a database; export the table as CSV"),
)
_OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SUBTITLE_CUE = re.compile(r"^\s*(?:\d+\s*\n)?\s*\d{1,3}:\d{2}(?::\d{2})?[.,]\d{1,3}\s*-->\s*\d", re.MULTILINE)
_HTML_START = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S)


def sniff(source: SourceFile) -> SniffResult:
    """Return what the bytes are. Raises UnsupportedFormat, DocumentLocked, DocumentDamaged."""
    found = _sniff_binary(source) or _sniff_text(source)
    claimed = _SUFFIXES.get(source.suffix)
    if claimed is None or claimed is found.format or {claimed, found.format} <= _TEXT_FORMATS:
        return found
    if claimed in _STRUCTURED_FORMATS and found.format not in _STRUCTURED_FORMATS:
        raise DocumentDamaged(
            f"{source.name} is not a {claimed}, it holds {found.format}; upload the real file, or rename this one."
        )
    note = f"{source.name} is really a {found.format} and was read as one."
    return SniffResult(found.format, found.text, (*found.notes, note))


def _sniff_binary(source: SourceFile) -> SniffResult | None:
    data = source.data
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _sniff_archive(source)
    if data.startswith(_OLE_MAGIC):
        raise _ole_refusal(source)
    for magic, what in _UNSUPPORTED_MAGIC:
        if data.startswith(magic):
            raise UnsupportedFormat(f"{source.name} is {what}.")
    if data[4:8] == b"ftyp":
        raise UnsupportedFormat(
            f"{source.name} is a video or a photo in a container; upload its transcript, or a JPEG."
        )
    if data.startswith(_IMAGE_MAGIC) or (data.startswith(b"RIFF") and data[8:12] == b"WEBP"):
        return SniffResult(DocumentFormat.IMAGE)
    if b"%PDF-" in data[:1024]:
        hidden = data.rfind(b"PK\x05\x06", -66_000) >= 0 and b"PK\x03\x04" in data
        note = f"{source.name} also contains a ZIP archive, which was not read."
        return SniffResult(DocumentFormat.PDF, notes=(note,) if hidden else ())
    return None


def _sniff_archive(source: SourceFile) -> SniffResult:
    try:
        with zipfile.ZipFile(io.BytesIO(source.data)) as archive:
            names = {name.lower() for name in archive.namelist()}
            kind = archive.read("mimetype")[:64] if "mimetype" in names else b""
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError, EOFError) as error:
        raise DocumentDamaged(f"{source.name} is cut off or corrupt ({error}); save and upload it again.") from error
    notes = (f"{source.name} contains macros, which were ignored.",) if any("vbaproject" in n for n in names) else ()
    if "word/document.xml" in names or any(n.startswith("word/document") for n in names):
        return SniffResult(DocumentFormat.DOCX, notes=notes)
    if "ppt/presentation.xml" in names:
        return SniffResult(DocumentFormat.PPTX, notes=notes)
    if kind.startswith(b"application/epub+zip") or "meta-inf/container.xml" in names:
        return SniffResult(DocumentFormat.EPUB)
    raise UnsupportedFormat(f"{source.name} is {_describe_unsupported_archive(names, kind)}.")


def _describe_unsupported_archive(names: set[str], kind: bytes) -> str:
    if "xl/workbook.xml" in names or b"spreadsheet" in kind:
        return "a spreadsheet; save each sheet as CSV"
    if b"opendocument.presentation" in kind:
        return "an OpenDocument presentation; save it as PPTX or PDF"
    if b"opendocument" in kind:
        return "an OpenDocument file; save it as DOCX or PDF"
    return "a ZIP archive; unpack it and upload the documents in it"


def _ole_refusal(source: SourceFile) -> DocumentLocked | UnsupportedFormat:
    if "EncryptedPackage".encode("utf-16-le") in source.data:
        return DocumentLocked(f"{source.name} is password-protected; save it without a password and upload it again.")
    return UnsupportedFormat(f"{source.name} is an Office file of the old kind; save it as DOCX, PPTX or PDF.")


def _sniff_text(source: SourceFile) -> SniffResult:
    text = decode(source.data)
    if text is None:
        claimed = _SUFFIXES.get(source.suffix)
        if claimed is None:
            raise UnsupportedFormat(
                f"{source.name} is in no format that is read; upload PDF, DOCX, PPTX, EPUB, HTML, Markdown or text."
            )
        raise DocumentDamaged(f"{source.name} is not a readable {claimed}; save it again and upload it again.")
    return SniffResult(_sniff_text_format(text, _SUFFIXES.get(source.suffix)), text)


def _sniff_text_format(text: str, claimed: DocumentFormat | None) -> DocumentFormat:
    """The clear signs first; what is left is what its name says, if that is a kind of text at all."""
    start = text[:4096].lstrip("\ufeff \t\r\n")
    if start.startswith("WEBVTT") or _SUBTITLE_CUE.match(start):
        return DocumentFormat.SUBTITLES
    if _is_notebook(text, start):
        return DocumentFormat.NOTEBOOK
    if _HTML_START.match(start) and claimed is not DocumentFormat.MARKDOWN:
        return DocumentFormat.HTML
    if claimed in (DocumentFormat.HTML, DocumentFormat.MARKDOWN, DocumentFormat.CSV) and claimed is not None:
        return claimed
    return DocumentFormat.TEXT


def _is_notebook(text: str, start: str) -> bool:
    if not start.startswith("{") or '"cells"' not in text:
        return False
    try:
        fields = json.loads(text.lstrip("\ufeff"))
    except (ValueError, RecursionError):
        return False
    return isinstance(fields, dict) and isinstance(fields.get("cells"), list)
