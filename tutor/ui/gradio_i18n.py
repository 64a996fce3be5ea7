"""Messages without values, handed to Gradio, which translates them in the browser.

`locale_middleware` makes the browser report the language that the person has chosen.
"""

from __future__ import annotations

import gradio as gr

from tutor.locales import CATALOGS, DEFAULT, web_tag

_KEY_PREFIX = "tutor_"  # keeps our keys apart from Gradio's own


def _static_messages(language: str) -> dict[str, str]:
    messages = {**CATALOGS[DEFAULT], **CATALOGS[language]}
    return {_KEY_PREFIX + key: message for key, message in messages.items() if "{" not in message}


TRANSLATIONS = gr.I18n(**{tag: _static_messages(code) for code in CATALOGS for tag in {code, web_tag(code)}})


def i18n(key: str) -> object:
    """Return Gradio's reference to a message without values."""
    if _KEY_PREFIX + key not in TRANSLATIONS.translations[DEFAULT]:
        raise KeyError(f"{key!r} is not a message without values; see tutor/locales")
    return TRANSLATIONS(_KEY_PREFIX + key)
