"""Sums of simple terms that are differentiated and integrated one by one: powers of x, sin, cos, e^x, ln x."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from tutor.maths.algebra import Apply, Number, Tree, Variable, exact_constant, variables
from tutor.maths.tasks import printing
from tutor.maths.tasks.polynomials import to_polynomial

MAX_EXPONENT = 20


@dataclass(frozen=True, slots=True)
class SimpleTerm:
    """`factor` times a power of the unknown, or a function of `inner` times the unknown.

    A power has the `name` "power" and its exponent as `inner`.
    """

    factor: Fraction
    name: str
    inner: Fraction

    def derivative(self) -> SimpleTerm:
        a = self.inner
        match self.name:
            case "power":
                return SimpleTerm(self.factor * a, "power", a - 1 if a else Fraction(0))
            case "sin":
                return SimpleTerm(self.factor * a, "cos", a)
            case "cos":
                return SimpleTerm(-self.factor * a, "sin", a)
            case "exp":
                return SimpleTerm(self.factor * a, "exp", a)
        return SimpleTerm(self.factor, "power", Fraction(-1))  # of ln(ax)

    def integral(self) -> SimpleTerm | None:
        a = self.inner
        match self.name:
            case "power":
                return (
                    SimpleTerm(self.factor, "ln", Fraction(1))
                    if a == -1
                    else SimpleTerm(self.factor / (a + 1), "power", a + 1)
                )
            case "sin":
                return SimpleTerm(-self.factor / a, "cos", a)
            case "cos":
                return SimpleTerm(self.factor / a, "sin", a)
            case "exp":
                return SimpleTerm(self.factor / a, "exp", a)
        return None

    def print(self, x: str) -> str:
        """Return the term without its factor; "" for a number."""
        if self.name == "power":
            if not self.inner:
                return ""
            if self.inner.denominator == 1:
                return printing.power(x, int(self.inner))
            return f"{x}^({self.inner})"
        inside = printing.signed_sum([(self.inner, x)])
        if self.name == "exp":
            return f"e^{inside}" if inside == x else f"e^({inside})"
        return f"{self.name} {inside}" if inside == x else f"{self.name}({inside})"


def print_terms(terms: Sequence[SimpleTerm], x: str) -> str:
    return printing.signed_sum([(one.factor, one.print(x)) for one in terms])


def read_terms(tree: Tree, x: str) -> list[SimpleTerm] | None:
    """Return a tree as simple terms; None where one of them is another function or a product."""
    poly = to_polynomial(tree, x)
    if poly is not None:
        return [SimpleTerm(one, "power", Fraction(n)) for n, one in reversed([*enumerate(poly)]) if one]
    parts = tree.args if isinstance(tree, Apply) and tree.name == "+" else (tree,)
    found = [_read_term(part, x) for part in parts]
    sound = [one for one in found if one is not None]
    return sound if len(sound) == len(found) else None


def _read_term(tree: Tree, x: str) -> SimpleTerm | None:
    constant = None if variables(tree) else exact_constant(tree)
    if constant is not None:
        return SimpleTerm(constant, "power", Fraction(0))
    match tree:
        case Variable(name) if name == x:
            return SimpleTerm(Fraction(1), "power", Fraction(1))
        case Apply("neg", (arg,)):
            return _scaled(_read_term(arg, x), Fraction(-1))
        case Apply("*", (left, right)):
            return _product(_read_term(left, x), _read_term(right, x))
        case Apply("/", (top, bottom)):
            under = _read_term(bottom, x)
            if under is None or under.name != "power" or not under.factor:
                return None
            return _product(_read_term(top, x), SimpleTerm(1 / under.factor, "power", -under.inner))
        case Apply("^", (Variable("e"), power)):
            return _function("exp", power, x)
        case Apply("^", (base, Number(power))) if abs(power) <= MAX_EXPONENT:
            inner = _read_term(base, x)
            if inner is None or inner.name != "power" or (inner.factor != 1 and power.denominator != 1):
                return None
            return SimpleTerm(
                inner.factor ** int(power) if inner.factor != 1 else inner.factor, "power", inner.inner * power
            )
        case Apply("sqrt", (Variable(name),)) if name == x:
            return SimpleTerm(Fraction(1), "power", Fraction(1, 2))
        case Apply("sin" | "cos" | "exp" | "ln" as name, (arg,)):
            return _function(name, arg, x)
    return None


def _function(name: str, argument: Tree, x: str) -> SimpleTerm | None:
    poly = to_polynomial(argument, x)
    if poly is None or len(poly) != 2 or poly[0] or (name == "ln" and poly[1] != 1):
        return None
    return SimpleTerm(Fraction(1), name, poly[1])


def _scaled(term: SimpleTerm | None, factor: Fraction) -> SimpleTerm | None:
    return term and SimpleTerm(term.factor * factor, term.name, term.inner)


def _product(one: SimpleTerm | None, other: SimpleTerm | None) -> SimpleTerm | None:
    """Return a product of powers, or of a number and anything; None for other products."""
    if one is None or other is None:
        return None
    for left, right in ((one, other), (other, one)):
        if left.name == "power" and not left.inner:
            return _scaled(right, left.factor)
    if one.name == other.name == "power":
        return SimpleTerm(one.factor * other.factor, "power", one.inner + other.inner)
    return None
