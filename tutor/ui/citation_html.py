"""What stands behind a citation, as HTML: the printed page, a slide, a cell, a row, a second, or the text alone.

Pure. Everything that comes from a document is escaped here.
"""

from __future__ import annotations

import html
from dataclasses import dataclass

from knowledge import documents
from knowledge.documents import Document, Locator, Passage
from knowledge.excerpts import Excerpt
from knowledge.page_render import Picture
from tutor.chat.citation_viewer import Sight
from tutor.domain import Citation
from tutor.ui.sanitizer import without_hidden
from tutor.ui.words import WORDS, say

_NOTES = "Notes: "  # what the reader of presentations puts before what is spoken


@dataclass(frozen=True, slots=True)
class Place:
    """A cited place with what can be shown of it; `picture` is the address of its page, "" where it has none."""

    document: Document
    passage: Passage
    quote: str
    sight: Sight | None
    picture: str
    problem: str

    @property
    def title(self) -> str:
        return f"{self.document.title or self.document.name} · {self.passage.locator.label}"


def part(language: str, place: Place) -> str:
    """Return the place with its heading; the text of the passage follows where a picture or a card leads."""
    text, marked = marked_text(place.passage.text, place.quote)
    note = _soft(say(language, "passage_marked")) if marked else ""
    passage = f'<div class="passage">{text}</div>{note}'
    match place.sight:
        case Picture() as picture:
            body = _sheet(language, place, picture) + _folded(language, passage)
        case Excerpt() as excerpt:
            body = _card(language, excerpt, place) + _folded(language, passage)
        case None:
            reason = _soft(say(language, "not_as_printed", reason=html.escape(place.problem))) if place.problem else ""
            body = reason + passage
    return f"<article>{_head(language, place)}{body}</article>"


def removed(language: str, citation: Citation) -> str:
    """Return what is left of a citation whose document is no longer in the course."""
    title, where = html.escape(citation.document), html.escape(placed(language, citation.place, citation.position))
    quote = html.escape(without_hidden(citation.quote))
    return (
        f'<article><h1>{title}</h1><p class="where">{where}</p><p>{say(language, "source_gone")}</p>'
        f'<div class="passage"><mark>{quote}</mark></div></article>'
    )


def placed(language: str, place: str, number: int, label: str = "") -> str:
    """Return a place in the reader's language; what has a name of its own keeps it."""
    if place == documents.Place.SECOND:
        return time_code(number)
    kind, _, own = label.partition(" ")  # "page iv", "section Light reactions", "paragraph 3"
    known = own and f"place_{kind}" in WORDS["en"]
    return say(language, f"place_{kind if known else place}", own=own if known else number)


def time_code(second: int) -> str:
    """Return mm:ss, or h:mm:ss from an hour on."""
    hours, minutes, seconds = second // 3600, second // 60 % 60, second % 60
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes:02}:{seconds:02}"


def _head(language: str, place: Place) -> str:
    title = html.escape(place.document.title or place.document.name)
    above = " › ".join(html.escape(heading) for heading in place.passage.heading)
    at = _at(place)
    named = html.escape(placed(language, at.place.value, at.number, at.label))
    where = " · ".join(filter(None, (html.escape(place.document.name), named, above)))
    return f'<h1>{title}</h1><p class="where">{where}</p>'


def _at(place: Place) -> Locator:
    """Where the quote itself stands; its passage may begin a page or some rows earlier."""
    locator = place.passage.locator
    match place.sight:
        case Excerpt() as excerpt:
            return excerpt.locator
        case Picture() as picture if picture.page != locator.number:
            return Locator(locator.place, picture.page, f"{locator.place} {picture.page}")
    return locator


def _sheet(language: str, place: Place, picture: Picture) -> str:
    """The page with translucent boxes over the quote; positions are shares, so any width fits."""
    boxes = "".join(
        f'<span class="quote" style="left:{box.left:.2%};top:{box.top:.2%};'
        f'width:{box.right - box.left:.2%};height:{box.bottom - box.top:.2%}"></span>'
        for box in picture.boxes
    )
    named = html.escape(placed(language, place.passage.locator.place.value, picture.page))
    alt = f"{named}: {html.escape(without_hidden(place.quote), quote=True)}"
    note = "page_marked" if boxes else "page_unmarked"
    return (
        f'<p class="soft">{say(language, note)}</p><figure class="sheet">'
        f'<img src="{html.escape(place.picture, quote=True)}" alt="{alt}" width="{picture.width}"'
        f' height="{picture.height}">{boxes}</figure>'
    )


def _card(language: str, excerpt: Excerpt, place: Place) -> str:
    kind = excerpt.locator.place.value
    title = excerpt.heading[-1] if kind == "slide" and excerpt.heading else ""
    head = f"<h2>{html.escape(title)}</h2>" if title else ""
    if kind == "second":
        head = f'<p class="time">{time_code(excerpt.locator.number)}</p>'
    body = "".join(_text(language, kind, text, place.quote, title) for text in excerpt.texts)
    return f'<div class="card {kind}">{head}{body}</div>'


def _text(language: str, kind: str, text: str, quote: str, title: str) -> str:
    """One text of a slide, cell, row or cue with the quote marked in it."""
    if kind == "slide" and text.startswith(_NOTES):
        said, _ = marked_text(text.removeprefix(_NOTES), quote)
        return f'<div class="notes"><b>{say(language, "slide_notes")}</b><p>{said}</p></div>'
    if kind == "slide" and text == title:
        return ""
    if kind == "row":
        return _row(text, quote)
    if text.startswith("```"):
        code, _ = marked_text(_without_fence(text), _without_fence(quote))
        return f"<pre>{code}</pre>"
    return f"<p>{marked_text(text, quote)[0]}</p>"


def _row(text: str, quote: str) -> str:
    """A row as the names of its columns and what stands in them."""
    pairs = [cell.split(": ", 1) for cell in text.split("; ")]
    if not all(len(pair) == 2 for pair in pairs):
        return f"<p>{marked_text(text, quote)[0]}</p>"
    cells = "".join(f"<dt>{html.escape(name)}</dt><dd>{html.escape(value)}</dd>" for name, value in pairs)
    return f'<dl class="{"marked" if text in quote or quote in text else ""}">{cells}</dl>'


def _without_fence(text: str) -> str:
    lines = text.split("\n")
    inner = lines[1:] if lines[0].startswith("```") else lines
    return "\n".join(inner[:-1] if inner and inner[-1].startswith("```") else inner)


def _folded(language: str, passage: str) -> str:
    return f"<details><summary>{say(language, 'passage_text')}</summary>{passage}</details>"


def _soft(sentence: str) -> str:
    return f'<p class="soft">{sentence}</p>'


def marked_text(text: str, quoted: str) -> tuple[str, bool]:
    """Return the text as HTML with the first occurrence of the quote marked, and whether it was found."""
    text, quoted = without_hidden(text), without_hidden(quoted).strip()
    at = text.find(quoted) if quoted else -1
    if at < 0:
        return html.escape(text), False
    end = at + len(quoted)
    return f"{html.escape(text[:at])}<mark>{html.escape(quoted)}</mark>{html.escape(text[end:])}", True
