"""The words that stand still on a page, handed to Gradio, which chooses by the browser's language.

What the person has chosen stands in its place (speaking.py).
"""

from __future__ import annotations

import gradio as gr

from tutor.locales import CATALOGS, DEFAULT, web_tag

_KEY_PREFIX = "tutor_"  # Gradio's own keys must not clash with ours


def _static_messages(language: str) -> dict[str, str]:
    messages = {**CATALOGS[DEFAULT], **CATALOGS[language]}
    return {_KEY_PREFIX + key: message for key, message in messages.items() if "{" not in message}


TRANSLATIONS = gr.I18n(**{tag: _static_messages(code) for code in CATALOGS for tag in {code, web_tag(code)}})


def i18n(key: str) -> object:
    """Return the reference to a word that needs no filling in."""
    if _KEY_PREFIX + key not in TRANSLATIONS.translations[DEFAULT]:
        raise KeyError(f"{key!r} is not among the words that stand still; see tutor/locales")
    return TRANSLATIONS(_KEY_PREFIX + key)
