"""An exercise as it was typed: what it asks, what it gives, and its solution where that can be worked out. Pure.

Linear equations in one unknown and plain arithmetic are solved here, with the steps in their order; a story or a task
in words has no key, and nobody pretends otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from tutor.maths.algebra import FUNCTIONS, Apply, NotAFormula, Polynomial, Tree, parse, to_rational, variables
from tutor.maths.numbers import read_numbers

_EDGE_PUNCTUATION = re.compile(r"^[\s.,;:?!。，；：？！“”\"']+|[\s.,;:?!。，；：？！“”\"']+$")
_ARITHMETIC = re.compile(r"(?<![\w.])[\d(][\d\s.,()+\-−–*/×÷·^]*[+\-−–*/×÷·^][\d\s.,()+\-−–*/×÷·^]*[\d)](?!\w|\.\d)")
_QUESTION_SENTENCE = re.compile(
    r"[^.!?。！？\n]*(?:how (?:many|much|long|far|old|fast)|what(?:'s| is| are| will| was)?|which|find|calculate"
    r"|work out|多少|几|求|什么)[^.!?。！？\n]*[.?!。？！]?",
    re.IGNORECASE,
)
_HOW_MANY = re.compile(r"how (?:many|much) (?P<thing>[a-z]+(?: [a-z]+)?)", re.IGNORECASE)
_SHORT_WORDS = frozenset("is in to of at on or so if we it as by be do no us an am my up".split())
_MAX_SIDE_CHARS = 80  # characters on one side of "=": no equation that anybody types is longer


class EquationOperation(StrEnum):
    """What is done to both sides of an equation."""

    EXPAND = "expand"
    COLLECT = "collect"  # bring the unknown to one side
    ADD = "add"
    SUBTRACT = "subtract"
    MULTIPLY = "multiply"
    DIVIDE = "divide"


@dataclass(frozen=True, slots=True)
class SolutionStep:
    """One operation on both sides, what it is done with, and the equation that it leaves."""

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


@dataclass(frozen=True, slots=True)
class Exercise:
    """What was typed. At most one of `equation` and `value` is there; without both there is no key."""

    text: str
    equation: Equation | None = None
    value: Fraction | None = None  # of plain arithmetic
    formula: str = ""  # that arithmetic
    question: str = ""  # the sentence that asks, verbatim
    given_numbers: tuple[str, ...] = ()  # numbers as they were written

    @property
    def keys(self) -> tuple[str, ...]:
        """What the learner is to find; () when nobody here knows it."""
        found = self.equation.solution if self.equation else self.value
        return () if found is None else (format_fraction(found),)

    @property
    def counted_noun(self) -> str:
        """What is counted: "adults" in "how many adults are there?"."""
        match = _HOW_MANY.search(self.question)
        return match["thing"].split(" are")[0].split(" did")[0].split(" do")[0] if match else ""


def parse_exercise(text: str) -> Exercise:
    """Read an exercise; never fails, at worst it is a text without a key."""
    found = next((one for one in _find_equations(text) if one.steps), None)
    if found is not None:
        return Exercise(text, equation=found, question=_question_sentence(text), given_numbers=_given_numbers(text))
    formula, value = _find_arithmetic(text)
    return Exercise(
        text, value=value, formula=formula, question=_question_sentence(text), given_numbers=_given_numbers(text)
    )


def is_same_exercise(one: str, other: str) -> bool:
    """Whether two messages give the same exercise, perhaps pasted again with other spaces or a plea around it."""
    left, right = parse_exercise(one), parse_exercise(other)
    if left.equation and right.equation:
        return left.equation.solution == right.equation.solution and left.equation.unknown == right.equation.unknown
    a, b = set(_words(one)), set(_words(other))
    return bool(a and b) and len(a & b) >= 0.8 * min(len(a), len(b)) and min(len(a), len(b)) >= 3


def has_same_solution(text: str, equation: Equation) -> bool:
    """Whether a line of working is an equation with the same solution: a right step, perhaps not the last."""
    return any(
        one.unknown == equation.unknown and one.solution == equation.solution and bool(one.steps)
        for one in _find_equations(text)
    )


def format_fraction(number: Fraction) -> str:
    return str(number.numerator) if number.denominator == 1 else f"{number.numerator}/{number.denominator}"


def solve_equation(text: str) -> Equation | None:
    """The equation that `text` is, solved; None when it is not a linear one with one solution."""
    left, sign, right = text.partition("=")
    if not sign or "=" in right:
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


def _solution_steps(
    unknown: str, left: tuple[Fraction, Fraction], right: tuple[Fraction, Fraction], bracketed: bool
) -> Iterator[SolutionStep]:
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
        undo = EquationOperation.SUBTRACT if moved > 0 else EquationOperation.ADD
        yield SolutionStep(undo, format_fraction(abs(moved)), f"{_format_side(a, b, unknown)} = {format_fraction(d)}")
    if a != 1:
        over = a.numerator == 1 and a.denominator > 1
        operand = format_fraction(1 / a) if over else format_fraction(a)
        yield SolutionStep(
            EquationOperation.MULTIPLY if over else EquationOperation.DIVIDE,
            operand,
            f"{unknown} = {format_fraction(d / a)}",
        )


def _linear_coefficients(tree: Tree, unknown: str) -> tuple[Fraction, Fraction] | None:
    """(a, b) of a·x + b; None when the side is not of that form."""
    fraction = to_rational(tree)
    if fraction is None or set(fraction[1]) != {()}:
        return None
    top: Polynomial = fraction[0]
    if not set(top) <= {(), ((unknown, 1),)}:
        return None
    under = fraction[1][()]
    return top.get(((unknown, 1),), Fraction(0)) / under, top.get((), Fraction(0)) / under


def _has_brackets(tree: Tree) -> bool:
    """Whether a sum with the unknown stands under a product or a fraction: there is something to multiply out."""
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


def _find_equations(text: str) -> Iterator[Equation]:
    """Every solvable equation in a text: on each side of "=" the longest run of words that is a formula."""
    plain = text.replace("$", " ").replace("\\(", " ").replace("\\)", " ")
    plain = re.sub(r"([\u3400-\u9fff])", r" \1 ", plain)
    for at in (match.start() for match in re.finditer("=", plain)):
        left = _longest_formula([*reversed(plain[:at].split())], reverse=True)
        right = _longest_formula(plain[at + 1 :].partition("=")[0].split(), reverse=False)
        found = solve_equation(f"{left}={right}") if left and right else None
        if found is not None:
            yield found


def _longest_formula(words: list[str], *, reverse: bool) -> str:
    """The longest formula that these words begin with; read from the "=" to the left they come reversed."""
    prose = next((n for n, word in enumerate(words) if _is_prose(word)), len(words))
    for count in range(min(prose, 16), 0, -1):
        side = _strip_punctuation(" ".join(reversed(words[:count]) if reverse else words[:count]))
        try:
            parse(side)
        except NotAFormula:
            continue
        return "" if reverse and side[0] in "+*/" else side
    return ""


def _is_prose(word: str) -> bool:
    letters = _strip_punctuation(word)
    return (
        letters.isalpha() and (len(letters) > 2 or letters.lower() in _SHORT_WORDS) and letters.lower() not in FUNCTIONS
    )


def _strip_punctuation(text: str) -> str:
    return _EDGE_PUNCTUATION.sub("", text)[:_MAX_SIDE_CHARS]


def _find_arithmetic(text: str) -> tuple[str, Fraction | None]:
    """The longest arithmetic expression of a text that asks for little else, and its value."""
    for match in sorted(_ARITHMETIC.findall(text), key=len, reverse=True):
        try:
            fraction = to_rational(parse(_strip_punctuation(match)))
        except NotAFormula:
            continue
        if fraction is not None and set(fraction[1]) == {()} and set(fraction[0]) <= {()}:
            rest = len(re.findall(r"\w+", text.replace(match, " ")))
            if rest <= 8:
                return _strip_punctuation(match), fraction[0].get((), Fraction(0)) / fraction[1][()]
    return "", None


def _question_sentence(text: str) -> str:
    found = [" ".join(m.group().split()) for m in _QUESTION_SENTENCE.finditer(text)]
    return max(found[-1:] or [""], key=len)


def _given_numbers(text: str) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(text[m.start : m.end] for m in read_numbers(text) if not (m.spelled_out and m.value == 1))
    )


def _normalize_side(side: str) -> str:
    return " ".join(_strip_punctuation(side).replace("*", "·").split())


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z]{2,}|\d+|[\u3400-\u9fff]", text.lower())
