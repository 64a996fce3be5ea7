"""What the intent of a message is read from: its words in order, and what kind of numbers and formulas it holds. Pure.

A word outside the model's vocabulary becomes OTHER, so that "an example of osmosis" and "an example of inertia" look
the same; a script without spaces is read by characters. Numbers are told apart by how they stand: a range, a year, a
unit, a formula.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from knowledge.languages import characters, fold
from knowledge.languages.scripts import HAN, UNSPACED
from tutor.maths.numbers import read_numbers

OTHER = "*"  # one or more words outside the vocabulary
_TOKEN = re.compile(
    r"(?P<range>\d+(?:\.\d+)?\s?[-–~]\s?\d+(?:\.\d+)?(?!\s*[=\d*/+(]))|(?P<year>(?<!\d)(?:1[5-9]|20)\d\d(?!\d))"
    r"|(?P<number>\d+(?:[.,]\d+)*)"
    rf"|(?P<character>[{UNSPACED}])|(?P<word>[^\W\d_]+(?:['’][^\W\d_]+)?)|(?P<operator>[-+*/^×÷=<>])"
    rf"|(?P<mark>[:{characters('text', 'SENTENCE_ENDS')}{characters('text', 'COMMAS')}])"
)
_SAME_MARKS = str.maketrans(dict.fromkeys(characters("text", "QUESTION_MARK").replace("\\", ""), "?"))
_NGRAMS = (1, 2, 3)
_CHARACTER_NGRAMS = (1, 2, 3, 4)
_PREFIX_CHARS = 4
_EQUATION = re.compile(r"[0-9a-z)]\s*[-+*/^]\s*[0-9a-z(]+.*=|\d\s*[a-z]\b.*=\s*-?\d|\b[a-z]\s*=\s*-?\d", re.IGNORECASE)
_ARITHMETIC = re.compile(r"\d\s*[+*/×÷^]\s*\(?\d|\d\s+-\s+\d|\d-\d+\s*=")
_LENGTHS = (1, 2, 3, 4, 6, 9, 13, 20, 40)  # upper ends of the bins, in tokens


def tokens(message: str) -> list[str]:
    """Return a message as words, characters of unspaced scripts, marks and kinds of numbers, in order."""
    found = []
    for match in _TOKEN.finditer(fold(message)):
        kind, text = match.lastgroup or "", match.group().casefold().replace("’", "'")
        found.append({"range": "#range", "year": "#year", "number": "#"}.get(kind) or text.translate(_SAME_MARKS))
    return found


def is_character(token: str) -> bool:
    """Whether a token is a character of a script without spaces."""
    return len(token) == 1 and bool(re.match(rf"[{HAN}]", token))


def extract_intent_features(message: str, vocabulary: Collection[str]) -> Mapping[str, float]:
    """Return the features of a message by name, each 1; `vocabulary` holds the words that keep their identity."""
    read = tokens(message)
    names = set(_numeric_features(message, read))
    masked = list(_mask(read, vocabulary))
    sizes = _CHARACTER_NGRAMS if any(map(is_character, read)) else _NGRAMS
    edged = ["^", *masked, "$"]
    for size in sizes:
        names.update(" ".join(edged[at : at + size]) for at in range(len(edged) - size + 1))
    names.update(f"{token[:_PREFIX_CHARS]}~" for token in read if len(token) > _PREFIX_CHARS)
    names.discard("^")
    names.discard("$")
    return dict.fromkeys(names, 1.0)


def _mask(read: list[str], vocabulary: Collection[str]) -> Iterator[str]:
    last = ""
    for token in read:
        shown = token if token in vocabulary or not token[0].isalpha() else OTHER
        if shown != OTHER or last != OTHER:
            yield shown
        last = shown


def _numeric_features(message: str, read: list[str]) -> Iterator[str]:
    count = len(read)
    yield f"!length{next((n for n, most in enumerate(_LENGTHS) if count <= most), len(_LENGTHS))}"
    numbers = sum(not (m.spelled_out and m.value == 1) for m in read_numbers(message))
    yield f"!numbers{min(numbers, 3)}"
    if numbers >= 2 and count >= 12:
        yield "!story"
    if _EQUATION.search(message):
        yield "!equation"
    if _ARITHMETIC.search(message):
        yield "!arithmetic"
