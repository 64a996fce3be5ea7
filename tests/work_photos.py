"""Photos that tests draw: printed lines, light or dark, like those of a camera or a scanner."""

from __future__ import annotations

import io
import os
import shutil

import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageFont, ImageOps

WORK_LINES = ("Solve the equation 2x + 3 = 11", "2x = 8", "x = 4", "Plants make sugar from light.")


def require_ocr() -> None:
    """Skip the test without OCR; in CI, fail."""
    if shutil.which("tesseract") is None:
        message = "needs tesseract (Debian: apt install tesseract-ocr tesseract-ocr-chi-sim)"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)


def draw_text(
    *lines: str, size: int = 40, font: str | None = None, dark: bool = False, shadow: bool = False
) -> Image.Image:
    """Draw printed lines; `dark`: white on black, `shadow`: lit from one side and a little out of focus."""
    face = ImageFont.truetype(font, size) if font else ImageFont.load_default(size)
    width = int(max(face.getlength(line) for line in lines)) + 2 * size
    page = Image.new("L", (width, int(len(lines) * size * 1.7) + 2 * size), 255)
    pen = ImageDraw.Draw(page)
    for number, line in enumerate(lines):
        pen.text((size, size + number * size * 1.7), line, fill=0, font=face)
    if shadow:
        light = Image.linear_gradient("L").resize(page.size)
        page = Image.blend(page, light, 0.45).filter(ImageFilter.GaussianBlur(size / 30))
    return ImageOps.invert(page) if dark else page


def encode_image(image: Image.Image, kind: str = "PNG") -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind)
    return buffer.getvalue()


def without_spaces(lines: tuple[str, ...] | str) -> str:
    """Return text without spaces, because OCR may miss narrow ones."""
    return "".join("".join(lines).split())
