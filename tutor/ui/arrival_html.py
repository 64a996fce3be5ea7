"""The page that meets a new learner, and the one where people change what they are called. No Gradio, no requests."""

from __future__ import annotations

import html

from tutor.accounts.display_names import MAX_NAME_CHARS
from tutor.domain import Person
from tutor.locales import t
from tutor.ui.pictures import picture
from tutor.ui.static_pages import render_page

START_PATH, NAME_PATH = "/start", "/account/name"
PLACEMENT = "placement"


def render_start(actor: Person, course_id: str, course: str, refusal: str = "", *, can_place: bool) -> str:
    """Return the first page in a course: a name, then a question or a short placement, or neither."""
    language = actor.language
    place = f'<button name="next" value="{PLACEMENT}" class="second">{t(language, "start_place")}</button>'
    about = t(language, "start_place_why" if can_place else "start_place_too_few")
    return render_page(
        language,
        t(language, "title"),
        f'<div class="welcome"><div><h1>{html.escape(t(language, "start_title", course=course))}</h1>'
        f'{_alert(refusal)}<form method="post" action="{START_PATH}">'
        f'<input type="hidden" name="course" value="{html.escape(course_id)}">{_name_field(actor)}'
        f'<h2>{t(language, "start_how")}</h2><div class="choices"><button name="next" value="ask">'
        f"{t(language, 'start_ask')}</button>{place if can_place else ''}</div></form>"
        f'<p class="soft">{about}</p><p><a href="{course_url(course_id)}">{t(language, "start_skip")}</a></p>'
        f"</div>{picture('path')}</div>",
    )


def render_change_name(actor: Person, refusal: str = "") -> str:
    """Return the page where people change, or remove, the name that they are called by."""
    language = actor.language
    return render_page(
        language,
        t(language, "change_name"),
        f"<h1>{t(language, 'change_name')}</h1>{_alert(refusal)}"
        f'<form method="post" action="{NAME_PATH}">{_name_field(actor)}<button>{t(language, "save")}</button></form>'
        f'<p><a href="/">{t(language, "to_start")}</a></p>',
    )


def course_url(course_id: str, tab: str = "") -> str:
    """Return the address of the student's page in a course; ids of courses need no quoting."""
    return f"/?course={html.escape(course_id)}" + (f"#{tab}" if tab else "")


def _name_field(actor: Person) -> str:
    language = actor.language
    return (
        f'<label for="name">{t(language, "call_me")}</label>'
        f'<input id="name" name="name" value="{html.escape(actor.display_name)}" maxlength="{MAX_NAME_CHARS}" '
        f'placeholder="{html.escape(actor.name)}" autocomplete="nickname" aria-describedby="name-about">'
        f'<p id="name-about" class="soft">{html.escape(t(language, "call_me_about", name=actor.name))}</p>'
    )


def _alert(refusal: str) -> str:
    return f'<p role="alert">{html.escape(refusal)}</p>' if refusal else ""
