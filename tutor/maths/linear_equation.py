"""Linear equations in one unknown: their exact solution and the steps that lead to it.

Read with the grammar of `algebra`; an equation of another kind, or with no or many solutions, is not solved.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from knowledge.languages.sentences import CLAUSE_MARKS, COMMAS, END_MARKS
from tutor.maths.algebra import Apply, NotAFormula, Polynomial, Tree, parse, to_rational, variables

_EDGE = rf"[\s{END_MARKS}{CLAUSE_MARKS}{COMMAS}“”\"']"
_EDGE_PUNCTUATION = re.compile(rf"^{_EDGE}+|(?<!{_EDGE}){_EDGE}++$")
_MAX_SIDE_CHARS = 80  # characters on one side of "=": no equation that anybody types is longer


class EquationOperation(StrEnum):
    """An operation on both sides of an equation."""

    EXPAND = "expand"
    COLLECT = "collect"  # bring the unknown to one side
    ADD = "add"
    SUBTRACT = "subtract"
    MULTIPLY = "multiply"
    DIVIDE = "divide"


@dataclass(frozen=True, slots=True)
class SolutionStep:
    """One operation on both sides, its operand, and the equation that results."""

    operation: EquationOperation
    operand: str
    result: str


@dataclass(frozen=True, slots=True)
class Equation:
    """A linear equation with exactly one solution."""

    text: str
    unknown: str
    solution: Fraction
    steps: tuple[SolutionStep, ...]


def solve_equation(text: str) -> Equation | None:
    """Return the solved equation; None unless `text` is a linear equation with exactly one solution."""
    left, equals, right = text.partition("=")
    if not equals or "=" in right:
        return None
    try:
        sides = parse(left), parse(right)
    except NotAFormula:
        return None
    unknowns = variables(sides[0]) | variables(sides[1])
    if len(unknowns) != 1:
        return None
    (unknown,) = unknowns
    lines = [_linear_coefficients(side, unknown) for side in sides]
    if None in lines:
        return None
    (a, b), (c, d) = (line for line in lines if line is not None)
    if a == c:
        return None
    shape = f"{_normalize_side(left)} = {_normalize_side(right)}"
    bracketed = any(_has_brackets(side) for side in sides)
    return Equation(shape, unknown, (d - b) / (a - c), tuple(_solution_steps(unknown, (a, b), (c, d), bracketed)))


def format_fraction(number: Fraction) -> str:
    """Return "7" or "7/2"."""
    return str(number.numerator) if number.denominator == 1 else f"{number.numerator}/{number.denominator}"


def strip_punctuation(text: str) -> str:
    """Return text without the punctuation and spaces around it, cut to the longest side of an equation that is read."""
    return _EDGE_PUNCTUATION.sub("", text)[:_MAX_SIDE_CHARS]


def _solution_steps(
    unknown: str, left: tuple[Fraction, Fraction], right: tuple[Fraction, Fraction], bracketed: bool
) -> Iterator[SolutionStep]:
    """Yield the steps that solve a·x + b = c·x + d."""
    (a, b), (c, d) = left, right
    if bracketed:
        yield SolutionStep(
            EquationOperation.EXPAND, "", f"{_format_side(a, b, unknown)} = {_format_side(c, d, unknown)}"
        )
    if not a:
        a, b, c, d = c, d, a, b
    if c:
        a, c, moved = a - c, Fraction(0), c
        yield SolutionStep(
            EquationOperation.COLLECT,
            _format_side(moved, Fraction(0), unknown),
            f"{_format_side(a, b, unknown)} = {format_fraction(d)}",
        )
    if b:
        d, moved, b = d - b, b, Fraction(0)
        inverse = EquationOperation.SUBTRACT if moved > 0 else EquationOperation.ADD
        yield SolutionStep(
            inverse, format_fraction(abs(moved)), f"{_format_side(a, b, unknown)} = {format_fraction(d)}"
        )
    if a != 1:
        over = a.numerator == 1 and a.denominator > 1
        operand = format_fraction(1 / a) if over else format_fraction(a)
        yield SolutionStep(
            EquationOperation.MULTIPLY if over else EquationOperation.DIVIDE,
            operand,
            f"{unknown} = {format_fraction(d / a)}",
        )


def _linear_coefficients(tree: Tree, unknown: str) -> tuple[Fraction, Fraction] | None:
    """Return (a, b) of a·x + b; None when the side does not have that form."""
    fraction = to_rational(tree)
    if fraction is None or set(fraction[1]) != {()}:
        return None
    top: Polynomial = fraction[0]
    if not set(top) <= {(), ((unknown, 1),)}:
        return None
    under = fraction[1][()]
    return top.get(((unknown, 1),), Fraction(0)) / under, top.get((), Fraction(0)) / under


def _has_brackets(tree: Tree) -> bool:
    """Whether a sum with the unknown is a factor or a numerator, so that there is something to multiply out."""
    if not isinstance(tree, Apply):
        return False
    if tree.name in ("*", "/", "neg"):
        return any(isinstance(arg, Apply) and arg.name == "+" and variables(arg) for arg in tree.args) or any(
            _has_brackets(arg) for arg in tree.args
        )
    return any(_has_brackets(arg) for arg in tree.args)


def _format_side(a: Fraction, b: Fraction, unknown: str) -> str:
    if not a:
        return format_fraction(b)
    head = unknown if a == 1 else f"-{unknown}" if a == -1 else f"{_format_coefficient(a)}{unknown}"
    return head if not b else f"{head} {'+' if b > 0 else '-'} {format_fraction(abs(b))}"


def _format_coefficient(a: Fraction) -> str:
    return format_fraction(a) if a.denominator == 1 else f"({format_fraction(a)})"


def _normalize_side(side: str) -> str:
    return " ".join(strip_punctuation(side).replace("*", "·").split())
