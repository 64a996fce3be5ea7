"""Runs: raised, lowered and annotated pieces of a paragraph, as text that keeps what their position means.

"10" and a raised "23" become "10²³", never "1023". Digits and signs become Unicode superscripts and subscripts, what
Unicode lacks is written ^{…} or _{…}, as in LaTeX. The references to notes are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import groupby

from knowledge.parsing.text_cleaning import is_cjk

_PLAIN_DIGITS, _SIGNS = "0123456789", "+-−–=()"
_SUPERSCRIPTS = str.maketrans(_PLAIN_DIGITS + _SIGNS, "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻⁼⁽⁾")
_SUBSCRIPTS = str.maketrans(_PLAIN_DIGITS + _SIGNS, "₀₁₂₃₄₅₆₇₈₉₊₋₋₋₌₍₎")
_MAPPED = re.compile(rf"[{_PLAIN_DIGITS}{re.escape(_SIGNS)}]+")
# Raised by custom, not to mean a power: ordinals, trade marks, primes, footnote symbols.
_RAISED_BY_CUSTOM = re.compile(
    r"(?:st|nd|rd|th|er|re|ers|ère|ème|eme|ter|mo|da|ra|to|®|©|™|℠|[′″‴'’\"°º*∗†‡§¶#]+)", re.IGNORECASE
)
_TRADE_MARKS = {"tm": "™", "sm": "℠"}
_NOTE_REFERENCE = re.compile(r"[\[【](?:\d{1,3}|[a-z]{1,3})(?:\s?[,;–-]\s?\d{1,3})*[\]】]", re.IGNORECASE)
_MARK_IN_A_LINK = re.compile(r"[\[(]?(?:\d{1,3}|[a-z]|[ivxl]{1,5}|[*∗†‡§¶]+)[\])]?", re.IGNORECASE)
_AROUND_TERMS = " .,:;!?[]\"“”‘’'。，：；、【】《》"
_TERM = re.compile(r"(?=.*[^\W\d_])(?:[^.!?。！？，；;:：\n]|\.(?=\w)){2,60}")
_SENTENCE_ENDS = (".", "!", "?", "。", "！", "？")
_TERM_WORDS, _TITLE_WORDS = (
    6,
    3,
)  # a longer piece with a full stop is a sentence; a Chinese character counts half a word
_LONGEST_SCRIPT = 24  # characters; more is a sentence in small print
_WORDS = re.compile(r"[^\W\d_]{2,}\s+[^\W\d_]{2,}")


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text: raised (`shift` 1), lowered (-1) or on the line (0); `reading` is its pronunciation above it.

    `emphasised` is what the author printed in bold, in italics or underlined.
    """

    text: str
    shift: int = 0
    reading: str = ""
    emphasised: bool = False


def join_runs(runs: Iterable[Run]) -> str:
    """Return the text of a paragraph."""
    groups = _merge([run for run in runs if run.text])
    text = ""
    for number, run in enumerate(groups):
        following = groups[number + 1] if number + 1 < len(groups) else Run("")
        if run.reading:
            text += f"{run.text}({run.reading})"
        elif run.shift > 0:
            text += _raised(run.text, text[-1:], following.text[:1])
        elif run.shift < 0:
            text += _lowered(run.text, text[-1:], following.text[:1])
        else:
            text += run.text
    return text


def key_terms(runs: Iterable[Run]) -> tuple[str, ...]:
    """Return the emphasised pieces of a paragraph that can be terms: short, no sentence, not the whole paragraph."""
    runs = [run for run in runs if run.text.strip()]
    if all(run.emphasised for run in runs):
        return ()
    pieces = (join_runs(group) for emphasised, group in groupby(runs, key=lambda run: run.emphasised) if emphasised)
    found = (" ".join(piece.split()) for piece in pieces)
    return tuple(dict.fromkeys(piece.strip(_AROUND_TERMS) for piece in found if _is_term(piece)))


def _is_term(piece: str) -> bool:
    limit = _TITLE_WORDS if piece.endswith(_SENTENCE_ENDS) else _TERM_WORDS
    term = piece.strip(_AROUND_TERMS)
    return _TERM.fullmatch(term) is not None and _words(term) <= limit


def _words(term: str) -> float:
    return len(term.split()) + sum(map(is_cjk, term)) / 2


def is_note_mark(text: str) -> bool:
    """Whether the raised text of a link is the mark of a note."""
    return _MARK_IN_A_LINK.fullmatch(text.strip()) is not None


def _merge(runs: list[Run]) -> list[Run]:
    """Join neighbours at the same height; readings of neighbours follow their joined text."""
    merged = []
    for (_, read), group in groupby(runs, key=lambda run: (run.shift, bool(run.reading))):
        same = list(group)
        text = "".join(run.text for run in same)
        merged.append(replace(same[0], text=text, reading=" ".join(run.reading for run in same) if read else ""))
    return merged


def _raised(text: str, before: str, after: str) -> str:
    core = text.strip()
    if not core or _NOTE_REFERENCE.fullmatch(core):
        return text[:0] if core else text
    lead, trail = _edge_spaces(text)
    if core.lower() in _TRADE_MARKS:
        return lead + _TRADE_MARKS[core.lower()] + trail
    if core in ("o", "O") and before[-1:].isdigit():
        return f"{lead}°{trail}"
    if _RAISED_BY_CUSTOM.fullmatch(core):
        return text
    return lead + _script(core, before + lead, trail + after, "^", _SUPERSCRIPTS) + trail


def _lowered(text: str, before: str, after: str) -> str:
    core = text.strip()
    lead, trail = _edge_spaces(text)
    return lead + _script(core, before + lead, trail + after, "_", _SUBSCRIPTS) + trail if core else text


def _edge_spaces(text: str) -> tuple[str, str]:
    return text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]


def _script(core: str, before: str, after: str, sign: str, table: dict[int, int]) -> str:
    """Return raised or lowered text by its characters, or as ^x, ^{xy}; small print that is prose stays as it is."""
    if _MAPPED.fullmatch(core):
        return core.translate(table)
    alone = not before or before[-1].isspace()
    if alone or len(core) > _LONGEST_SCRIPT or _WORDS.search(core) or any(map(is_cjk, core)):
        return core
    return sign + core if len(core) == 1 and not after[:1].isalnum() else f"{sign}{{{core}}}"
