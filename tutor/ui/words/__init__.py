"""Every word that the pages say, in English and Chinese: one file a page.

No Gradio, and no logic but choosing and filling in.
"""

from __future__ import annotations

import string
from collections.abc import Mapping

from tutor.ui.words import chat, classroom, concepts, frame, mine, photo, practice, progress, quizzes, review, teach

_MODULES = (frame, chat, concepts, classroom, mine, progress, review, teach, practice, quizzes, photo)
ENGLISH: dict[str, str] = {key: word for file in _MODULES for key, word in file.ENGLISH.items()}
CHINESE: dict[str, str] = {key: word for file in _MODULES for key, word in file.CHINESE.items()}
CATALOGS: Mapping[str, Mapping[str, str]] = {"en": ENGLISH, "zh": CHINESE}


class _PluralFormatter(string.Formatter):
    """Fills in as str.format does; `{n:answer|answers}` is "1 answer", "2 answers" or "<5 answers"."""

    def format_field(self, value: object, format_spec: str) -> str:
        one, bar, many = format_spec.partition("|")
        if not bar:
            return str(super().format_field(value, format_spec))
        return f"{value} {one if str(value) == '1' else many}"


_FORMATTER = _PluralFormatter()


def t(language: str, key: str, **values: object) -> str:
    """Return the words for `key` with the values filled in; English where a language is not spoken."""
    return _FORMATTER.vformat(CATALOGS.get(language, ENGLISH)[key], (), values)


def negotiate_language(accept_language: str) -> str:
    """Return the language that a browser asks for first among those that we speak."""
    for part in accept_language.lower().split(","):
        tag = part.split(";")[0].strip().split("-")[0]
        if tag in CATALOGS:
            return tag
    return "en"
