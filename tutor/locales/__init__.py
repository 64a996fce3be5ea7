"""The messages of the product: one folder per language, each with modules that define `MESSAGES` by key.

Folders and modules are discovered, so a new language is a new folder. A key that a language lacks is shown in English.
What is needed to *read* a language is in `knowledge/languages`.
"""

from __future__ import annotations

import importlib
import pkgutil
import string
from collections.abc import Mapping

from knowledge import languages
from tutor.locales.formatting import select_plural

DEFAULT = "en"


class DuplicateMessage(Exception):
    """Two modules of one language define the same key."""


def load_catalogs() -> dict[str, Mapping[str, str]]:
    """Return the messages of every language folder by key, the default language first."""
    codes = [name for _, name, is_folder in pkgutil.iter_modules(__path__) if is_folder]
    return {code: _load_catalog(code) for code in sorted(codes, key=lambda code: (code != DEFAULT, code))}


def _load_catalog(code: str) -> dict[str, str]:
    folder = importlib.import_module(f"{__name__}.{code}")
    catalog: dict[str, str] = {}
    for _, name, _ in pkgutil.iter_modules(folder.__path__):
        messages = importlib.import_module(f"{folder.__name__}.{name}").MESSAGES
        if twice := catalog.keys() & messages.keys():
            raise DuplicateMessage(f"{folder.__name__}.{name} defines {', '.join(sorted(twice))} again; rename the key")
        catalog |= messages
    return catalog


CATALOGS: dict[str, Mapping[str, str]] = load_catalogs()


class _PluralFormatter(string.Formatter):
    """Formats like str.format; `{n:answer|answers}` is "1 answer", "2 answers" or "<5 answers".

    The forms are in the order of the language's CLDR plural categories ("one|few|many|other" in Polish).
    """

    def __init__(self, language: str) -> None:
        self._language = language

    def format_field(self, value: object, format_spec: str) -> str:
        if "|" not in format_spec:
            return str(super().format_field(value, format_spec))
        return f"{value} {select_plural(self._language, value, format_spec.split('|'))}"


def t(language: str, key: str, **values: object) -> str:
    """Return the message for `key`, formatted with `values`; falls back to English."""
    spoken = language if find_message(language, key) is not None else DEFAULT
    return _PluralFormatter(spoken).vformat(CATALOGS[spoken][key], (), values)


def find_message(language: str, key: str) -> str | None:
    """Return the unformatted message for `key` in `language`, or None if that language lacks it."""
    return CATALOGS.get(language, {}).get(key)


def translate_error(error: BaseException, language: str) -> str:
    """Return the message for an error's `key` or class in `language`; without one, the error's own English message."""
    if language != DEFAULT:
        for key in (getattr(error, "key", None), f"error_{type(error).__name__}"):
            if key and find_message(language, key) is not None:
                return t(language, key, **getattr(error, "values", {}))
    return str(error)


def page_languages() -> list[tuple[str, str]]:
    """Return name and code of each language that the pages can be shown in."""
    return [(languages.language(code).name, code) for code in CATALOGS]


def web_tag(code: str) -> str:
    """Return the BCP 47 tag by which browsers and Gradio know a language: its code, or its folder's `WEB_TAG`."""
    if code not in CATALOGS:
        return code
    return str(getattr(importlib.import_module(f"{__name__}.{code}"), "WEB_TAG", code))


def negotiate_language(accept_language: str) -> str:
    """Return the first supported language of an Accept-Language header; English without one."""
    for part in accept_language.lower().split(","):
        tag = part.split(";")[0].strip().split("-")[0]
        if tag in CATALOGS:
            return tag
    return DEFAULT
