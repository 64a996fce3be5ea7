"""What a prompt prints behind its gap, so that it need not be typed: "%" of "_____% of leaves", "million km"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from knowledge.languages import DEFAULT, detect_language, language
from tutor.domain import BLANK
from tutor.maths.notation import plain_number
from tutor.maths.numbers import read_numbers
from tutor.maths.units import parse_unit

_FIRST_WORDS = re.compile(r"(?:° ?)?[^\s,;:!?]+(?: [^\s,;:!?]+){0,2}")
_ALSO_WORDS = frozenset({"in", "A", "at", "as"})  # units only at the end of a text: "_____ in the year"
_MAX_UNIT_CHARS = 6  # of a unit in a language without spaces
_MAX_CHARS = 60  # behind the gap


@dataclass(frozen=True, slots=True)
class PrintedUnit:
    """A power of ten or a number word, and a unit or a percent sign; `name` is "" where no unit is printed."""

    scale: Fraction = Fraction(1)
    is_percent: bool = False
    name: str = ""


def read_printed_unit(prompt: str) -> PrintedUnit:
    """Return what a prompt prints right behind its gap."""
    _, gap, behind = prompt.partition(BLANK)
    text = behind[:_MAX_CHARS]
    if not gap or not text.strip() or text.strip()[0].isdecimal():
        return PrintedUnit()
    plain = plain_number(f"1{text}")  # "1 million km", "1% of"
    mention = next(iter(read_numbers(plain)), None)
    if mention is None or mention.start > 0:
        return PrintedUnit()
    if mention.is_percent:
        return PrintedUnit(is_percent=True)
    return PrintedUnit(mention.value or Fraction(1), name=_unit_name(plain[mention.end :].strip()))


def _unit_name(text: str) -> str:
    for name in _unit_candidates(text) if text else ():
        unit = parse_unit(name)
        if unit is not None and unit.dimension:
            return name
    return ""


def _unit_candidates(text: str) -> Iterator[str]:
    """Yield what may be a unit at the start of a text, the longest first."""
    if not language(detect_language(text[:1], DEFAULT)).has_spaces:
        yield from (text[:end] for end in range(_MAX_UNIT_CHARS, 0, -1))
        return
    found = _FIRST_WORDS.match(text)
    names = found.group().split(" ") if found else []
    for count in range(len(names), 0, -1):
        name = " ".join(names[:count]).rstrip(".)")
        if name not in _ALSO_WORDS or len(names) == count:
            yield name
