"""The styles and scripts of the pages, with their messages in every language."""

from __future__ import annotations

import json

from tutor.chat.photo_transcription import MAX_BYTES
from tutor.locales import CATALOGS, t
from tutor.ui.pictures import picture_css
from tutor.ui.styles import ASSETS, read_styles

STYLES = ("colours.css", "page.css", "citation.css", "progress.css", "skill_map.css")
SCRIPTS = ("messages.js", "place.js", "page.js", "photo.js")
_MESSAGE_KEYS = ("close", "source_opening", "photo_reading", "photo_failed", "photo_too_big", "offline")
# Scripts of page events; `tutorPlace` is in assets/place.js.
RECALL_COURSE_JS = "() => [tutorPlace.read()[0]]"
RECALL_PLACE_JS = "() => tutorPlace.read()"
REMEMBER_COURSE_JS = "(course) => { tutorPlace.write(course); }"
REMEMBER_PLACE_JS = "(course, chat) => { tutorPlace.write(course, chat); }"
OPEN_TAB_JS = "() => { tutorPlace.openTab(); }"
_TOAST_TITLES = {"": "toast_info", ".warning": "toast_warning", ".error": "toast_error"}


def render_head() -> str:
    """Return our styles for the head of a page; Gradio's own `css=` would prefix every selector."""
    styles = read_styles(*STYLES) + _toast_titles_css()
    return f"<style>{styles}{picture_css('#tutor-chat .placeholder-content::before', 'ask')}</style>"


def render_script() -> str:
    """Return our scripts as one function, which Gradio calls before it loads a page's data."""
    scripts = "".join((ASSETS / name).read_text("utf-8") for name in SCRIPTS)
    messages = {
        language: {key: t(language, key, megabytes=MAX_BYTES >> 20) for key in _MESSAGE_KEYS} for language in CATALOGS
    }
    scripts = scripts.replace("MESSAGES", json.dumps(messages, ensure_ascii=False))
    return f"() => {{ {scripts.replace('MAX_PHOTO_BYTES', str(MAX_BYTES))} }}"


def _toast_titles_css() -> str:
    """Return CSS that translates the titles of Gradio's passing notes, which are always English."""
    rules = [
        f":lang({language}) .toast-title{kind}::before {{ content: {_css_string(t(language, key))}; }}"
        for language in CATALOGS
        for kind, key in _TOAST_TITLES.items()
    ]
    hide = ".toast-title { font-size: 0 !important; } .toast-title::before { font-size: 1rem; }"
    return "\n".join([hide, *rules])


def _css_string(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
