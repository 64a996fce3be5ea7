"""Inequalities, intervals, points and vectors: "2 > x" is "x < 2", "x ∈ (1, 2)" is "1 < x < 2".

One variable between bounds without variables; anything else is not read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from tutor.maths.algebra import NotAFormula, Tree, Variable, is_same_rational, parse, real_constant
from tutor.maths.notation import plain_characters

MAX_PARTS = 6
_INFINITY = re.compile(r"([+-]?)\s*(?:∞|\\infty|oo|inf|infinity)", re.IGNORECASE)
_SPELLINGS = {"≤": "<=", "≥": ">=", "⩽": "<=", "⩾": ">=", "\\leq": "<=", "\\geq": ">=", "\\le": "<=", "\\ge": ">="}
_COMPARISON = re.compile(r"(<=|>=|<|>)")
_MEMBER = re.compile(r"^\s*([^\W\d_])\s*(?:∈|\\in(?![A-Za-z]))\s*(.+)$", re.DOTALL)
_BRACKETED = re.compile(r"^\s*(?:\\left)?([(\[])(.*[,;].*?)(?:\\right)?([)\]])\s*$", re.DOTALL)

Bound = Fraction | None  # None: infinite


@dataclass(frozen=True, slots=True)
class Relation:
    """Values between two bounds, or a tuple of expressions.

    `variable` is "" for an interval that names none. A pair in round brackets is an interval or a point: `parts` has
    its elements, and the bounds hold too where they are numbers in order.
    """

    variable: str
    low: Bound = None
    high: Bound = None
    has_low: bool = False
    has_high: bool = False
    is_interval: bool = True
    parts: tuple[Tree, ...] = ()

    def is_same(self, other: Relation) -> bool | None:
        """Whether both say the same; None where that cannot be told."""
        if self.parts and other.parts and not (self.variable or other.variable):
            return self._has_same_parts(other)
        if not self.is_interval or not other.is_interval:
            return None
        if self.variable and other.variable and self.variable != other.variable:
            return None
        mine = (self.low, self.high, self.has_low, self.has_high)
        return mine == (other.low, other.high, other.has_low, other.has_high)

    def _has_same_parts(self, other: Relation) -> bool | None:
        if len(self.parts) != len(other.parts):
            return False
        if (self.has_low, self.has_high) != (other.has_low, other.has_high):
            return False
        same = [is_same_rational(one, two) for one, two in zip(self.parts, other.parts, strict=True)]
        return False if False in same else None if None in same else True


def parse_relation(text: str) -> Relation | None:
    """Return an inequality, an interval or a tuple; None for other text and for what cannot be read."""
    text = plain_characters(text).strip().strip("$")
    for symbol, plain in _SPELLINGS.items():
        text = text.replace(symbol, plain)
    if member := _MEMBER.match(text):
        inner = _parse_bracketed(member[2])
        return (
            Relation(member[1], inner.low, inner.high, inner.has_low, inner.has_high)
            if (inner and inner.is_interval)
            else None
        )
    return _parse_bracketed(text) or _parse_inequality(text)


def _parse_bracketed(text: str) -> Relation | None:
    match = _BRACKETED.match(text)
    if match is None:
        return None
    fields = match[2].split(";" if ";" in match[2] else ",")  # "[0; 1,5)": beside a semicolon a comma is decimal
    if not 2 <= len(fields) <= MAX_PARTS:
        return None
    is_closed = (match[1] == "[", match[3] == "]")
    bounds = [_parse_bound(field) for field in fields]
    if len(fields) == 2 and all(bounds) and _is_ordered(bounds[0], bounds[1]):
        (low,), (high,) = bounds[0] or (None,), bounds[1] or (None,)
        parts = () if low is None or high is None else _parse_parts(fields)
        return Relation("", low, high, *is_closed, parts=parts)
    parts = _parse_parts(fields)
    return Relation("", has_low=is_closed[0], has_high=is_closed[1], is_interval=False, parts=parts) if parts else None


def _is_ordered(low: tuple[Bound] | None, high: tuple[Bound] | None) -> bool:
    (a,), (b,) = low or (None,), high or (None,)
    return a is None or b is None or a < b


def _parse_parts(fields: list[str]) -> tuple[Tree, ...]:
    try:
        return tuple(parse(field) for field in fields)
    except NotAFormula:
        return ()


def _parse_bound(text: str) -> tuple[Bound] | None:
    """Return a bound in a tuple, so that infinity (None) is told from what cannot be read."""
    if _INFINITY.fullmatch(text.strip()):
        return (None,)
    try:
        value = real_constant(parse(text))
    except NotAFormula:
        return None
    return None if value is None else (value,)


def _parse_inequality(text: str) -> Relation | None:
    sides = _COMPARISON.split(text)
    signs, values = sides[1::2], sides[::2]
    if len(values) not in (2, 3) or len({sign[0] for sign in signs}) != 1:
        return None
    if signs[0][0] == ">":
        values, signs = values[::-1], signs[::-1]
    at = next((n for n, value in enumerate(values) if _variable(value)), None)
    if at is None or (len(values) == 3 and at != 1):
        return None
    below, above = values[:at], values[at + 1 :]
    bounds = [_parse_bound(value) for value in (*below, *above)]
    if not all(bounds):
        return None
    low = bounds[0] if below else None
    high = bounds[-1] if above else None
    return Relation(
        _variable(values[at]),
        low[0] if low else None,
        high[0] if high else None,
        bool(below) and signs[0].endswith("="),
        bool(above) and signs[-1].endswith("="),
    )


def _variable(text: str) -> str:
    try:
        tree = parse(text)
    except NotAFormula:
        return ""
    return tree.name if isinstance(tree, Variable) and tree.name not in ("e", "pi") else ""
