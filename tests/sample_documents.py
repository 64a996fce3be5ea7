"""Small documents made by code, so that no test needs a file from elsewhere."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

from knowledge.documents import ParsedDocument
from knowledge.parsing.sandbox import parse


def zipped(parts: dict[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a ZIP file with these parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def with_parts(data: bytes, parts: dict[str, bytes | str]) -> bytes:
    """Return a ZIP-based document in which these parts are replaced or added."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        old = {name: archive.read(name) for name in archive.namelist()}
    return zipped({**old, **parts})


def pdf_pages(*pages: list[tuple[float, float, str]], size: int = 11, **options: Any) -> bytes:
    """Return a PDF whose pages have these lines of text at these places."""
    from reportlab.pdfgen.canvas import Canvas

    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(595, 842), **options)
    for page in pages:
        canvas.setFont("Helvetica", size)
        for x, y, text in page:
            canvas.drawString(x, y, text)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def word_file(build: Callable[[Any], None]) -> bytes:
    """Return a DOCX that `build` has filled."""
    import docx

    document = docx.Document()
    build(document)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def slides_file(build: Callable[[Any], None]) -> bytes:
    """Return a PPTX that `build` has filled."""
    from pptx import Presentation

    presentation = Presentation()
    build(presentation)
    buffer = io.BytesIO()
    presentation.save(buffer)
    return buffer.getvalue()


def whole_text(document: ParsedDocument) -> str:
    return "\n".join(block.text for block in document.blocks)


def read_text(name: str, data: bytes) -> str:
    return whole_text(parse(name, data))
