"""The few pages that are not Gradio's: welcome, sign-in by link, a cited passage, plain messages. Pure HTML text."""

from __future__ import annotations

import html

from knowledge.documents import Document, Passage
from tutor.ui.cleaning import without_hidden
from tutor.ui.words import say

STYLE = """
:root{color-scheme:light dark;--ink:#1d2433;--paper:#fff;--soft:#5b6478;--line:#d9dee8;--mark:#ffe9a8;--main:#2f5fd0}
@media(prefers-color-scheme:dark){:root{--ink:#e8ecf4;--paper:#14181f;--soft:#a3adc0;--line:#323a49;--mark:#6b5414;--main:#86a8ff}}
*{box-sizing:border-box}body{margin:0;background:var(--paper);color:var(--ink);font:1.05rem/1.6 system-ui,sans-serif}
main{max-width:44rem;margin:0 auto;padding:8vh 1.25rem 4rem}h1{font-size:1.9rem;line-height:1.2;margin:0 0 .75rem}
p{margin:.75rem 0}.soft,footer{color:var(--soft);font-size:.92rem}.where{color:var(--soft);margin-top:0}
button,.button{font:inherit;font-weight:600;color:#fff;background:#2f5fd0;border:0;border-radius:.6rem;
padding:.8rem 1.4rem;cursor:pointer;text-decoration:none;display:inline-block}
button:hover,.button:hover{background:#254fb3}
:focus-visible{outline:3px solid var(--main);outline-offset:2px}a{color:var(--main)}
.passage{white-space:pre-wrap;overflow-wrap:anywhere;border-left:4px solid var(--line);padding-left:1rem;
margin:1.25rem 0}mark{background:var(--mark);color:inherit;border-radius:.2rem;padding:.05em .1em}
"""


def page(language: str, title: str, body: str) -> str:
    """Return a whole page; `title` is escaped, `body` is HTML of our own."""
    return (
        f'<!doctype html><html lang="{"zh-CN" if language == "zh" else "en"}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{html.escape(title)}</title><style>{STYLE}</style></head><body><main>{body}</main></body></html>"
    )


def welcome(language: str) -> str:
    """Return the page for visitors: one button, and what happens with what they write."""
    lead, privacy = say(language, "welcome_lead"), say(language, "welcome_privacy")
    return page(
        language,
        say(language, "title"),
        f"<h1>{say(language, 'title')}</h1><p>{lead}</p>"
        f'<form method="post" action="/guest"><button autofocus>{say(language, "welcome_start")}</button></form>'
        f'<p class="soft">{privacy}</p><p class="soft">{say(language, "ai_notice")}</p>'
        f"<footer><p>{say(language, 'welcome_teacher')}</p></footer>",
    )


def join(language: str, token: str) -> str:
    """Return the page behind a one-time link; only its button uses the link up, a preview does not."""
    return page(
        language,
        say(language, "title"),
        f"<h1>{say(language, 'title')}</h1><p>{say(language, 'join_lead')}</p>"
        f'<form method="post" action="/join"><input type="hidden" name="token" value="{html.escape(token)}">'
        f"<button autofocus>{say(language, 'join_button')}</button></form>",
    )


def message(language: str, sentence: str) -> str:
    """Return a page that says one sentence and leads back."""
    back = f'<p><a class="button" href="/">{say(language, "to_start")}</a></p>'
    return page(
        language, say(language, "title"), f"<h1>{say(language, 'title')}</h1><p>{html.escape(sentence)}</p>{back}"
    )


def passage(language: str, document: Document, found: Passage, quoted: str) -> str:
    """Return the page of a cited passage."""
    title = f"{document.title or document.name} · {found.locator.label}"
    return page(language, title, passage_part(language, document, found, quoted))


def passage_part(language: str, document: Document, found: Passage, quoted: str) -> str:
    """Return the passage with its place, and the quoted words marked; everything from the document is escaped."""
    title, place = html.escape(document.title or document.name), html.escape(found.locator.label)
    above = " › ".join(html.escape(part) for part in found.heading)
    body, marked = marked_text(found.text, quoted)
    note = f'<p class="soft">{say(language, "passage_marked")}</p>' if marked else ""
    where = " · ".join(filter(None, (html.escape(document.name), place, above)))
    return f'<article><h1>{title}</h1><p class="where">{where}</p><div class="passage">{body}</div>{note}</article>'


def marked_text(text: str, quoted: str) -> tuple[str, bool]:
    """Return the text as HTML with the first occurrence of the quote marked, and whether it was found."""
    text, quoted = without_hidden(text), without_hidden(quoted).strip()
    at = text.find(quoted) if quoted else -1
    if at < 0:
        return html.escape(text), False
    end = at + len(quoted)
    return f"{html.escape(text[:at])}<mark>{html.escape(quoted)}</mark>{html.escape(text[end:])}", True
