"""Sets of numbers between bounds: what an inequality allows, and how people write it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from knowledge.languages import either
from tutor.maths.linear_equation import format_fraction
from tutor.maths.tasks.task import Check
from tutor.maths.tasks.values import plain_answer, read_value

_SIGN = re.compile(r"(<=|>=|<|>)")
_SPELLINGS = {
    "≤": "<=",
    "≥": ">=",
    "⩽": "<=",
    "⩾": ">=",
    "=<": "<=",
    "=>": ">=",
    "\\leq": "<=",
    "\\geq": ">=",
    "\\le": "<=",
    "\\ge": ">=",
}
_EITHER = re.compile(rf"\s*(?:∪|\bU\b|{either('maths_tasks', 'EITHER_OF')})\s*", re.IGNORECASE)
_BOTH = re.compile(rf"\s*(?:{either('maths_tasks', 'BOTH_OF')})\s*", re.IGNORECASE)
_INTERVAL = re.compile(r"([(\[])\s*([^,;]+)[,;]\s*([^,;]+?)\s*([)\]])")
_INFINITY = re.compile(r"([-+]?)\s*(?:∞|\\infty|oo|inf|infinity)", re.IGNORECASE)
_ALL = re.compile(rf"(?:{either('maths_tasks', 'ALL_NUMBERS')})", re.IGNORECASE)
_NONE = re.compile(rf"^\W*(?:{either('maths_tasks', 'NO_SOLUTION')})\W*$|^∅$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class NumberRange:
    """Numbers between two bounds; None is infinite."""

    low: Fraction | None
    high: Fraction | None
    has_low: bool = False
    has_high: bool = False

    def print(self, unknown: str) -> str:
        low, high = (None if one is None else format_fraction(one) for one in (self.low, self.high))
        if low is None and high is None:
            return f"{unknown} ∈ ℝ"
        if low is None:
            return f"{unknown} {'≤' if self.has_high else '<'} {high}"
        if high is None:
            return f"{unknown} {'≥' if self.has_low else '>'} {low}"
        return f"{low} {'≤' if self.has_low else '<'} {unknown} {'≤' if self.has_high else '<'} {high}"


@dataclass(frozen=True, slots=True)
class IntervalsAnswer:
    """The numbers that an inequality allows: one or two intervals, none, or all numbers."""

    unknown: str
    intervals: tuple[NumberRange, ...]

    @property
    def texts(self) -> tuple[str, ...]:
        return (" or ".join(one.print(self.unknown) for one in self.intervals) or "∅",)

    def check(self, text: str) -> Check:
        plain = plain_answer(text)
        if _NONE.match(plain):
            return Check.WRONG if self.intervals else Check.RIGHT
        if _ALL.fullmatch(plain):
            return Check.RIGHT if self.intervals == (NumberRange(None, None),) else Check.WRONG
        given = read_intervals(plain, self.unknown)
        if given is None:
            return Check.UNREADABLE
        return Check.RIGHT if given == self.intervals else Check.WRONG


def read_intervals(plain: str, unknown: str) -> tuple[NumberRange, ...] | None:
    """Return the intervals that a text names, lowest first; None where it cannot be read."""
    for spelling, sign in _SPELLINGS.items():
        plain = plain.replace(spelling, sign)
    plain = re.sub(rf"^{unknown}\s*(?:∈|\\in)\s*", "", plain)
    parts = _EITHER.split(plain)
    if len(parts) == 1 and len(both := _BOTH.split(plain)) == 2:
        pair = [_read_one(one, unknown) for one in both]
        return _intersection(pair[0], pair[1]) if pair[0] and pair[1] else None
    found = [_read_one(part, unknown) for part in parts]
    sound = [one for one in found if one is not None]
    return (
        tuple(sorted(sound, key=lambda one: (one.low is not None, one.low or 0))) if len(sound) == len(found) else None
    )


def _intersection(one: NumberRange, other: NumberRange) -> tuple[NumberRange, ...] | None:
    low = one if one.low is not None else other
    high = other if low is one else one
    if low.high is not None or high.low is not None or low.low is None or high.high is None:
        return None
    return (NumberRange(low.low, high.high, low.has_low, high.has_high),)


def _read_one(text: str, unknown: str) -> NumberRange | None:
    if match := _INTERVAL.fullmatch(text.strip()):
        low, high = _bound(match[2]), _bound(match[3])
        if low is None or high is None:
            return None
        return NumberRange(
            low[0], high[0], match[1] == "[" and low[0] is not None, match[4] == "]" and high[0] is not None
        )
    sides = _SIGN.split(text)
    if len(sides) == 3:
        return _half_line(sides, unknown)
    if len(sides) != 5 or sides[2].strip() != unknown or sides[1][0] != sides[3][0]:
        return None
    values = [read_value(sides[n]) for n in (0, 4)]
    if values[0] is None or values[1] is None:
        return None
    closed = len(sides[1]) == 2, len(sides[3]) == 2
    if sides[1][0] == "<":
        return NumberRange(values[0].number, values[1].number, *closed)
    return NumberRange(values[1].number, values[0].number, closed[1], closed[0])


def _half_line(sides: Sequence[str], unknown: str) -> NumberRange | None:
    left, sign, right = (part.strip() for part in sides)
    if right == unknown:
        left, right, sign = right, left, sign.translate(str.maketrans("<>", "><"))
    value = read_value(right) if left == unknown else None
    if value is None:
        return None
    closed = len(sign) == 2
    return (
        NumberRange(value.number, None, closed, False)
        if sign[0] == ">"
        else NumberRange(None, value.number, False, closed)
    )


def _bound(text: str) -> tuple[Fraction | None] | None:
    if _INFINITY.fullmatch(text.strip()):
        return (None,)
    value = read_value(text)
    return None if value is None else (value.number,)
