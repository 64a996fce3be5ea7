"""The scripts and styles of a page's head, with their messages in every language."""

from __future__ import annotations

import json
from pathlib import Path

from tutor.chat.photo_transcription import MAX_BYTES
from tutor.locales import CATALOGS, t

ASSETS = Path(__file__).parent / "assets"
STYLES = ("page.css", "citation.css", "progress.css")
SCRIPTS = ("messages.js", "page.js", "photo.js")
_MESSAGE_KEYS = ("close", "source_opening", "photo_reading", "photo_failed", "photo_too_big")
_TOAST_TITLES = {"": "toast_info", ".warning": "toast_warning", ".error": "toast_error"}


def render_head() -> str:
    """Return our styles and scripts; Gradio's own `css=` would prefix every selector."""
    styles = "".join((ASSETS / name).read_text("utf-8") for name in STYLES) + _toast_titles_css()
    scripts = "".join((ASSETS / name).read_text("utf-8") for name in SCRIPTS)
    messages = {
        language: {key: t(language, key, megabytes=MAX_BYTES >> 20) for key in _MESSAGE_KEYS} for language in CATALOGS
    }
    scripts = scripts.replace("MESSAGES", json.dumps(messages, ensure_ascii=False))
    return f"<style>{styles}</style><script>{scripts.replace('MAX_PHOTO_BYTES', str(MAX_BYTES))}</script>"


def _toast_titles_css() -> str:
    """Return CSS that translates the titles of Gradio's passing notes, which are always English."""
    rules = [
        f":lang({language}) .toast-title{kind}::before {{ content: {_css_string(t(language, key))}; }}"
        for language in CATALOGS
        for kind, key in _TOAST_TITLES.items()
    ]
    hide = ".toast-title { font-size: 0; } .toast-title::before { font-size: 1rem; }"
    return "\n".join([hide, *rules])


def _css_string(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
