"""Languages that text is read in: one folder a language, found by looking.

A folder `knowledge/languages/<code>/` declares its `LANGUAGE` and holds modules of plain data: word lists, fragments of
patterns, tables. Code asks for a constant by module and name, for one language (`data`) or for all of them together
(`each`, `either`, `words`, `table`, `characters`), so a new language is a new folder and no change of code. A folder
may also have one hook: `folding.fold`, which maps spellings of the same word to one form (see `fold`).

What the product says is in `tutor/locales`, organised the same way.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Any

from knowledge.languages import scripts


@dataclass(frozen=True, slots=True)
class Language:
    """A language by its ISO 639-1 code; `script` is the range of its letters, for the brackets of a pattern."""

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
    """Return a language; falls back to the default one for a code without a folder."""
    return languages().get(code) or languages()[DEFAULT]


@cache
def detection_order() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Return code and script of each language that is not written in Latin letters."""
    latin = languages()[DEFAULT].script
    others = {code: found.script for code, found in languages().items() if found.script != latin}
    return tuple((code, re.compile(f"[{script}]")) for code, script in others.items())


def detect_language(text: str, default: str) -> str:
    """Return the language whose script text is written in, "en" for Latin words, or `default` ("x = 4")."""
    for code, script in detection_order():
        if script.search(text):
            return code
    return DEFAULT if re.search(r"[A-Za-z]{2,}", text) else default


def script_share(text: str, script: str) -> float:
    """Return the share of the letters of text that lie in a range of characters, in [0, 1]."""
    letters = len(_LETTER.findall(text))
    return len(_in_range(script).findall(text)) / letters if letters else 0.0


def unread_share(text: str, read: Collection[str]) -> float:
    """Return the share of the letters of text in scripts that none of the languages `read` is written in, in [0, 1].

    Scripts without a folder count as unread only when they have no spaces and no such language is read.
    """
    others = [other.script for code, other in languages().items() if code not in read and other.script != scripts.LATIN]
    if all(language(code).has_spaces for code in read):
        others.append(scripts.UNSPACED)
    return script_share(text, "".join(others)) if others else 0.0


_LETTER = re.compile(r"[^\W\d_]")


@cache
def _in_range(script: str) -> re.Pattern[str]:
    return re.compile(f"[{script}]")


def data(code: str, module: str, name: str, default: Any = None) -> Any:
    """Return a constant of one language's folder, or `default` where that language does not have it."""
    return getattr(_optional(code, module), name, default)


def each(module: str, name: str, *, spaced: bool | None = None) -> dict[str, Any]:
    """Return a constant by language code, for the languages that have it.

    `spaced` restricts the languages to those that write words with spaces between them (True) or without (False).
    """
    wanted = [code for code, found in languages().items() if spaced in (None, found.has_spaces)]
    values = {code: data(code, module, name) for code in wanted}
    return {code: value for code, value in values.items() if value is not None}


def either(module: str, name: str, *, spaced: bool | None = None) -> str:
    """Return the pattern fragments of all languages as one alternative, the default language first.

    Raises KeyError where no language has the constant: a misspelt name must not match everything.
    """
    found = [fragment for fragment in each(module, name, spaced=spaced).values() if fragment]
    if not found:
        raise KeyError(f"no language has {module}.{name}")
    return "|".join(found)


def words(module: str, name: str, *, spaced: bool | None = None) -> frozenset[str]:
    """Return the words of all languages together; a constant is a string of words or a collection of them."""
    lists: Iterable[Iterable[str]] = (
        value.split() if isinstance(value, str) else value for value in each(module, name, spaced=spaced).values()
    )
    return frozenset(word for some in lists for word in some)


def table(module: str, name: str) -> dict[Any, Any]:
    """Return the tables of all languages as one."""
    return {key: value for part in each(module, name).values() for key, value in part.items()}


def characters(module: str, name: str, *, spaced: bool | None = None) -> str:
    """Return the characters of all languages together, each once, escaped for the brackets of a pattern."""
    found = dict.fromkeys("".join(each(module, name, spaced=spaced).values()))
    return "".join(map(re.escape, found))


def fold(text: str) -> str:
    """Return text with each word in the one form in which it is compared.

    Applies every language's `folding.fold`: traditional Chinese characters become simplified ones. The result is for
    comparing and indexing only; quotes are always cut from the original.
    """
    for hook in _folding_hooks():
        text = hook(text)
    return text


@cache
def _folding_hooks() -> tuple[Callable[[str], str], ...]:
    return tuple(each("folding", "fold").values())


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
