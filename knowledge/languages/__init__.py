"""What is known of each language that text is read in: one folder a language, found by looking.

A folder `knowledge/languages/<code>/` declares its `LANGUAGE` and holds modules of plain data: word lists, fragments
of patterns, tables. Code asks for them by the name of the module and of the constant, for one language (`data`) or for
all of them together (`either`, `words`, `table`), so a new language is a new folder and needs no change of code. What
the product *says* is in `tutor/locales`, organised the same way.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Any


@dataclass(frozen=True, slots=True)
class Language:
    """A language by its ISO 639-1 code; `script` is the range of its letters, as inside the brackets of a pattern."""

    code: str
    name: str  # in the language itself
    english_name: str
    script: str
    has_spaces: bool = True  # between words
    list_separator: str = ", "
    sentence_space: str = " "  # between two sentences


DEFAULT = "en"


@cache
def languages() -> Mapping[str, Language]:
    """Return every language that has a folder, by its code, the default language first."""
    found = {name: _module(name).LANGUAGE for _, name, is_folder in pkgutil.iter_modules(__path__) if is_folder}
    return {code: found[code] for code in sorted(found, key=lambda code: (code != DEFAULT, code))}


def codes() -> tuple[str, ...]:
    """Return the codes of all languages, the default language first."""
    return tuple(languages())


def language(code: str) -> Language:
    """Return a language; the default one for a code without a folder."""
    return languages().get(code) or languages()[DEFAULT]


@cache
def detection_order() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Return code and script of each language, those with a script of their own before those in Latin letters."""
    latin = languages()[DEFAULT].script
    ordered = sorted(languages().values(), key=lambda language: language.script == latin)
    return tuple((each.code, re.compile(f"[{each.script}]")) for each in ordered if each.script != latin)


def detect_language(text: str, default: str) -> str:
    """Return the language whose script text is written in, "en" for Latin words, else `default` ("x = 4")."""
    for code, script in detection_order():
        if script.search(text):
            return code
    return DEFAULT if re.search(r"[A-Za-z]{2,}", text) else default


def data(code: str, module: str, name: str, default: Any = None) -> Any:
    """Return a constant of one language's folder, `default` where that language does not have it."""
    return getattr(_optional(code, module), name, default)


def each(module: str, name: str) -> dict[str, Any]:
    """Return a constant by language, of those languages that have it."""
    found = {code: data(code, module, name) for code in codes()}
    return {code: value for code, value in found.items() if value is not None}


def either(module: str, name: str) -> str:
    """Return the fragments of all languages as one alternative: what any of them would match.

    Raises KeyError where no language has the constant: a slip of the pen must not match everything.
    """
    found = [fragment for fragment in each(module, name).values() if fragment]
    if not found:
        raise KeyError(f"no language has {module}.{name}")
    return "|".join(found)


def words(module: str, name: str) -> frozenset[str]:
    """Return the words of all languages together; a constant is a string of words or a collection of them."""
    lists: Iterable[Iterable[str]] = (
        value.split() if isinstance(value, str) else value for value in each(module, name).values()
    )
    return frozenset(word for some in lists for word in some)


def table(module: str, name: str) -> dict[Any, Any]:
    """Return the tables of all languages as one."""
    return {key: value for part in each(module, name).values() for key, value in part.items()}


def _module(code: str, name: str = "") -> ModuleType:
    return importlib.import_module(".".join(filter(None, (__name__, code, name))))


@cache
def _optional(code: str, name: str) -> ModuleType | None:
    try:
        return _module(code, name)
    except ModuleNotFoundError as error:
        if error.name == f"{__name__}.{code}.{name}" or error.name == f"{__name__}.{code}":
            return None
        raise
