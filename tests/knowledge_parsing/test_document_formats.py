"""The registry of document formats is complete: a row is all that a format needs besides its reader."""

from __future__ import annotations

import re
from importlib import import_module
from importlib.util import find_spec
from inspect import signature
from pathlib import Path

import pytest

from knowledge.parsing import formats
from knowledge.parsing.formats import FORMATS, Content, DocumentFormat, Evidence
from knowledge.parsing.sniffing import sniff
from knowledge.parsing.source_file import SourceFile

ROOT = Path(__file__).resolve().parents[2]
PARSING = ROOT / "knowledge" / "parsing"


@pytest.mark.parametrize("row", FORMATS, ids=lambda row: row.suffixes[0])
def test_every_format_has_a_reader_a_suffix_and_a_media_type(row: DocumentFormat):
    assert find_spec(f"knowledge.parsing.{row.reader}") is not None
    read = import_module(f"knowledge.parsing.{row.reader}").read
    assert list(signature(read).parameters) == (["source", "text"] if row.content is Content.TEXT else ["source"])
    assert row.suffixes and all(re.fullmatch(r"\.[a-z]+", suffix) for suffix in row.suffixes)
    assert re.fullmatch(r"[a-z]+/[a-z0-9.+-]+", row.media_type)


@pytest.mark.parametrize("row", FORMATS, ids=lambda row: row.suffixes[0])
def test_every_format_is_in_the_list_of_the_readme(row: DocumentFormat):
    readme = (ROOT / "README.md").read_text("utf-8")
    uploads = re.search(r"Upload ([^;]*);", readme)
    assert uploads is not None
    listed = re.split(r",\s+|\s+or\s+", uploads.group(1))
    assert row.label in listed
    assert set(listed) <= set(formats.labels())


def test_every_reader_belongs_to_a_format():
    assert {path.stem for path in PARSING.glob("*_reader.py")} == {row.reader for row in FORMATS}


def test_no_suffix_and_no_media_type_is_claimed_twice():
    assert len(set(formats.SUFFIXES)) == len(formats.SUFFIXES)
    assert len({row.media_type for row in FORMATS}) == len(FORMATS)


@pytest.mark.parametrize("row", FORMATS, ids=lambda row: row.suffixes[0])
def test_every_format_can_be_recognised(row: DocumentFormat):
    assert row.signatures if row.content is Content.BINARY else not row.signatures
    assert row.members if row.content is Content.ARCHIVE else not row.members
    if row.content is Content.TEXT:
        assert bool(row.start or row.json_lists) is (row.evidence is not Evidence.SUFFIX)


def test_no_fact_about_a_format_is_written_a_second_time():
    """Media types and signatures are in the registry and nowhere else in the library."""
    facts = [row.media_type for row in FORMATS if row is not formats.PLAIN_TEXT]  # also a key in a notebook's outputs
    facts += ["\\x89PNG", "%PDF-", "ftyp", "WEBVTT", "WEBP", "GIF89a"]
    for path in (ROOT / "knowledge").rglob("*.py"):
        if path != PARSING / "formats.py":
            text = path.read_text("utf-8")
            assert [fact for fact in facts if f'"{fact}"' in text or f'b"{fact}' in text] == [], path


def test_a_new_row_is_recognised_without_a_change_of_code(monkeypatch: pytest.MonkeyPatch):
    row = DocumentFormat(
        "toy file", "toys", (".toy",), "application/x-toy", "toy_reader", Content.BINARY, signatures=(((0, b"TOY!"),),)
    )
    monkeypatch.setattr(formats, "FORMATS", (row, *FORMATS))
    assert sniff(SourceFile("a.bin", b"TOY! and more")).format is row
    assert "toys" in formats.labels()


def test_an_image_that_mentions_pdf_in_its_first_bytes_is_an_image():
    assert formats.format_of_signature(b"\xff\xd8\xff\xfe\x00\x10%PDF-1.7") is formats.JPEG
    assert formats.format_of_signature(b"scanned by X\n%PDF-1.7") is formats.PDF


def test_a_heic_photo_is_recognised_and_a_riff_file_is_only_an_image_if_it_is_webp():
    assert formats.is_heic(b"\x00\x00\x00\x18ftypheic\x00\x00")
    assert not formats.is_heic(b"\x00\x00\x00\x18ftypmp42\x00\x00")
    assert formats.format_of_signature(b"RIFF\x00\x00\x00\x00WEBPVP8 ") is formats.WEBP
    assert formats.format_of_signature(b"RIFF\x00\x00\x00\x00WAVEfmt ") is None
