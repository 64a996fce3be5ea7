"""Hostile files made by code: small files that expand to something huge."""

from __future__ import annotations

import json
import struct
import zlib

from sample_documents import pdf_pages, slides_file, with_parts, word_file, zipped


def pdf_of(objects: list[bytes], trailer: bytes = b"") -> bytes:
    """Return a PDF with these numbered objects and a correct cross-reference table."""
    body, offsets = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    head = b"xref\n0 %d\n0000000000 65535 f \n" % size
    end = b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (size, trailer, len(body))
    return body + head + table + end


CATALOG = b"<< /Type /Catalog /Pages 2 0 R >>"


def stream(content: bytes) -> bytes:
    packed = zlib.compress(content, 9)
    return b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(packed), packed)


def pdf_with_xref_loop() -> bytes:
    """A PDF whose cross-reference table refers to itself as the previous one."""
    data = pdf_pages([(72, 700, "text")])
    at = data.rindex(b"startxref")
    offset = data[at:].split()[1]
    return data.replace(b"trailer\n<<", b"trailer\n<< /Prev " + offset, 1)


def pdf_of_pages(count: int) -> bytes:
    """A PDF whose page tree lists one page again and again."""
    kids = b" ".join([b"3 0 R"] * count)
    return pdf_of(
        [CATALOG, b"<< /Type /Pages /Count %d /Kids [%s] >>" % (count, kids), b"<< /Type /Page /Parent 2 0 R >>"]
    )


def pdf_with_page_tree_loop() -> bytes:
    """A PDF whose page tree contains only itself."""
    return pdf_of([CATALOG, b"<< /Type /Pages /Count 9 /Kids [2 0 R] >>"])


def pdf_with_long_content(characters: int) -> bytes:
    """A page that draws one word millions of times."""
    page = (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 500 500] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>"
    )
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
    content = stream(b"BT /F 9 Tf 9 9 Td " + b"(word) Tj " * (characters // 4) + b" ET")
    return pdf_of([CATALOG, b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>", page, content, font])


def pdf_with_nested_forms(depth: int = 12, fan: int = 10) -> bytes:
    """A PDF of nested forms that each draw the next ten times: 10^12 words."""
    resources = b"<< /XObject << /X 5 0 R >> >>"
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 500 500] /Contents 4 0 R /Resources %s >>" % resources
    objects = [CATALOG, b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>", page, stream(b"/X Do ")]
    for level in range(depth):
        packed = zlib.compress(b"/X Do " * fan)
        head = b"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X %d 0 R >> >>" % (
            6 + level
        )
        objects.append(head + b" /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(packed), packed))
    objects.append(b"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Length 0 >>\nstream\n\nendstream")
    return pdf_of(objects)


def pdf_with_picture_bomb(words: str, times: int = 1, side: int = 60_000) -> bytes:
    """A page of text with an image of 3.6 billion pixels in a few kilobytes."""
    resources = b"<< /Font << /F 5 0 R >> /XObject << /X 6 0 R >> >>"
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources %s >>" % resources
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
    content = stream(b"BT /F 9 Tf 72 700 Td (%s) Tj ET " % words.encode() + b"q 500 0 0 500 50 100 cm /X Do Q " * times)
    row = zlib.compress(b"\0" * 1_000_000, 9)
    image = b"<< /Type /XObject /Subtype /Image /Width %d /Height %d /BitsPerComponent 8 /ColorSpace /DeviceGray" % (
        side,
        side,
    )
    tail = b" /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(row), row)
    return pdf_of([CATALOG, b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>", page, content, font, image + tail])


def picture_bomb(side: int = 50_000) -> bytes:
    """A PNG of a few bytes whose header declares an enormous size."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


def word_bomb(part: bytes) -> bytes:
    return with_parts(word_file(lambda document: document.add_paragraph("x")), {"word/document.xml": part})


WORD_HEAD = b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'


def nested_tables(depth: int) -> bytes:
    inside = b"<w:tbl><w:tr><w:tc>" * depth + b"<w:p/>" + b"</w:tc></w:tr></w:tbl>" * depth
    return word_bomb(WORD_HEAD + inside + b"</w:body></w:document>")


def billion_laughs() -> bytes:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">{entities}]><x>&l9;</x>'.encode()


def epub_of(chapter: str, package: str | None = None) -> bytes:
    """Return a small EPUB with one chapter."""
    container = '<container><rootfiles><rootfile full-path="OPS/book.opf"/></rootfiles></container>'
    spine = (
        '<package xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata><dc:title>The Leaf</dc:title></metadata>'
        '<manifest><item id="a" href="one.xhtml" media-type="application/xhtml+xml"/></manifest>'
        '<spine><itemref idref="a"/></spine></package>'
    )
    parts: dict[str, bytes | str] = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": container,
        "OPS/book.opf": package or spine,
        "OPS/one.xhtml": chapter,
    }
    return zipped(parts)


def overlapping_zip() -> bytes:
    """A ZIP file whose many entries all share the same packed bytes."""
    data = zipped({"word/document.xml": b"<a>" + b" " * 30_000_000 + b"</a>"})
    end = data.rindex(b"PK\x05\x06")
    start = struct.unpack("<I", data[end + 16 : end + 20])[0]
    entry = data[start:end]
    count = 40
    tail = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, count, count, len(entry) * count, start, 0)
    return data[:start] + entry * count + tail


def hostile_files() -> dict[str, bytes]:
    """Return hostile files by name."""
    deep_json = '{"cells": ' + "[" * 100_000 + "]" * 100_000 + "}"
    cell = {"cell_type": "markdown", "source": ["> " * 5_000 + "deep"]}
    return {
        "xref-loop.pdf": pdf_with_xref_loop(),
        "pages-100000.pdf": pdf_of_pages(100_000),
        "tree-loop.pdf": pdf_with_page_tree_loop(),
        "content.pdf": pdf_with_long_content(40_000_000),
        "forms.pdf": pdf_with_nested_forms(),
        "huge.png": picture_bomb(),
        "truncated.png": picture_bomb(64)[:60],
        "tables.docx": nested_tables(3_000),
        "laughs.docx": word_bomb(billion_laughs()),
        "laughs16.docx": word_bomb(billion_laughs().decode().encode("utf-16")),
        "overlap.docx": overlapping_zip(),
        "laughs.epub": epub_of(billion_laughs().decode()),
        "deep.html": b"<p>x" + b"<div>" * 200_000,
        "wide.html": b"<table>" + b"<tr><td>" * 200_000,
        "deep.md": b"> " * 50_000 + b"x",
        "brackets.md": b"[" * 60_000 + b"](" * 60_000,
        "formulas.md": b"\\( $$ $a" * 60_000,
        "stars.md": b"*a **b _c " * 40_000,
        "deep.ipynb": deep_json.encode(),
        "quotes.ipynb": json.dumps({"cells": [cell] * 20}).encode(),
        "columns.csv": b"a," * 2_000_000,
        "line.txt": b"word " * 1_500_000,
        "dashes.txt": b"-" * 3_000_000,
        "signs.txt": b"1.1 a\n\n" * 300_000,
        "times.srt": b"1\n00:00:01,000 --> 00:00:02,000\nx\n\n" * 150_000,
        "arrows.vtt": b"WEBVTT\n\n" + b"00:00:00.000 -->" * 200_000,
        "parts.pptx": with_parts(slides_file(lambda p: None), {f"ppt/x{n}.xml": "<a/>" for n in range(10_000)}),
        "macro.docm": with_parts(word_file(lambda d: d.add_paragraph("Hi")), {"word/vbaProject.bin": b"\0" * 100}),
        "slip.docx": with_parts(word_file(lambda d: d.add_paragraph("Hi")), {"../../../../tmp/slipped": b"x"}),
    }
