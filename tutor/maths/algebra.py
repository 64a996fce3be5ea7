"""Parse formulas as people type them into a small expression tree, with a tokenizer and grammar of our own.

The tree contains only numbers, variables, the four operations, powers and a few functions; nothing is evaluated as
code. Two trees can be compared exactly as rational functions, or at sample points.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from tutor.maths.formula_tokens import NotAFormula as NotAFormula
from tutor.maths.formula_tokens import tokenize
from tutor.maths.functions import CONSTANTS, INVERSES, TRIGONOMETRIC
from tutor.maths.functions import FUNCTIONS as FUNCTIONS

MAX_CHARS = 400
MAX_DEPTH = 60
MAX_POWER = 64
MAX_TERMS = 400
MAX_BITS = 4096  # of a coefficient
MAX_FACTORIAL = 60


@dataclass(frozen=True, slots=True)
class Number:
    value: Fraction


@dataclass(frozen=True, slots=True)
class Variable:
    name: str


@dataclass(frozen=True, slots=True)
class Apply:
    """`name` is one of + * / ^ neg, or a key of FUNCTIONS."""

    name: str
    args: tuple[Tree, ...]


Tree = Number | Variable | Apply
Polynomial = dict[tuple[tuple[str, int], ...], Fraction]


def parse(text: str) -> Tree:
    """Return the tree of one expression, without a relation sign; raises NotAFormula."""
    if len(text) > MAX_CHARS:
        raise NotAFormula(f"the formula has {len(text)} characters, at most {MAX_CHARS} are read")
    reader = _Parser(tokenize(text))
    tree = reader.sum(0)
    if reader.tokens:
        raise NotAFormula(f"the formula cannot be read from {reader.tokens[0]!r} on")
    return tree


def variables(tree: Tree) -> frozenset[str]:
    """Return the names of the variables in a tree, constants such as pi left out."""
    if isinstance(tree, Apply):
        return frozenset().union(*(variables(arg) for arg in tree.args))
    return frozenset({tree.name} - set(CONSTANTS)) if isinstance(tree, Variable) else frozenset()


def rename(tree: Tree, name: str, new: str) -> Tree:
    """Return the tree with one variable under another name."""
    match tree:
        case Variable(old):
            return Variable(new) if old == name else tree
        case Apply(function, args):
            return Apply(function, tuple(rename(arg, name, new) for arg in args))
    return tree


def evaluate(tree: Tree, point: Mapping[str, complex]) -> complex:
    """Return the value at a point; raises ArithmeticError or ValueError where the expression has none."""
    match tree:
        case Number(value):
            return complex(value)
        case Variable(name):
            return complex(point[name]) if name in point else complex(CONSTANTS[name])
        case Apply("+", args):
            return sum((evaluate(arg, point) for arg in args), 0j)
        case Apply("*", args):
            return math.prod((evaluate(arg, point) for arg in args), start=1 + 0j)
        case Apply("neg", (arg,)):
            return -evaluate(arg, point)
        case Apply("/", (top, bottom)):
            return evaluate(top, point) / evaluate(bottom, point)
        case Apply("^", (base, power)):
            return complex(evaluate(base, point) ** evaluate(power, point))
        case Apply(name, (arg,)):
            return FUNCTIONS[name](evaluate(arg, point))
    raise AssertionError(f"no such node: {tree}")


def to_rational(tree: Tree) -> tuple[Polynomial, Polynomial] | None:
    """Return the tree as a fraction of two polynomials; None if it has other functions or grows too large."""
    match tree:
        case Number(value):
            return {(): value} if value else {}, {(): Fraction(1)}
        case Variable(name):
            return {((name, 1),): Fraction(1)}, {(): Fraction(1)}
        case Apply("neg", (arg,)):
            inner = to_rational(arg)
            return inner and ({term: -factor for term, factor in inner[0].items()}, inner[1])
        case Apply("+" | "*" | "/" as name, args):
            return _fold(name, args)
        case Apply("factorial", (Number(value),)) if value.denominator == 1 and 0 <= value <= MAX_FACTORIAL:
            return {(): Fraction(math.factorial(int(value)))}, {(): Fraction(1)}
        case Apply("^", (base, Number(power))) if power.denominator == 1 and abs(power) <= MAX_POWER:
            return _power(to_rational(base), int(power))
    return None


def exact_constant(tree: Tree) -> Fraction | None:
    """Return the value of a tree without variables; None where it has variables or is not a rational number."""
    fraction = None if variables(tree) else to_rational(tree)
    if fraction is None or not fraction[1] or not set(fraction[0]) | set(fraction[1]) <= {()}:
        return None
    return fraction[0].get((), Fraction(0)) / fraction[1][()]


def real_constant(tree: Tree) -> Fraction | None:
    """Return the real value of a tree without variables, exact or to twelve figures.

    None where it has none, or where an angle may be in degrees: sin(30).
    """
    exact = exact_constant(tree)
    if exact is not None or variables(tree) or any(_is_plain_angle(node) for node in _nodes(tree)):
        return exact
    try:
        value = evaluate(tree, {})
        is_real = cmath.isfinite(value) and abs(value.imag) <= 1e-12 * abs(value)
    except (ArithmeticError, ValueError):
        return None
    return Fraction(value.real) if is_real else None


def _nodes(tree: Tree) -> Iterator[Tree]:
    yield tree
    if isinstance(tree, Apply):
        for arg in tree.args:
            yield from _nodes(arg)


def _is_plain_angle(tree: Tree) -> bool:
    """Whether a trigonometric function has a number other than zero without pi as its argument."""
    if not isinstance(tree, Apply) or tree.name not in TRIGONOMETRIC:
        return False
    value = to_rational(tree.args[0])
    return value is not None and bool(value[0]) and all(node != Variable("pi") for node in _nodes(tree.args[0]))


def is_same_rational(left: Tree, right: Tree) -> bool | None:
    """Whether two expressions are exactly the same rational function; None if that cannot be decided here."""
    one, two = to_rational(left), to_rational(right)
    if one is None or two is None or not (one[1] and two[1]):
        return None
    across, back = _multiply_polynomials(one[0], two[1]), _multiply_polynomials(two[0], one[1])
    return None if across is None or back is None else across == back


def _fold(name: str, args: tuple[Tree, ...]) -> tuple[Polynomial, Polynomial] | None:
    parts = [to_rational(arg) for arg in args]
    result = parts[0]
    for part in parts[1:]:
        if result is None or part is None:
            return None
        result = _combine(name, result, part)
    return result


def _combine(
    name: str, left: tuple[Polynomial, Polynomial], right: tuple[Polynomial, Polynomial]
) -> tuple[Polynomial, Polynomial] | None:
    (a, b), (c, d) = left, right
    if name == "/":
        c, d = d, c
    if name != "+":
        top, bottom = _multiply_polynomials(a, c), _multiply_polynomials(b, d)
    else:
        one, two, bottom = _multiply_polynomials(a, d), _multiply_polynomials(c, b), _multiply_polynomials(b, d)
        top = None if one is None or two is None else _add_polynomials(one, two)
    return None if top is None or bottom is None else (top, bottom)


def _power(base: tuple[Polynomial, Polynomial] | None, power: int) -> tuple[Polynomial, Polynomial] | None:
    if base is None:
        return None
    top, bottom = base if power >= 0 else (base[1], base[0])
    result: tuple[Polynomial, Polynomial] | None = ({(): Fraction(1)}, {(): Fraction(1)})
    for _ in range(abs(power)):
        result = result and _combine("*", result, (top, bottom))
    return result


def _add_polynomials(left: Polynomial, right: Polynomial) -> Polynomial:
    terms = dict(left)
    for term, factor in right.items():
        terms[term] = terms.get(term, Fraction(0)) + factor
    return {term: factor for term, factor in terms.items() if factor}


def _multiply_polynomials(left: Polynomial, right: Polynomial) -> Polynomial | None:
    if len(left) * len(right) > MAX_TERMS:
        return None
    terms: Polynomial = {}
    for one, a in left.items():
        for two, b in right.items():
            powers = dict(one)
            for name, power in two:
                powers[name] = powers.get(name, 0) + power
            key = tuple(sorted(powers.items()))
            terms[key] = terms.get(key, Fraction(0)) + a * b
    if any(factor.numerator.bit_length() + factor.denominator.bit_length() > MAX_BITS for factor in terms.values()):
        return None
    return {term: factor for term, factor in terms.items() if factor}


class _Parser:
    """Recursive descent over tokens; `sum`, `product`, `power` and `atom` are the grammar's four levels."""

    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens
        self.bars = 0  # absolute values that are open

    def sum(self, depth: int) -> Tree:
        if depth > MAX_DEPTH:
            raise NotAFormula(f"the formula is nested deeper than {MAX_DEPTH}")
        terms = [self.product(depth)]
        while self.tokens and self.tokens[0] in "+-":
            sign = self.tokens.pop(0)
            term = self.product(depth)
            terms.append(Apply("neg", (term,)) if sign == "-" else term)
        return Apply("+", tuple(terms)) if len(terms) > 1 else terms[0]

    def product(self, depth: int) -> Tree:
        tree = self.signed(depth)
        while self.tokens and self.tokens[0] not in ("+", "-", ")") and not (self.tokens[0] == "|" and self.bars):
            if self.tokens[0] == "/":
                self.tokens.pop(0)
                tree = Apply("/", (tree, self.signed(depth)))
                continue
            if self.tokens[0] == "*":
                self.tokens.pop(0)
            elif self.tokens[0][0].isdigit() or self.tokens[0][0] in "!°#":
                raise NotAFormula(f"an operator is missing before {self.tokens[0]!r}")
            tree = Apply("*", (tree, self.signed(depth)))
        return tree

    def signed(self, depth: int) -> Tree:
        if self.tokens and self.tokens[0] in ("+", "-"):
            sign = self.tokens.pop(0)
            tree = self.signed(depth + 1) if depth < MAX_DEPTH else self.power(depth)
            return Apply("neg", (tree,)) if sign == "-" else tree
        return self.power(depth)

    def power(self, depth: int) -> Tree:
        base = self.postfixed(self.atom(depth))
        if self.tokens and self.tokens[0] == "^":
            self.tokens.pop(0)
            exponent = self.signed(depth + 1)
            plain = _constant_value(exponent)
            if plain is not None and abs(plain) > MAX_POWER:
                raise NotAFormula(f"the exponent {plain} is larger than {MAX_POWER}")
            return Apply("^", (base, Number(plain) if plain is not None else exponent))
        return base

    def postfixed(self, tree: Tree) -> Tree:
        """Apply the signs behind an operand: n! and 30°."""
        while self.tokens and self.tokens[0] in ("!", "°"):
            if self.tokens.pop(0) == "!":
                tree = Apply("factorial", (tree,))
            else:
                tree = Apply("*", (tree, Apply("/", (Variable("pi"), Number(Fraction(180))))))
        return tree

    def atom(self, depth: int) -> Tree:
        token = self.tokens.pop(0) if self.tokens else ""
        if token == "(":
            bars, self.bars = self.bars, 0
            tree = self.sum(depth + 1)
            self.bars = bars
            self.expect(")")
            return tree
        if token == "|":
            self.bars += 1
            tree = self.sum(depth + 1)
            self.bars -= 1
            self.expect("|")
            return Apply("abs", (tree,))
        if token in FUNCTIONS:
            return self.call(token, depth)
        if token and token[0] in "0123456789.":
            return Number(Fraction(token))
        if token and token[0].isalpha():
            return Variable(token)
        raise NotAFormula(f"something is missing before {token!r}" if token else "the formula ends too early")

    def expect(self, closing: str) -> None:
        if not self.tokens or self.tokens.pop(0) != closing:
            raise NotAFormula("a bracket is not closed")

    def call(self, name: str, depth: int) -> Tree:
        """Parse sin(x), sin x, sin 2x (an argument without brackets ends at the next operator), sin^2(x), log_2(x).

        An exponent of -1 makes the inverse function.
        """
        if depth > MAX_DEPTH:
            raise NotAFormula(f"the formula is nested deeper than {MAX_DEPTH}")
        if self.tokens and self.tokens[0][0] == "#":
            base = self.tokens.pop(0).strip("#")
            under: Tree = Number(Fraction(base)) if base.isdigit() else Variable(base)
            return Apply("/", (self.call("ln", depth + 1), Apply("ln", (under,))))
        if self.tokens and self.tokens[0] == "^":
            self.tokens.pop(0)
            return self.raised_call(name, self.signed(depth + 1), depth)
        if self.tokens and (self.tokens[0] in ("(", "|") or self.tokens[0] in FUNCTIONS):
            return Apply(name, (self.atom(depth + 1),))
        argument = self.power(depth + 1)
        while self.tokens and self.tokens[0][0].isalpha() and self.tokens[0] not in FUNCTIONS:
            argument = Apply("*", (argument, self.power(depth + 1)))
        return Apply(name, (argument,))

    def raised_call(self, name: str, power: Tree, depth: int) -> Tree:
        value = _constant_value(power)
        if value is None or value >= 0:
            return Apply("^", (self.call(name, depth + 1), power))
        if value == -1 and name in INVERSES:
            return self.call(INVERSES[name], depth + 1)
        raise NotAFormula(f"a power of {value} between a function and its argument has two meanings")


def _constant_value(tree: Tree) -> Fraction | None:
    """Return the value of a tree of numbers, neg and /; None for any other tree."""
    match tree:
        case Number(value):
            return value
        case Apply("neg", (arg,)):
            inner = _constant_value(arg)
            return None if inner is None else -inner
        case Apply("/", (top, bottom)):
            over, under = _constant_value(top), _constant_value(bottom)
            return over / under if over is not None and under else None
    return None
