"""A cited place as HTML: the printed page, a slide, a cell, a row, a moment of a recording, or only the text.

Everything that comes from a document is escaped here.
"""

from __future__ import annotations

import html
from dataclasses import dataclass

from knowledge import documents
from knowledge.documents import Document, Locator, Passage
from knowledge.excerpts import Excerpt
from knowledge.page_render import PageImage
from tutor.chat.citation_viewer import SourceView
from tutor.domain import Citation
from tutor.locales import CATALOGS, DEFAULT, t
from tutor.ui.sanitizer import strip_hidden

_NOTES_PREFIX = "Notes: "  # the presentation reader's prefix of speaker's notes


@dataclass(frozen=True, slots=True)
class CitedPlace:
    """A cited place with its rendering; `image_url` is the address of its page image, or ""."""

    document: Document
    passage: Passage
    quote: str
    rendering: SourceView | None
    image_url: str
    unavailable_reason: str

    @property
    def title(self) -> str:
        return f"{self.document.title or self.document.name} · {self.passage.locator.label}"


def render_citation(language: str, place: CitedPlace) -> str:
    """Return the place with its heading; below a page image or an excerpt, the text of the passage is collapsed."""
    text, marked = highlight_quote(place.passage.text, place.quote)
    note = _render_note(t(language, "passage_marked")) if marked else ""
    passage = f'<div class="passage">{text}</div>{note}'
    match place.rendering:
        case PageImage() as picture:
            body = _render_page_image(language, place, picture) + _render_collapsed(language, passage)
        case Excerpt() as excerpt:
            body = _render_excerpt(language, excerpt, place) + _render_collapsed(language, passage)
        case None:
            reason = (
                _render_note(t(language, "rendering_unavailable", reason=html.escape(place.unavailable_reason)))
                if place.unavailable_reason
                else ""
            )
            body = reason + passage
    return f"<article>{_render_heading(language, place)}{body}</article>"


def render_removed_citation(language: str, citation: Citation) -> str:
    """Return the quote of a citation whose document is no longer in the course."""
    title, where = (
        html.escape(citation.document),
        html.escape(format_place(language, citation.place, citation.position)),
    )
    quote = html.escape(strip_hidden(citation.quote))
    return (
        f'<article><h1>{title}</h1><p class="where">{where}</p><p>{t(language, "source_gone")}</p>'
        f'<div class="passage"><mark>{quote}</mark></div></article>'
    )


def format_place(language: str, place: str, number: int, label: str = "") -> str:
    """Return a place in the reader's language; a page number or heading of the document is kept."""
    if place == documents.LocatorKind.SECOND:
        return format_timecode(number)
    kind, _, name = label.partition(" ")  # "page iv", "section Light reactions", "paragraph 3"
    is_translated = name and f"place_{kind}" in CATALOGS[DEFAULT]
    return t(language, f"place_{kind if is_translated else place}", own=name if is_translated else number)


def format_timecode(second: int) -> str:
    """Return mm:ss, or h:mm:ss from an hour on."""
    hours, minutes, seconds = second // 3600, second // 60 % 60, second % 60
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes:02}:{seconds:02}"


def _render_heading(language: str, place: CitedPlace) -> str:
    title = html.escape(place.document.title or place.document.name)
    above = " › ".join(html.escape(heading) for heading in place.passage.heading)
    at = _quote_locator(place)
    named = html.escape(format_place(language, at.kind.value, at.number, at.label))
    where = " · ".join(filter(None, (html.escape(place.document.name), named, above)))
    return f'<h1>{title}</h1><p class="where">{where}</p>'


def _quote_locator(place: CitedPlace) -> Locator:
    """Return where the quote is; its passage may begin a page or some rows earlier."""
    locator = place.passage.locator
    match place.rendering:
        case Excerpt() as excerpt:
            return excerpt.locator
        case PageImage() as picture if picture.page != locator.number:
            return Locator(locator.kind, picture.page, f"{locator.kind} {picture.page}")
    return locator


def _render_page_image(language: str, place: CitedPlace, picture: PageImage) -> str:
    """Return the page with translucent boxes over the quote; positions are relative, so any width fits."""
    boxes = "".join(
        f'<span class="quote" style="left:{box.left:.2%};top:{box.top:.2%};'
        f'width:{box.right - box.left:.2%};height:{box.bottom - box.top:.2%}"></span>'
        for box in picture.boxes
    )
    named = html.escape(format_place(language, place.passage.locator.kind.value, picture.page))
    alt = f"{named}: {html.escape(strip_hidden(place.quote), quote=True)}"
    note = "page_marked" if boxes else "page_unmarked"
    return (
        f'<p class="soft">{t(language, note)}</p><figure class="page-image">'
        f'<img src="{html.escape(place.image_url, quote=True)}" alt="{alt}" width="{picture.width}"'
        f' height="{picture.height}">{boxes}</figure>'
    )


def _render_excerpt(language: str, excerpt: Excerpt, place: CitedPlace) -> str:
    kind = excerpt.locator.kind.value
    title = excerpt.heading[-1] if kind == "slide" and excerpt.heading else ""
    head = f"<h2>{html.escape(title)}</h2>" if title else ""
    if kind == "second":
        head = f'<p class="time">{format_timecode(excerpt.locator.number)}</p>'
    body = "".join(_render_excerpt_text(language, kind, text, place.quote, title) for text in excerpt.texts)
    return f'<div class="card {kind}">{head}{body}</div>'


def _render_excerpt_text(language: str, kind: str, text: str, quote: str, title: str) -> str:
    """Return one text of a slide, cell, row or cue with the quote highlighted."""
    if kind == "slide" and text.startswith(_NOTES_PREFIX):
        marked, _ = highlight_quote(text.removeprefix(_NOTES_PREFIX), quote)
        return f'<div class="notes"><b>{t(language, "slide_notes")}</b><p>{marked}</p></div>'
    if kind == "slide" and text == title:
        return ""
    if kind == "row":
        return _render_table_row(text, quote)
    if text.startswith("```"):
        code, _ = highlight_quote(_strip_code_fence(text), _strip_code_fence(quote))
        return f"<pre>{code}</pre>"
    return f"<p>{highlight_quote(text, quote)[0]}</p>"


def _render_table_row(text: str, quote: str) -> str:
    """Return a row as its column names and values."""
    pairs = [cell.split(": ", 1) for cell in text.split("; ")]
    if not all(len(pair) == 2 for pair in pairs):
        return f"<p>{highlight_quote(text, quote)[0]}</p>"
    cells = "".join(f"<dt>{html.escape(name)}</dt><dd>{html.escape(value)}</dd>" for name, value in pairs)
    return f'<dl class="{"marked" if text in quote or quote in text else ""}">{cells}</dl>'


def _strip_code_fence(text: str) -> str:
    lines = text.split("\n")
    inner = lines[1:] if lines[0].startswith("```") else lines
    return "\n".join(inner[:-1] if inner and inner[-1].startswith("```") else inner)


def _render_collapsed(language: str, passage: str) -> str:
    return f"<details><summary>{t(language, 'passage_text')}</summary>{passage}</details>"


def _render_note(sentence: str) -> str:
    return f'<p class="soft">{sentence}</p>'


def highlight_quote(text: str, quoted: str) -> tuple[str, bool]:
    """Return the text as HTML with the first occurrence of the quote highlighted, and whether it was found."""
    text, quoted = strip_hidden(text), strip_hidden(quoted).strip()
    at = text.find(quoted) if quoted else -1
    if at < 0:
        return html.escape(text), False
    end = at + len(quoted)
    return f"{html.escape(text[:at])}<mark>{html.escape(quoted)}</mark>{html.escape(text[end:])}", True
