"""The words that stand still on a page, handed to Gradio, which chooses by the browser's language.

What the person has chosen stands in its place (speaking.py).
"""

from __future__ import annotations

import gradio as gr

from tutor.ui.words import CHINESE, ENGLISH

_PREFIX = "tutor_"  # Gradio's own keys must not clash with ours


def _still(words: dict[str, str]) -> dict[str, str]:
    return {_PREFIX + key: value for key, value in words.items() if "{" not in value}


I18N = gr.I18n(**{"en": _still(ENGLISH), "zh": _still(CHINESE), "zh-CN": _still(CHINESE)})


def text(key: str) -> object:
    """Return the reference to a word that needs no filling in."""
    if _PREFIX + key not in I18N.translations["en"]:
        raise KeyError(f"{key!r} is not among the words that stand still; see tutor/ui/words")
    return I18N(_PREFIX + key)
