"""Photos of written work are read line by line in a confined worker; each refusal has its own error."""

from __future__ import annotations

import difflib
import io
from dataclasses import replace

import pytest
from PIL import Image
from work_photos import WORK_LINES, draw_text, encode_image, require_ocr, without_spaces

from knowledge.errors import DocumentDamaged, DocumentEmpty, DocumentTooLarge, OcrMissing
from knowledge.parsing import ocr
from knowledge.photo_ocr import LIMITS, PhotoKind, detect_photo_kind, transcribe_photo


def likeness(read: tuple[str, ...]) -> float:
    return difflib.SequenceMatcher(None, without_spaces(WORK_LINES), without_spaces(read)).ratio()


@pytest.mark.parametrize("how", [{}, {"dark": True}, {"shadow": True}], ids=["printed", "light on dark", "shadow"])
def test_an_equation_and_a_sentence_are_read_line_by_line(how: dict[str, bool]) -> None:
    require_ocr()
    read = transcribe_photo(encode_image(draw_text(*WORK_LINES, **how), "JPEG"))
    assert len(read) == len(WORK_LINES) and likeness(read) > 0.95
    assert without_spaces(read[2]).lower() == "x=4"


def test_a_sideways_photo_is_read_upright() -> None:
    require_ocr()
    photo = draw_text(*WORK_LINES).rotate(90, expand=True)
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90 degrees to see it upright
    buffer = io.BytesIO()
    photo.save(buffer, "JPEG", exif=exif)
    assert likeness(transcribe_photo(buffer.getvalue())) > 0.95


def test_an_empty_page_has_no_text() -> None:
    require_ocr()
    with pytest.raises(DocumentEmpty):
        transcribe_photo(encode_image(Image.new("L", (800, 600), 255)))


def test_a_broken_photo_and_one_with_too_many_pixels_are_refused() -> None:
    require_ocr()
    with pytest.raises(DocumentDamaged):
        transcribe_photo(encode_image(draw_text("x = 4"))[:200])
    with pytest.raises(DocumentTooLarge):
        transcribe_photo(encode_image(draw_text("x = 4")), replace(LIMITS, pixels=100))


def test_a_photo_over_its_limits_ends_the_worker() -> None:
    require_ocr()
    with pytest.raises(TimeoutError):
        transcribe_photo(encode_image(draw_text(*WORK_LINES)), replace(LIMITS, wall_s=0.01))


def test_missing_ocr_is_reported(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    ocr.tesseract_path.cache_clear()
    ocr.installed_languages.cache_clear()
    monkeypatch.setenv("PATH", str(tmp_path))
    try:
        with pytest.raises(OcrMissing):
            transcribe_photo(encode_image(draw_text("x = 4")))
    finally:
        ocr.tesseract_path.cache_clear()
        ocr.installed_languages.cache_clear()


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (encode_image(Image.new("L", (9, 9))), PhotoKind.IMAGE),
        (encode_image(Image.new("L", (9, 9)), "JPEG"), PhotoKind.IMAGE),
        (encode_image(Image.new("L", (9, 9)), "WEBP"), PhotoKind.IMAGE),
        (b"\x00\x00\x00\x18ftypheic\x00\x00", PhotoKind.HEIC),
        (b"\x00\x00\x00\x18ftypmp42\x00\x00", PhotoKind.OTHER),
        (b"%PDF-1.7", PhotoKind.OTHER),
        (b"<svg onload='alert(1)'/>", PhotoKind.OTHER),
        (b"", PhotoKind.OTHER),
    ],
)
def test_the_image_type_is_sniffed_from_bytes(data: bytes, kind: PhotoKind) -> None:
    assert detect_photo_kind(data) is kind
