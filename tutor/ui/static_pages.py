"""The pages without Gradio: welcome, sign-in by link, plain messages."""

from __future__ import annotations

import html

from tutor.locales import t, web_tag
from tutor.ui.pictures import picture
from tutor.ui.styles import follow_system_scheme, read_styles

PAGE_CSS = follow_system_scheme(read_styles("colours.css", "static.css", "citation.css"))


def render_page(language: str, title: str, body: str, *, wide: bool = False) -> str:
    """Return a whole page; `title` is escaped here, `body` must be escaped."""
    kind = ' class="wide"' if wide else ""
    return (
        f'<!doctype html><html lang="{web_tag(language)}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{html.escape(title)}</title><style>{PAGE_CSS}</style></head>"
        f"<body><main{kind}>{body}</main></body></html>"
    )


def render_welcome(language: str, *, sign_in_path: str = "") -> str:
    """Return the welcome page for visitors, with one button, a link to sign in where there is one, and privacy."""
    account = (
        f'<p><a class="button" href="{sign_in_path}">{t(language, "welcome_sign_in")}</a></p>' if sign_in_path else ""
    )
    brand = f'<div class="brand">{picture("book")}{t(language, "title")}</div>'
    lead, privacy = t(language, "welcome_lead"), t(language, "welcome_privacy")
    return render_page(
        language,
        t(language, "title"),
        f'{brand}<div class="welcome"><div><h1>{t(language, "welcome_title")}</h1><p class="lead">{lead}</p>'
        f'<form method="post" action="/guest"><button autofocus>{t(language, "welcome_start")}</button></form>'
        f'{account}<p><a href="/join">{t(language, "welcome_have_code")}</a></p></div>{picture("ask")}</div>'
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


def render_join_code(language: str, refusal: str = "") -> str:
    """Return the page where a course's code is typed in; `refusal` says why the last one was not taken."""
    said = f'<p role="alert">{html.escape(refusal)}</p>' if refusal else ""
    return render_page(
        language,
        t(language, "join_a_course"),
        f"<h1>{t(language, 'join_a_course')}</h1><p>{t(language, 'join_code_lead')}</p>{said}"
        f'<form method="post" action="/join"><label for="code">{t(language, "join_code_label")}</label>'
        '<input id="code" name="code" required maxlength="32" autocomplete="off" autocapitalize="characters" autofocus>'
        f"<button>{t(language, 'join_code_button')}</button></form>",
    )


def render_join_course(language: str, course: str, code: str) -> str:
    """Return the page of a course's link; only its button enrols, a preview of the link does not."""
    return render_page(
        language,
        t(language, "join_a_course"),
        f"<h1>{html.escape(course)}</h1><p>{t(language, 'join_course_lead')}</p>"
        f'<form method="post" action="/join"><input type="hidden" name="code" value="{html.escape(code)}">'
        f"<button autofocus>{t(language, 'join_course_button')}</button></form>"
        f'<p class="soft">{t(language, "welcome_privacy")}</p><p class="soft">{t(language, "ai_notice")}</p>',
    )


def render_erase_account(language: str, name: str, refusal: str = "") -> str:
    """Return the page where one deletes one's account by typing its name; `refusal` says why it was not deleted."""
    said = f'<p role="alert">{html.escape(refusal)}</p>' if refusal else ""
    label = html.escape(t(language, "erase_account_name", name=name))
    return render_page(
        language,
        t(language, "erase_account"),
        f"<h1>{t(language, 'erase_account')}</h1><p>{t(language, 'erase_account_lead')}</p>{said}"
        f'<form method="post" action="/account/delete"><label for="name">{label}</label>'
        '<input id="name" name="name" required maxlength="200" autocomplete="off" autofocus>'
        f'<button class="danger">{t(language, "erase_account")}</button></form>'
        f'<p><a href="/#progress">{t(language, "erase_account_keep")}</a></p>',
    )


def render_paused(language: str) -> str:
    """Return the page of somebody whose account is paused: their rights to their data are left."""
    links = "".join(
        f'<p><a href="{path}">{t(language, key)}</a></p>'
        for path, key in (("/account/data", "data_link"), ("/account/delete", "erase_account"))
    )
    leave = f'<form method="post" action="/logout"><button>{t(language, "sign_out")}</button></form>'
    said = html.escape(t(language, "account_is_paused"))
    return render_page(language, t(language, "title"), f"<h1>{t(language, 'title')}</h1><p>{said}</p>{links}{leave}")


def render_message(language: str, sentence: str) -> str:
    """Return a page with one message and a link to the start page."""
    back = f'<p><a class="button" href="/">{t(language, "to_start")}</a></p>'
    return render_page(
        language, t(language, "title"), f"<h1>{t(language, 'title')}</h1><p>{html.escape(sentence)}</p>{back}"
    )
