"""A cited page is rendered in a confined worker with the quote marked; a page that cannot be rendered is one error."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from hostile_files import pdf_with_nested_forms, picture_bomb
from PIL import Image, ImageDraw, ImageFont
from sample_documents import pdf_pages
from work_photos import require_ocr

from knowledge.errors import DocumentRefused
from knowledge.page_render import LIMITS, render_page

TWO_PAGES = pdf_pages(
    [(72, 700, "The membrane lets water through"), (72, 100, "A sentence that begins")],
    [(72, 700, "here goes on over the page and ends."), (72, 650, "Chlorophyll is green.")],
)


def test_the_highlight_covers_exactly_the_quote():
    page_image = render_page("cells.pdf", TWO_PAGES, 1, "The membrane lets water through")
    (box,) = page_image.boxes
    page = Image.open(io.BytesIO(page_image.png)).convert("L")
    assert page.size == (page_image.width, page_image.height)
    left, top, right, bottom = (
        int(share * size)
        for share, size in zip((box.left, box.top, box.right, box.bottom), (*page.size, *page.size), strict=True)
    )
    assert min(page.crop((left, top, right, bottom)).get_flattened_data()) < 100
    white = page.copy()
    white.paste(255, (left - 2, top - 2, right + 2, bottom + 2))
    assert min(white.crop((0, 0, page.width, bottom + 40)).get_flattened_data()) == 255


def test_a_quote_on_the_next_page_opens_that_page():
    page_image = render_page("cells.pdf", TWO_PAGES, 1, "here goes on over the page and ends.")
    assert page_image.page == 2 and page_image.boxes


def test_a_page_without_the_quote_is_shown_unmarked():
    page_image = render_page("cells.pdf", TWO_PAGES, 2, "Nothing of this is written anywhere in it.")
    assert page_image.page == 2 and page_image.boxes == ()


def scan(form: str) -> bytes:
    """Return a scanned page of two sentences, without text."""
    page = Image.new("L", (1240, 800), "white")
    draw_on, font = ImageDraw.Draw(page), ImageFont.load_default(size=32)
    draw_on.text((100, 150), "The membrane lets water through.", fill="black", font=font)
    draw_on.text((100, 500), "Chlorophyll is green.", fill="black", font=font)
    buffer = io.BytesIO()
    page.save(buffer, form, **({"resolution": 150.0} if form == "PDF" else {}))
    return buffer.getvalue()


@pytest.mark.parametrize("form", ["PNG", "PDF"])
def test_a_quote_on_a_scan_is_located_by_ocr(form: str):
    require_ocr()
    (box,) = render_page(f"scan.{form.lower()}", scan(form), 1, "Chlorophyll is green.").boxes
    assert 500 / 800 < box.top + 0.02 < box.bottom < 550 / 800
    assert 100 / 1240 < box.left + 0.02 < box.right < 450 / 1240
    assert render_page(f"scan.{form.lower()}", scan(form), 1, "Nothing of this is written anywhere.").boxes == ()


def test_an_image_is_shown_unchanged():
    buffer = io.BytesIO()
    Image.new("RGB", (60, 30), "red").save(buffer, "JPEG")
    page_image = render_page("red.jpg", buffer.getvalue(), 1, "")
    assert (page_image.width, page_image.height) == (60, 30)


@pytest.mark.parametrize(
    ("name", "data", "page"),
    [
        ("forms.pdf", pdf_with_nested_forms(), 1),
        ("huge.png", picture_bomb(), 1),
        ("cells.pdf", TWO_PAGES, 7),
        ("cells.pdf", TWO_PAGES[:200], 1),
        ("noise.pdf", b"%PDF-1.7 and nothing", 1),
    ],
    ids=["a drawing of drawings", "an enormous image", "no such page", "half a file", "noise"],
)
def test_an_unrenderable_page_is_one_clear_error(name: str, data: bytes, page: int):
    with pytest.raises(DocumentRefused, match=name):
        render_page(name, data, page, "words", replace(LIMITS, cpu_s=3, wall_s=6.0))
