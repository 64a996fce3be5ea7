"""The pages without Gradio: welcome, sign-in by link, plain messages."""

from __future__ import annotations

import html
from pathlib import Path

from tutor.locales import t, web_tag

CITATION_CSS = (Path(__file__).parent / "assets" / "citation.css").read_text(encoding="utf-8")
PAGE_CSS = """
:root{color-scheme:light dark;--ink:#1d2433;--paper:#fff;--soft:#5b6478;--line:#d9dee8;--mark:#ffe9a8;--main:#2f5fd0}
@media(prefers-color-scheme:dark){:root{--ink:#e8ecf4;--paper:#14181f;--soft:#a3adc0;--line:#323a49;--mark:#6b5414;--main:#86a8ff}}
*{box-sizing:border-box}body{margin:0;background:var(--paper);color:var(--ink);font:1.05rem/1.6 system-ui,sans-serif}
main{max-width:44rem;margin:0 auto;padding:8vh 1.25rem 4rem}h1{font-size:1.9rem;line-height:1.2;margin:0 0 .75rem}
p{margin:.75rem 0}.soft,footer{color:var(--soft);font-size:.92rem}.where{color:var(--soft);margin-top:0}
button,.button{font:inherit;font-weight:600;color:#fff;background:#2f5fd0;border:0;border-radius:.6rem;
padding:.8rem 1.4rem;cursor:pointer;text-decoration:none;display:inline-block}
button:hover,.button:hover{background:#254fb3}
:focus-visible{outline:3px solid var(--main);outline-offset:2px}a{color:var(--main)}
main.wide{max-width:60rem;padding-top:4vh}
"""


def render_page(language: str, title: str, body: str, *, wide: bool = False) -> str:
    """Return a whole page; `title` is escaped here, `body` must be escaped."""
    kind = ' class="wide"' if wide else ""
    return (
        f'<!doctype html><html lang="{web_tag(language)}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{html.escape(title)}</title><style>{PAGE_CSS}{CITATION_CSS}</style></head><body><main{kind}>{body}</main></body></html>"
    )


def render_welcome(language: str) -> str:
    """Return the welcome page for visitors, with one button and a note on privacy."""
    lead, privacy = t(language, "welcome_lead"), t(language, "welcome_privacy")
    return render_page(
        language,
        t(language, "title"),
        f"<h1>{t(language, 'title')}</h1><p>{lead}</p>"
        f'<form method="post" action="/guest"><button autofocus>{t(language, "welcome_start")}</button></form>'
        f'<p class="soft">{privacy}</p><p class="soft">{t(language, "ai_notice")}</p>'
        f"<footer><p>{t(language, 'welcome_teacher')}</p></footer>",
    )


def render_join(language: str, token: str) -> str:
    """Return the page of a one-time link; only its button redeems the link, a preview does not."""
    return render_page(
        language,
        t(language, "title"),
        f"<h1>{t(language, 'title')}</h1><p>{t(language, 'join_lead')}</p>"
        f'<form method="post" action="/join"><input type="hidden" name="token" value="{html.escape(token)}">'
        f"<button autofocus>{t(language, 'join_button')}</button></form>",
    )


def render_message(language: str, sentence: str) -> str:
    """Return a page with one message and a link to the start page."""
    back = f'<p><a class="button" href="/">{t(language, "to_start")}</a></p>'
    return render_page(
        language, t(language, "title"), f"<h1>{t(language, 'title')}</h1><p>{html.escape(sentence)}</p>{back}"
    )
