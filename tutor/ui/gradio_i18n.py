"""Messages without values, handed to Gradio, which translates them in the browser.

`locale_middleware` makes the browser report the language that the person has chosen. Only what the pages ask for is
sent: most messages are written by the server.
"""

from __future__ import annotations

import gradio as gr

from tutor.locales import CATALOGS, DEFAULT, web_tag

_KEY_PREFIX = "tutor_"  # keeps our keys apart from Gradio's own
_referenced: set[str] = set()  # by pages that were built in this process


def i18n(key: str) -> object:
    """Return Gradio's reference to a message without values."""
    if "{" in CATALOGS[DEFAULT].get(key, "{"):
        raise KeyError(f"{key!r} is not a message without values; see tutor/locales")
    _referenced.add(key)
    return gr.I18n()(_KEY_PREFIX + key)


def referenced_messages() -> gr.I18n:
    """Return the messages that the pages built so far refer to, in every language."""
    return gr.I18n(**{tag: _messages(code) for code in CATALOGS for tag in {code, web_tag(code)}})


def _messages(language: str) -> dict[str, str]:
    catalog = {**CATALOGS[DEFAULT], **CATALOGS[language]}
    return {_KEY_PREFIX + key: catalog[key] for key in sorted(_referenced)}
