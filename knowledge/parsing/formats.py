"""The registry of document formats: one row for each format, pure data.

Every fact about a format is written here once: its names, suffixes, media type, signature and reader. Sniffing, the
readers' worker, OCR of photos, page rendering and the messages to instructors use these rows. A new format is one row
in `FORMATS` and one module `<format>_reader.py` with `read(source)`, or `read(source, text)` for a kind of text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Content(StrEnum):
    """What the bytes of a format are; it decides how the format is recognised and how its reader is called."""

    BINARY = "binary"
    ARCHIVE = "archive"  # a ZIP file
    TEXT = "text"


class Evidence(StrEnum):
    """What tells a kind of text from others."""

    CONTENT = "content"  # its content always shows it
    EITHER = "either"  # its content may show it, or the suffix tells
    SUFFIX = "suffix"  # only the suffix tells


Signature = tuple[tuple[int, bytes], ...]  # (offset, bytes) pairs that must all be there


@dataclass(frozen=True, slots=True)
class DocumentFormat:
    """One format that is read."""

    name: str  # as a message names a file: "PDF document"
    label: str  # as lists of formats name it: "PDF"
    suffixes: tuple[str, ...]
    media_type: str
    reader: str  # module in this package
    content: Content
    evidence: Evidence = Evidence.CONTENT
    signatures: tuple[Signature, ...] = ()  # of binary formats: any of them
    signature_within: int = 0  # the signature may begin anywhere in so many bytes; 0: only at its offset
    members: tuple[str, ...] = ()  # of archives: how the path of a part begins, in lower case
    start: str = ""  # of text: a pattern for its beginning
    json_lists: tuple[str, ...] = ()  # of text: a JSON object with a list under one of these keys
    may_start_like: tuple[str, ...] = ()  # labels of formats whose start it may share, if the suffix is its own
    pillow: str = ""  # of images: Pillow's name

    def has_signature(self, data: bytes) -> bool:
        """Whether the bytes begin with one of the signatures."""
        if self.signature_within:
            return any(part in data[: self.signature_within] for one in self.signatures for _, part in one)
        return any(all(data.startswith(part, at) for at, part in one) for one in self.signatures)


def _image(pillow: str, *suffixes: str, signatures: tuple[Signature, ...]) -> DocumentFormat:
    media_type = f"image/{pillow.lower()}"
    return DocumentFormat(
        "image", "images", suffixes, media_type, "image_reader", Content.BINARY, signatures=signatures, pillow=pillow
    )


_OFFICE = "application/vnd.openxmlformats-officedocument"

PDF = DocumentFormat(
    "PDF document",
    "PDF",
    (".pdf",),
    "application/pdf",
    "pdf_reader",
    Content.BINARY,
    signatures=(((0, b"%PDF-"),),),
    signature_within=1024,
)
DOCX = DocumentFormat(
    "Word document",
    "Word",
    (".docx", ".docm", ".dotx"),
    f"{_OFFICE}.wordprocessingml.document",
    "docx_reader",
    Content.ARCHIVE,
    members=("word/document",),
)
PPTX = DocumentFormat(
    "PowerPoint presentation",
    "PowerPoint",
    (".pptx", ".pptm", ".ppsx", ".potx"),
    f"{_OFFICE}.presentationml.presentation",
    "pptx_reader",
    Content.ARCHIVE,
    members=("ppt/presentation.xml",),
)
EPUB = DocumentFormat(
    "EPUB book",
    "EPUB",
    (".epub",),
    "application/epub+zip",
    "epub_reader",
    Content.ARCHIVE,
    members=("meta-inf/container.xml",),
)
HTML = DocumentFormat(
    "HTML page",
    "HTML",
    (".html", ".htm", ".xhtml"),
    "text/html",
    "html_reader",
    Content.TEXT,
    Evidence.EITHER,
    start=r"(?is)\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b",
)
MARKDOWN = DocumentFormat(
    "Markdown text",
    "Markdown",
    (".md", ".markdown"),
    "text/markdown",
    "markdown_reader",
    Content.TEXT,
    Evidence.SUFFIX,
    may_start_like=(HTML.label,),
)
NOTEBOOK = DocumentFormat(
    "Jupyter notebook",
    "notebooks",
    (".ipynb",),
    "application/x-ipynb+json",
    "notebook_reader",
    Content.TEXT,
    json_lists=("cells", "worksheets"),
)
CSV = DocumentFormat(
    "CSV table", "CSV", (".csv", ".tsv"), "text/csv", "csv_reader", Content.TEXT, evidence=Evidence.SUFFIX
)
WEBVTT = DocumentFormat(
    "subtitle file", "subtitles", (".vtt",), "text/vtt", "subtitle_reader", Content.TEXT, start="WEBVTT"
)
SRT = DocumentFormat(
    "subtitle file",
    "subtitles",
    (".srt",),
    "application/x-subrip",
    "subtitle_reader",
    Content.TEXT,
    start=r"(?:\d+\s*\n)?\s*\d{1,3}:\d{2}(?::\d{2})?[.,]\d{1,3}\s*-->\s*\d",
)
PNG = _image("PNG", ".png", signatures=(((0, b"\x89PNG\r\n\x1a\n"),),))
JPEG = _image("JPEG", ".jpg", ".jpeg", signatures=(((0, b"\xff\xd8\xff"),),))
GIF = _image("GIF", ".gif", signatures=(((0, b"GIF87a"),), ((0, b"GIF89a"),)))
BMP = _image("BMP", ".bmp", signatures=(((0, b"BM"),),))
TIFF = _image("TIFF", ".tif", ".tiff", signatures=(((0, b"II*\x00"),), ((0, b"MM\x00*"),)))
WEBP = _image("WEBP", ".webp", signatures=(((0, b"RIFF"), (8, b"WEBP")),))
PLAIN_TEXT = DocumentFormat(
    "plain text", "text", (".txt", ".text"), "text/plain", "text_reader", Content.TEXT, evidence=Evidence.SUFFIX
)

# In the order of lists for people; a text without any other sign is plain text.
FORMATS = (
    PDF,
    DOCX,
    PPTX,
    EPUB,
    HTML,
    MARKDOWN,
    NOTEBOOK,
    CSV,
    WEBVTT,
    SRT,
    PNG,
    JPEG,
    GIF,
    BMP,
    TIFF,
    WEBP,
    PLAIN_TEXT,
)

PILLOW_FORMATS = tuple(one.pillow for one in FORMATS if one.pillow)
SUFFIXES = tuple(suffix for one in FORMATS for suffix in one.suffixes)
_BY_SUFFIX = {suffix: one for one in FORMATS for suffix in one.suffixes}


def format_of_suffix(suffix: str) -> DocumentFormat | None:
    """Return the format that a suffix (".pdf") claims."""
    return _BY_SUFFIX.get(suffix.lower())


def format_of_signature(data: bytes) -> DocumentFormat | None:
    """Return the binary format whose signature the bytes have; one at its offset goes before one anywhere."""
    found = (one for one in FORMATS if one.has_signature(data))
    return min(found, key=lambda one: one.signature_within, default=None)


def format_of_archive(paths: frozenset[str], mimetype: bytes) -> DocumentFormat | None:
    """Return the format of a ZIP file by the paths in it, in lower case, and the content of its `mimetype` entry."""
    archives = (one for one in FORMATS if one.content is Content.ARCHIVE)
    return next(
        (
            one
            for one in archives
            if any(path.startswith(one.members) for path in paths) or mimetype.startswith(one.media_type.encode())
        ),
        None,
    )


def text_formats_by_start() -> tuple[tuple[DocumentFormat, re.Pattern[str]], ...]:
    """Return the kinds of text that are known by their beginning, with the pattern for it."""
    return tuple((one, re.compile(one.start)) for one in FORMATS if one.start)


def labels() -> tuple[str, ...]:
    """Return the names for lists of formats, each once: "PDF", "Word", ..., "text"."""
    return tuple(dict.fromkeys(one.label for one in FORMATS))


# Signatures of files that are not read, with advice; "NAME is " comes before it.
UNSUPPORTED_SIGNATURES = (
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
# ZIP files that are not read: a path or a part of their `mimetype`, with advice.
UNSUPPORTED_ARCHIVES = (
    ("xl/workbook.xml", b"spreadsheet", "a spreadsheet; save each sheet as CSV"),
    (None, b"opendocument.presentation", "an OpenDocument presentation; save it as PPTX or PDF"),
    (None, b"opendocument", "an OpenDocument file; save it as DOCX or PDF"),
)
OTHER_ARCHIVE = "a ZIP archive; unpack it and upload the documents in it"
ZIP_SIGNATURES = (b"PK\x03\x04", b"PK\x05\x06")  # of the first file, and of an empty archive's directory
OLE_SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # Office before 2007, and encrypted Office documents
_ISO_MEDIA = b"ftyp"  # at byte 4: MP4 video, HEIC photos
_HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif")


def is_iso_media(data: bytes) -> bool:
    """Whether the bytes are a video or a photo in an ISO media container."""
    return data[4:8] == _ISO_MEDIA


def is_heic(data: bytes) -> bool:
    """Whether the bytes are a HEIC or AVIF photo, the format of phones, which Pillow does not open."""
    return is_iso_media(data) and data[8:12] in _HEIC_BRANDS
