"""Pictures of work are read line by line in a child, whatever the light; what cannot be read is a typed refusal."""

from __future__ import annotations

import difflib
import io
from dataclasses import replace

import pytest
from PIL import Image
from work_photos import WORKING, drawn, need_ocr, saved, text_of

from knowledge.errors import DocumentDamaged, DocumentEmpty, DocumentTooLarge, OcrMissing
from knowledge.parsing import ocr
from knowledge.photo_ocr import LIMITS, Kind, kind_of, transcribe


def likeness(read: tuple[str, ...]) -> float:
    return difflib.SequenceMatcher(None, text_of(WORKING), text_of(read)).ratio()


@pytest.mark.parametrize("how", [{}, {"dark": True}, {"shadow": True}], ids=["printed", "light on dark", "shadow"])
def test_an_equation_and_a_sentence_are_read_line_by_line(how: dict[str, bool]) -> None:
    need_ocr()
    read = transcribe(saved(drawn(*WORKING, **how), "JPEG"))
    assert len(read) == len(WORKING) and likeness(read) > 0.95
    assert text_of(read[2]).lower() == "x=4"


def test_a_phone_held_sideways_is_read_upright() -> None:
    need_ocr()
    picture = drawn(*WORKING).rotate(90, expand=True)
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90 degrees to see it upright
    held = io.BytesIO()
    picture.save(held, "JPEG", exif=exif)
    assert likeness(transcribe(held.getvalue())) > 0.95


def test_an_empty_page_has_no_text() -> None:
    need_ocr()
    with pytest.raises(DocumentEmpty):
        transcribe(saved(Image.new("L", (800, 600), 255)))


def test_a_broken_picture_and_one_of_too_many_pixels_are_refused() -> None:
    need_ocr()
    with pytest.raises(DocumentDamaged):
        transcribe(saved(drawn("x = 4"))[:200])
    with pytest.raises(DocumentTooLarge):
        transcribe(saved(drawn("x = 4")), replace(LIMITS, pixels=100))


def test_a_picture_that_asks_for_more_than_its_limits_ends_with_its_child() -> None:
    need_ocr()
    with pytest.raises(TimeoutError):
        transcribe(saved(drawn(*WORKING)), replace(LIMITS, wall_s=0.01))


def test_a_machine_without_ocr_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    ocr.tesseract.cache_clear()
    ocr.languages.cache_clear()
    monkeypatch.setenv("PATH", str(tmp_path))
    try:
        with pytest.raises(OcrMissing):
            transcribe(saved(drawn("x = 4")))
    finally:
        ocr.tesseract.cache_clear()
        ocr.languages.cache_clear()


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (saved(Image.new("L", (9, 9))), Kind.PICTURE),
        (saved(Image.new("L", (9, 9)), "JPEG"), Kind.PICTURE),
        (saved(Image.new("L", (9, 9)), "WEBP"), Kind.PICTURE),
        (b"\x00\x00\x00\x18ftypheic\x00\x00", Kind.HEIC),
        (b"\x00\x00\x00\x18ftypmp42\x00\x00", Kind.OTHER),
        (b"%PDF-1.7", Kind.OTHER),
        (b"<svg onload='alert(1)'/>", Kind.OTHER),
        (b"", Kind.OTHER),
    ],
)
def test_what_an_upload_is_is_told_by_its_bytes(data: bytes, kind: Kind) -> None:
    assert kind_of(data) is kind
