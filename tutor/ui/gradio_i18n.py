"""The words that stand still on a page, handed to Gradio, which chooses by the browser's language.

What the person has chosen stands in its place (speaking.py).
"""

from __future__ import annotations

import gradio as gr

from tutor.ui.words import CHINESE, ENGLISH

_KEY_PREFIX = "tutor_"  # Gradio's own keys must not clash with ours


def _static_messages(words: dict[str, str]) -> dict[str, str]:
    return {_KEY_PREFIX + key: value for key, value in words.items() if "{" not in value}


TRANSLATIONS = gr.I18n(
    **{"en": _static_messages(ENGLISH), "zh": _static_messages(CHINESE), "zh-CN": _static_messages(CHINESE)}
)


def i18n(key: str) -> object:
    """Return the reference to a word that needs no filling in."""
    if _KEY_PREFIX + key not in TRANSLATIONS.translations["en"]:
        raise KeyError(f"{key!r} is not among the words that stand still; see tutor/ui/words")
    return TRANSLATIONS(_KEY_PREFIX + key)
