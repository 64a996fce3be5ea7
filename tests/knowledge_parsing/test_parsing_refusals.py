"""A file that cannot be read is refused with a message that names the file and what to do."""

from __future__ import annotations

import pytest
from sample_documents import pdf_pages, slides_file, with_parts, word_file, zipped

from knowledge import errors
from knowledge.parsing.limits import ParseLimits
from knowledge.parsing.sandbox import parse


def test_an_empty_file_is_empty():
    with pytest.raises(errors.DocumentEmpty, match=r"notes\.txt is empty"):
        parse("notes.txt", b" \n\n")


def test_a_corrupt_pdf_is_damaged():
    with pytest.raises(errors.DocumentDamaged, match=r"book\.pdf is not a complete PDF"):
        parse("book.pdf", pdf_pages([(72, 700, "text")])[:300])


def test_an_encrypted_pdf_is_reported():
    from reportlab.lib.pdfencrypt import StandardEncryption

    locked = pdf_pages([(72, 700, "secret")], encrypt=StandardEncryption("pass", strength=128))
    with pytest.raises(errors.DocumentLocked, match=r"book\.pdf is password-protected"):
        parse("book.pdf", locked)


def test_text_with_a_pdf_extension_is_refused():
    with pytest.raises(errors.DocumentDamaged, match="is not a PDF document, it contains plain text"):
        parse("book.pdf", b"Sorry, the page you were looking for was not found.")


def test_a_pdf_with_a_docx_extension_is_parsed_with_a_note():
    parsed = parse("essay.docx", pdf_pages([(72, 700, "An essay about light.")]))
    assert parsed.media_type == "application/pdf"
    assert parsed.notes == ("essay.docx is really a PDF document and was read as one.",)


@pytest.mark.parametrize(
    ("name", "data", "hint"),
    [
        ("a.rtf", b"{\\rtf1 hello}", "save it as DOCX or PDF"),
        ("a.zip", zipped({"a.txt": "x"}), "unpack it"),
        ("a.xlsx", zipped({"xl/workbook.xml": "<x/>"}), "save each sheet as CSV"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "save it as DOCX, PPTX or PDF"),
        ("a.bin", bytes(range(256)) * 4, "in no supported format; upload PDF, Word,"),
    ],
)
def test_unsupported_formats_are_named_with_a_remedy(name, data, hint):
    with pytest.raises(errors.UnsupportedFormat, match=hint):
        parse(name, data)


def test_a_zip_bomb_is_too_large():
    bomb = with_parts(word_file(lambda d: d.add_paragraph("x")), {"word/media/a.png": b"\0" * 60_000_000})
    with pytest.raises(errors.DocumentTooLarge, match="packed like a ZIP bomb"):
        parse("essay.docx", bomb)


def test_a_presentation_of_ten_thousand_parts_is_too_large():
    parts = {f"ppt/media/{n}.txt": "x" for n in range(10_000)}
    with pytest.raises(errors.DocumentTooLarge, match="parts inside"):
        parse("lecture.pptx", with_parts(slides_file(lambda p: None), parts))


def test_xml_entities_are_refused():
    bomb = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>'
    with pytest.raises(errors.DocumentDamaged, match="declares XML entities"):
        parse("essay.docx", with_parts(word_file(lambda d: d.add_paragraph("x")), {"word/document.xml": bomb}))


def test_more_pages_than_allowed_are_refused():
    pages = [[(72, 700, f"page {n}")] for n in range(12)]
    with pytest.raises(errors.DocumentTooLarge, match=r"has 12 pages, at most 10"):
        parse("book.pdf", pdf_pages(*pages), ParseLimits(pages=10))


def test_a_file_over_the_limit_is_refused_before_a_process_starts():
    with pytest.raises(errors.DocumentTooLarge, match="larger than 1 MB"):
        parse("big.txt", b"a" * 2_000_000, ParseLimits(file_bytes=1024 * 1024))


def test_a_cancelled_parse_ends():
    with pytest.raises(errors.IngestCancelled, match=r"reading book\.pdf was cancelled"):
        parse("book.pdf", pdf_pages([(72, 700, "text")]), cancelled=lambda: True)
