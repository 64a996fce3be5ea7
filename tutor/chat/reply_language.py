"""Which language a reply is in: the one that was asked for, once or from now on, else that of the message. Pure.

A fitted model tells a request ("answer in Chinese") from a subject ("the Chinese dynasties"): `tutor.pedagogy`,
`intent_model`. The names of languages are in `knowledge/languages`, module `requests`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.languages import characters, detect_language, each, fold, words
from tutor.domain import Turn
from tutor.pedagogy.intent_model import Situation, load_intent_model

_TABLES = tuple(each("requests", "LANGUAGE_NAMES").values())
_NAMES = {
    code: re.compile("|".join(names[code] for names in _TABLES if code in names), re.IGNORECASE)
    for code in dict.fromkeys(code for names in _TABLES for code in names)
}
_REQUEST_WORDS = words("requests", "LANGUAGE_REQUEST_WORDS")
_PIECE = re.compile(r"[A-Za-z']+|\w|[^\w\s]+|\s+")
_KEPT_MARKS = (
    *characters("text", "SENTENCE_ENDS").replace("\\", ""),
    *characters("text", "CLOSING_MARKS").replace("\\", ""),
)
_MARKS = "".join(_KEPT_MARKS) + " "
MAX_REQUEST_CHARS = 400  # a longer message that names a language is about it


@dataclass(frozen=True, slots=True)
class LanguageRequest:
    """A language that a message asks to be answered in, and the message without the words that ask for it."""

    language: str
    stays: bool  # from now on
    rest: str


def find_language_request(message: str) -> LanguageRequest | None:
    """Return the request for a language in a message; None where there is none."""
    if len(message) > MAX_REQUEST_CHARS:
        return None
    plain = fold(message) if len(fold(message)) == len(message) else message
    found = [(match.end(), match, code) for code, names in _NAMES.items() for match in names.finditer(plain)]
    if not found:
        return None
    _, match, code = max(found, key=lambda one: one[0])
    chances = load_intent_model(Situation.LANGUAGE).probabilities(plain)
    if chances["none"] >= max(chances["stay"], chances["once"]):
        return None
    return LanguageRequest(code, chances["stay"] >= chances["once"], _without_request(plain, match.span()))


def reply_language(message: str, earlier: Sequence[Turn], default: str) -> str:
    """Return the language of a message, or the one that a turn before it asked for from now on."""
    for turn in reversed(earlier):
        request = find_language_request(turn.question)
        if request is not None and request.stays:
            return request.language
    return detect_language(message, default)


def _without_request(message: str, name: tuple[int, int]) -> str:
    """Return a message without a language's name and the words around it that only ask for the language."""
    before, after = message[: name[0]], message[name[1] :]
    left, right = _PIECE.findall(before), _PIECE.findall(after)
    while left and _is_dropped(left[-1]):
        left.pop()
    while right and _is_dropped(right[0]):
        right.pop(0)
    if not "".join(right).strip(_MARKS):
        return "".join(left).strip() + "".join(right).strip()
    kept = [part for part in ("".join(left).strip(), "".join(right).strip()) if part]
    return " ".join(kept)


def _is_dropped(piece: str) -> bool:
    is_mark = not any(character.isalnum() for character in piece)
    return piece.casefold() in _REQUEST_WORDS or (is_mark and piece.strip() not in _KEPT_MARKS)
