"""Parse formulas as people type them into a small expression tree, with a tokenizer and grammar of our own.

The tree contains only numbers, variables, the four operations, powers and a few functions; nothing is evaluated as
code. Two trees can be compared exactly as rational functions, or at sample points.
"""

from __future__ import annotations

import cmath
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

MAX_CHARS = 400
MAX_DEPTH = 60
MAX_POWER = 64
MAX_TERMS = 400
MAX_VARIABLE_RUN = 2  # letters after the first: "abc" is a product, "what" is a word
MAX_BITS = 4096  # of a coefficient

FUNCTIONS: Mapping[str, Callable[[complex], complex]] = {
    "sqrt": cmath.sqrt,
    "sin": cmath.sin,
    "cos": cmath.cos,
    "tan": cmath.tan,
    "arcsin": cmath.asin,
    "arccos": cmath.acos,
    "arctan": cmath.atan,
    "ln": cmath.log,
    "log": cmath.log10,
    "exp": cmath.exp,
    "abs": lambda z: complex(abs(z)),
}
CONSTANTS: Mapping[str, float] = {"pi": math.pi, "e": math.e}


class NotAFormula(ValueError):
    """The text is not a formula of the grammar; the message says where reading failed."""


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

_SYMBOLS = {
    "−": "-",
    "–": "-",
    "×": "*",
    "·": "*",
    "⋅": "*",
    "÷": "/",
    "²": "^2",
    "³": "^3",
    "√": "sqrt",
    "π": "pi",
    "**": "^",
    "\\cdot": "*",
    "\\times": "*",
    "\\div": "/",
    "\\pi": "pi",
    "\\sqrt": "sqrt",
    "\\left": "",
    "\\right": "",
    "\\sin": "sin",
    "\\cos": "cos",
    "\\tan": "tan",
    "\\ln": "ln",
    "\\log": "log",
    "{": "(",
    "}": ")",
    "[": "(",
    "]": ")",
    "$": "",
}
_FRACTION = re.compile(r"\\[dt]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}")
_TOKEN = re.compile(r"\s*(?:(?P<number>\d+(?:\.\d+)?|\.\d+)|(?P<name>[A-Za-z]+)|(?P<operator>[-+*/^()]))")
_NAMES = sorted((*FUNCTIONS, *CONSTANTS), key=len, reverse=True)


def parse(text: str) -> Tree:
    """Return the tree of one expression, without a relation sign; raises NotAFormula."""
    if len(text) > MAX_CHARS:
        raise NotAFormula(f"the formula has {len(text)} characters, at most {MAX_CHARS} are read")
    reader = _Parser(_tokenize(_normalize(text)))
    tree = reader.sum(0)
    if reader.tokens:
        raise NotAFormula(f"the formula cannot be read from {reader.tokens[0]!r} on")
    return tree


def variables(tree: Tree) -> frozenset[str]:
    """Return the names of the variables in a tree, constants such as pi left out."""
    if isinstance(tree, Apply):
        return frozenset().union(*(variables(arg) for arg in tree.args))
    return frozenset({tree.name} - set(CONSTANTS)) if isinstance(tree, Variable) else frozenset()


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
        case Apply("^", (base, Number(power))) if power.denominator == 1 and abs(power) <= MAX_POWER:
            return _power(to_rational(base), int(power))
    return None


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


def _normalize(text: str) -> str:
    while _FRACTION.search(text):
        text = _FRACTION.sub(r"((\1)/(\2))", text)
    for symbol, plain in _SYMBOLS.items():
        text = text.replace(symbol, plain)
    return re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", text)


def _tokenize(text: str) -> list[str]:
    tokens: list[str] = []
    at = 0
    while at < len(text.rstrip()):
        match = _TOKEN.match(text, at)
        if match is None:
            raise NotAFormula(f"the formula cannot be read at {text[at:].strip()[:12]!r}")
        at = match.end()
        tokens += _split_name(match["name"]) if match["name"] else [match.group().strip()]
    return tokens


def _split_name(name: str, plain: int = 0) -> list[str]:
    """Split letters in a row into one-letter variables, functions and constants.

    A longer run than MAX_VARIABLE_RUN allows is a word of prose and raises NotAFormula.
    """
    if plain > MAX_VARIABLE_RUN:
        raise NotAFormula("the formula contains words")
    known = next((word for word in _NAMES if name.startswith(word) and word != "e"), None)
    first = known or name[0]
    rest = name[len(first) :]
    return [first, *(_split_name(rest, 0 if known else plain + 1) if rest else [])]


class _Parser:
    """Recursive descent over tokens; `sum`, `product`, `power` and `atom` are the grammar's four levels."""

    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens

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
        while self.tokens and self.tokens[0] not in ("+", "-", ")"):
            if self.tokens[0] == "/":
                self.tokens.pop(0)
                tree = Apply("/", (tree, self.signed(depth)))
                continue
            if self.tokens[0] == "*":
                self.tokens.pop(0)
            elif self.tokens[0][0].isdigit():
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
        base = self.atom(depth)
        if self.tokens and self.tokens[0] == "^":
            self.tokens.pop(0)
            exponent = self.signed(depth + 1)
            plain = _constant_value(exponent)
            if plain is not None and abs(plain) > MAX_POWER:
                raise NotAFormula(f"the exponent {plain} is larger than {MAX_POWER}")
            return Apply("^", (base, Number(plain) if plain is not None else exponent))
        return base

    def atom(self, depth: int) -> Tree:
        token = self.tokens.pop(0) if self.tokens else ""
        if token == "(":
            tree = self.sum(depth + 1)
            if not self.tokens or self.tokens.pop(0) != ")":
                raise NotAFormula("a bracket is not closed")
            return tree
        if token in FUNCTIONS:
            return self.call(token, depth)
        if token and token[0] in "0123456789.":
            return Number(Fraction(token))
        if token.isalpha():
            return Variable(token)
        raise NotAFormula(f"something is missing before {token!r}" if token else "the formula ends too early")

    def call(self, name: str, depth: int) -> Tree:
        """Parse sin(x), sin x, sin 2x (an argument without brackets ends at the next operator) and sin^2(x)."""
        if depth > MAX_DEPTH:
            raise NotAFormula(f"the formula is nested deeper than {MAX_DEPTH}")
        if self.tokens and self.tokens[0] == "^":
            self.tokens.pop(0)
            power = self.atom(depth + 1)
            return Apply("^", (self.call(name, depth + 1), power))
        if self.tokens and (self.tokens[0] == "(" or self.tokens[0] in FUNCTIONS):
            return Apply(name, (self.atom(depth + 1),))
        argument = self.power(depth + 1)
        while self.tokens and self.tokens[0].isalpha() and self.tokens[0] not in FUNCTIONS:
            argument = Apply("*", (argument, self.power(depth + 1)))
        return Apply(name, (argument,))


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
