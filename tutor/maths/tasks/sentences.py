"""Finds the sentence of a message that may be a task, and reads it by the patterns of a language.

The patterns are in `knowledge/languages`, module `maths_tasks`; in them {a}, {b}, {c} and {d} stand for what is read.
The whole sentence must fit, so a task that is only mentioned is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache

from knowledge.languages import each, either, words
from knowledge.languages.scripts import HAN
from tutor.maths.algebra import FUNCTIONS, NotAFormula, Tree, parse
from tutor.maths.notation import plain_characters

MAX_TASK_CHARS = 400
_LATEX = re.compile(r"\$\$?|\\[()\[\]]|\\left|\\right")
_ENDS = re.compile(r"(?<=[.?!])\s+|(?<=[。；])|\n+")
_NEAR_HAN = re.compile(rf"(?<=[{HAN}])\s+|\s+(?=[{HAN}])")
_OPENING = re.compile(rf"^(?:(?:{either('maths_tasks', 'OPENING')})[\s,:.)]*)+", re.IGNORECASE)
_CLOSING = re.compile(rf"(?:[\s,.!?。]|{either('maths_tasks', 'CLOSING')})+$", re.IGNORECASE)
_HOLES = re.compile(r"\{([a-d])\}")
_SHORT_WORDS = words("exercises", "SHORT_WORDS")
_LETTERS = re.compile(r"[^\W\d_]+")
_HAS_MATHS = re.compile(r"[\d+*/^=√]")
_WORDED_MATHS = re.compile(r"\d|\^|√|∫|=")


def task_sentences(text: str) -> Iterator[str]:
    """Yield what may be the task in a message: all of it, then its one sentence with numbers or formulas."""
    if len(text) > MAX_TASK_CHARS:
        return
    plain = _LATEX.sub(" ", plain_characters(text))
    yield _without_politeness(" ".join(plain.split()))
    parts = [part for part in _ENDS.split(plain) if _WORDED_MATHS.search(part)]
    if len(parts) == 1:
        yield _without_politeness(" ".join(parts[0].split()))


def _without_politeness(sentence: str) -> str:
    sentence = _NEAR_HAN.sub("", sentence)
    return _CLOSING.sub("", _OPENING.sub("", sentence))


def readings(sentence: str, name: str) -> Iterator[Mapping[str, str]]:
    """Yield what stands in the holes of each pattern `name` that fits the whole sentence."""
    for pattern in _patterns(name):
        if match := pattern.fullmatch(sentence):
            yield {hole: (value or "").strip() for hole, value in match.groupdict().items()}


@cache
def _patterns(name: str) -> tuple[re.Pattern[str], ...]:
    fragments = [one for patterns in each("maths_tasks", name).values() for one in patterns]
    return tuple(re.compile(_HOLES.sub(r"(?P<\1>.+?)", one), re.IGNORECASE) for one in fragments)


def formula(text: str, *, needs_maths: bool = True) -> Tree | None:
    """Return the tree of a text that is a formula and no prose; None otherwise."""
    text = plain_characters(text)
    if not text.strip() or (needs_maths and not _HAS_MATHS.search(text)):
        return None
    for run in _LETTERS.findall(text):
        if run.lower() not in FUNCTIONS and (len(run) > 3 or run.lower() in _SHORT_WORDS):
            return None
    try:
        return parse(text)
    except NotAFormula:
        return None
