"""Answers of tasks: a number, solutions, values of several unknowns, an expression. Each checks any equivalent form.

Fails closed: what cannot be read is UNREADABLE, never right and never wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from knowledge.languages import either
from tutor.maths.algebra import Apply, NotAFormula, Tree, parse, to_rational, variables
from tutor.maths.tasks.forms import Form, has_form
from tutor.maths.tasks.sameness import is_same, is_same_up_to_constant
from tutor.maths.tasks.task import Check
from tutor.maths.tasks.values import Value, compare, plain_answer, read_value
from tutor.maths.units import parse_unit

MAX_SOLUTIONS = 6
_SEPARATOR = re.compile(
    rf"\s*(?:[,;、]|{either('answers', 'SOLUTION_SEPARATORS')})\s*(?:{either('answers', 'SOLUTION_SEPARATORS')})?\s*",
    re.IGNORECASE,
)
_BRACES = re.compile(r"^\\?\{(.*?)\\?\}$")
_ROUND = re.compile(r"^\((.*)\)$")
_PLUS_MINUS = re.compile(r"±|\\pm(?![A-Za-z])|\+/-")
_NO_SOLUTION = re.compile(rf"^\W*(?:{either('maths_tasks', 'NO_SOLUTION')})\W*$|^∅$", re.IGNORECASE)
_NAMED = re.compile(r"^([^\W\d_])(?:_\{?\d\}?|\d)?\s*(?:=|∈|\\in)\s*(.+)$")
_NAME_FIRST = re.compile(r"^(?:[^\W\d_]{1,2}(?:_\w{1,4})?|[^\W\d_]'?\([^()]{1,8}\)|d[yf]/d[a-z]|[^\W\d_]')\s*=\s*")
_UNIT_BEHIND = re.compile(r"(?<=\d)\s*[^\d\s/.,^*+()-].*$")
_LAST_SIDE = re.compile(r".*=\s*(?=\S)")


@dataclass(frozen=True, slots=True)
class NumberAnswer:
    """One number. `others` are values that another rule of the schools gives: they are neither right nor wrong.

    `unit` is the unit that is asked for; a number without one is meant in it. With `is_percentage` the number counts
    per cent, and 0.15 means 15.
    """

    printed: str
    number: Fraction
    is_exact: bool = True
    others: tuple[Fraction, ...] = ()
    also_right: tuple[Fraction, ...] = ()
    unit: str = ""
    is_percentage: bool = False
    must_be: Form | None = None

    @property
    def texts(self) -> tuple[str, ...]:
        return (self.printed,)

    def check(self, text: str) -> Check:
        plain = _NAME_FIRST.sub("", plain_answer(text))
        sides = plain.split("=")
        if len(sides) > 1:
            plain = sides[-1].strip()  # a line of working ends in its value
        value, factor = self._read(plain)
        plain = _UNIT_BEHIND.sub("", plain) if self.unit else plain
        if value is None:
            return Check.UNREADABLE
        number = Value(value.number * factor, value.is_exact, value.places if factor == 1 else None, value.is_percent)
        return self._compare(number, plain)

    def _compare(self, given: Value, plain: str) -> Check:
        rounding = self.must_be not in (Form.REDUCED, Form.SURD)
        found = [
            compare(given, wanted, is_exact=self.is_exact, allows_rounding=rounding)
            for wanted in (self.number, *self.also_right)
        ]
        if self.is_percentage and not given.is_percent and given.is_exact and given.number * 100 == self.number:
            return Check.RIGHT
        best = next((one for one in Check if one in found), Check.WRONG)
        if best is Check.RIGHT and self.must_be is not None and not has_form(plain, self.must_be):
            return Check.UNFINISHED
        is_other = any(compare(given, other) is not Check.WRONG for other in self.others)
        return Check.UNREADABLE if best is Check.WRONG and is_other else best

    def _read(self, plain: str) -> tuple[Value | None, Fraction]:
        """Return the number and the factor that brings it to the unit that is asked for."""
        value = read_value(plain)
        if value is not None:
            if value.is_percent and self.is_percentage:
                return Value(value.number * 100, value.is_exact, value.places, True), Fraction(1)
            return value, Fraction(1)
        match = re.fullmatch(r"([-+]?[\d.,/ ]*\d(?:e[-+]?\d+)?)\s*(?:\*\s*)?([^\d\s].*)", plain)
        if not self.unit or match is None:
            return None, Fraction(1)
        given, wanted = parse_unit(match[2]), parse_unit(self.unit)
        value = read_value(match[1])
        if given is None or wanted is None or given.dimension != wanted.dimension or value is None:
            return None, Fraction(1)
        if given.offset != wanted.offset or (given.offset and given.factor != wanted.factor):
            return None, Fraction(1)
        return value, given.factor / wanted.factor


@dataclass(frozen=True, slots=True)
class SolutionsAnswer:
    """All solutions for one unknown, in any order; () means that there is none. Rational where `is_exact`."""

    unknown: str
    printed: str
    numbers: tuple[Fraction, ...]
    is_exact: bool = True

    @property
    def texts(self) -> tuple[str, ...]:
        return (self.printed, *(f"{self.unknown} = {one}" for one in self.numbers if self.is_exact and self.unknown))

    def check(self, text: str) -> Check:
        plain = plain_answer(text)
        if _NO_SOLUTION.match(plain):
            return Check.WRONG if self.numbers else Check.RIGHT
        values = self._read(plain)
        if values is None:
            return Check.UNREADABLE
        table = [[compare(one, number, is_exact=self.is_exact) for number in self.numbers] for one in values]
        if any(Check.RIGHT not in row for row in table):
            doubtful = all(Check.RIGHT in row or Check.UNREADABLE in row for row in table)
            return Check.UNREADABLE if doubtful else Check.WRONG
        found = all(any(row[n] is Check.RIGHT for row in table) for n in range(len(self.numbers)))
        return Check.RIGHT if found else Check.UNFINISHED

    def _read(self, plain: str) -> list[Value] | None:
        braces = _BRACES.match(plain)
        parts = [part for part in _SEPARATOR.split(braces[1] if braces else plain) if part]
        if not parts or len(parts) > MAX_SOLUTIONS:
            return None
        values = [read_value(one) for part in parts for one in _both_signs(self._without_name(part))]
        sound = [one for one in values if one is not None]
        return sound if len(sound) == len(values) else None

    def _without_name(self, part: str) -> str:
        match = _NAMED.match(part)
        return match[2] if match and (not self.unknown or match[1].lower() == self.unknown.lower()) else part


def _both_signs(part: str) -> Iterable[str]:
    if len(_PLUS_MINUS.findall(part)) != 1:
        return (part,)
    return _PLUS_MINUS.sub("+", part), _PLUS_MINUS.sub("-", part)


@dataclass(frozen=True, slots=True)
class AssignmentAnswer:
    """One value for each of several unknowns: "x = 6, y = 4", or a point in the order of the unknowns."""

    values: tuple[tuple[str, Fraction], ...]
    printed: str

    @property
    def texts(self) -> tuple[str, ...]:
        pieces = (f"{name} = {value}" for name, value in self.values)
        return (self.printed, f"({', '.join(str(value) for _, value in self.values)})", *pieces)

    def check(self, text: str) -> Check:
        plain = plain_answer(text)
        point = _ROUND.match(plain)
        names = "".join(name for name, _ in self.values)
        named_point = r",\s*".join(names)
        plain = re.sub(rf"^\(\s*{named_point}\s*\)\s*=\s*", "", plain)
        point = _ROUND.match(plain) or point
        parts = [part for part in _SEPARATOR.split(point[1] if point else plain) if part]
        if point and len(parts) == len(self.values) and not any("=" in part for part in parts):
            return self._check_values(dict(zip(names, parts, strict=True)))
        if len(parts) == 1:
            parts = re.findall(r"[^\W\d_]\s*=\s*[^=]+?(?=\s+[^\W\d_]\s*=|$)", plain)
        named = [match for part in parts if (match := _NAMED.match(part))]
        if len(named) != len(parts) or not parts or {match[1] for match in named} - set(names):
            return Check.UNREADABLE
        return self._check_values({match[1]: match[2] for match in named})

    def _check_values(self, given: dict[str, str]) -> Check:
        read = {name: read_value(text) for name, text in given.items()}
        if any(value is None for value in read.values()):
            return Check.UNREADABLE
        wanted = dict(self.values)
        found = {compare(value, wanted[name]) for name, value in read.items() if value is not None}
        if found & {Check.WRONG}:
            return Check.WRONG
        if found != {Check.RIGHT}:
            return Check.UNREADABLE
        return Check.RIGHT if len(read) == len(wanted) else Check.UNFINISHED


@dataclass(frozen=True, slots=True)
class ExpressionAnswer:
    """A formula that is equal to `tree` and has the form that the task asks for."""

    tree: Tree
    printed: str
    form: Form | None = None
    up_to_constant: bool = False

    @property
    def texts(self) -> tuple[str, ...]:
        return (self.printed,)

    def check(self, text: str) -> Check:
        plain = _LAST_SIDE.sub("", plain_answer(text))
        try:
            given = parse(plain)
        except NotAFormula:
            return Check.UNREADABLE
        foreign = variables(given) - variables(self.tree)
        if self.up_to_constant:
            same = is_same_up_to_constant(given, self.tree)
        elif foreign:
            return Check.UNREADABLE
        else:
            same = is_same(given, self.tree)
        if same is None:
            return Check.UNREADABLE
        if not same:
            return Check.WRONG
        return Check.RIGHT if self.form is None or has_form(plain, self.form) else Check.UNFINISHED


@dataclass(frozen=True, slots=True)
class LineAnswer:
    """A straight line as an equation in x and y, in any form: "y = 2x + 1", "2x - y = -1"."""

    slope: Fraction
    intercept: Fraction
    printed: str

    @property
    def texts(self) -> tuple[str, ...]:
        return (self.printed,)

    def check(self, text: str) -> Check:
        plain = re.sub(r"\b[fg]\(x\)\s*=", "y =", plain_answer(text))
        sides = plain.split("=")
        if len(sides) == 1:
            sides = ["y", plain]
        try:
            left, right = map(parse, sides)
        except (NotAFormula, ValueError):
            return Check.UNREADABLE
        gap = Apply("+", (left, Apply("neg", (right,))))
        if not variables(gap) <= {"x", "y"}:
            return Check.UNREADABLE
        return self._check_gap(gap)

    def _check_gap(self, gap: Tree) -> Check:
        found = to_rational(gap)
        if found is None or set(found[1]) != {()}:
            return Check.UNREADABLE
        x, y, one = (found[0].get(key, Fraction(0)) for key in ((("x", 1),), (("y", 1),), ()))
        if set(found[0]) - {(("x", 1),), (("y", 1),), ()} or not y:
            return Check.WRONG if y or x else Check.UNREADABLE
        return Check.RIGHT if (-x / y, -one / y) == (self.slope, self.intercept) else Check.WRONG
