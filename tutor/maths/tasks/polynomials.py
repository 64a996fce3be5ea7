"""Polynomials in one variable with rational coefficients: arithmetic, rational roots and factors. Exact."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import zip_longest

from tutor.maths.algebra import Tree, to_rational

Poly = tuple[Fraction, ...]  # coefficients, the constant first; the last one is not zero

MAX_DEGREE = 6
MAX_COEFFICIENT = 10**6
_ZERO = Fraction(0)


@dataclass(frozen=True, slots=True)
class Factors:
    """`content` times each primitive irreducible factor to its power."""

    content: Fraction
    parts: tuple[tuple[Poly, int], ...]


def trimmed(coefficients: Sequence[Fraction]) -> Poly:
    """Return the coefficients without leading zeros."""
    end = len(coefficients)
    while end and not coefficients[end - 1]:
        end -= 1
    return tuple(coefficients[:end])


def to_polynomial(tree: Tree, unknown: str) -> Poly | None:
    """Return a tree as a polynomial in `unknown`; None where it is none, or too large for a task."""
    fraction = to_rational(tree)
    if fraction is None or set(fraction[1]) != {()}:
        return None
    return polynomial_of_terms(fraction[0], unknown, fraction[1][()])


def polynomial_of_terms(
    terms: dict[tuple[tuple[str, int], ...], Fraction], unknown: str, divisor: Fraction
) -> Poly | None:
    """Return the terms of a polynomial over `divisor` as coefficients; None where another variable occurs."""
    found: dict[int, Fraction] = {}
    for names, factor in terms.items():
        powers = dict(names)
        degree = powers.pop(unknown, 0)
        if powers or degree > MAX_DEGREE or max(abs(factor.numerator), factor.denominator) > MAX_COEFFICIENT:
            return None
        found[degree] = factor / divisor
    return trimmed([found.get(n, _ZERO) for n in range(max(found, default=-1) + 1)])


def add(left: Poly, right: Poly) -> Poly:
    return trimmed([a + b for a, b in zip_longest(left, right, fillvalue=_ZERO)])


def scale(poly: Poly, factor: Fraction) -> Poly:
    return trimmed([factor * one for one in poly])


def subtract(left: Poly, right: Poly) -> Poly:
    return add(left, scale(right, Fraction(-1)))


def multiply(left: Poly, right: Poly) -> Poly:
    result = [_ZERO] * max(0, len(left) + len(right) - 1)
    for n, a in enumerate(left):
        for m, b in enumerate(right):
            result[n + m] += a * b
    return trimmed(result)


def divide(left: Poly, right: Poly) -> tuple[Poly, Poly]:
    """Return quotient and remainder; `right` is not zero."""
    rest, quotient = list(left), [_ZERO] * max(0, len(left) - len(right) + 1)
    for shift in range(len(left) - len(right), -1, -1):
        factor = rest[shift + len(right) - 1] / right[-1]
        quotient[shift] = factor
        for n, one in enumerate(right):
            rest[shift + n] -= factor * one
    return trimmed(quotient), trimmed(rest)


def common_divisor(left: Poly, right: Poly) -> Poly:
    """Return the greatest common divisor, primitive and with a positive leading coefficient."""
    while right:
        left, right = right, divide(left, right)[1]
    return scale(left, 1 / content(left)) if left else left


def derivative(poly: Poly) -> Poly:
    return trimmed([n * one for n, one in enumerate(poly)][1:])


def value_at(poly: Poly, x: Fraction) -> Fraction:
    return sum((one * x**n for n, one in enumerate(poly)), _ZERO)


def content(poly: Poly) -> Fraction:
    """Return the greatest common factor of the coefficients, with the sign of the leading one."""
    top = math.gcd(*(one.numerator for one in poly))
    bottom = math.lcm(*(one.denominator for one in poly))
    return Fraction(top, bottom) * (1 if poly[-1] > 0 else -1)


def rational_roots(poly: Poly) -> list[Fraction]:
    """Return the rational roots, each as often as it occurs, smallest first."""
    roots: list[Fraction] = []
    rest = poly
    while len(rest) > 1 and (root := next(_roots_of_primitive(scale(rest, 1 / content(rest))), None)) is not None:
        roots.append(root)
        rest = divide(rest, (-root, Fraction(1)))[0]
    return sorted(roots)


def factors(poly: Poly) -> Factors | None:
    """Return the factors over the rational numbers; None for a polynomial whose factors are not found here."""
    outside = content(poly)
    rest = scale(poly, 1 / outside)
    parts: list[Poly] = []
    for root in rational_roots(rest):
        part = (Fraction(-root.numerator), Fraction(root.denominator))
        parts.append(part)
        rest = divide(rest, part)[0]
    if len(rest) > 5:
        return None
    if len(rest) == 5:
        parts += _quartic_factors(rest)
    elif len(rest) > 1:
        parts.append(rest)
    distinct = tuple((part, parts.count(part)) for part in dict.fromkeys(sorted(parts, key=_order)))
    return Factors(outside, distinct)


def _order(part: Poly) -> tuple[int, bool, Fraction]:
    return len(part), bool(part[0]), abs(part[0])


def _roots_of_primitive(poly: Poly) -> Iterator[Fraction]:
    if not poly[0]:
        yield Fraction(0)
    for top in _divisors(int(poly[0])):
        for bottom in _divisors(int(poly[-1])):
            for root in (Fraction(top, bottom), Fraction(-top, bottom)):
                if value_at(poly, root) == 0:
                    yield root


def _divisors(number: int) -> list[int]:
    number = abs(number)
    small = [n for n in range(1, math.isqrt(number) + 1) if number % n == 0]
    return sorted({*small, *(number // n for n in small)})


def _quartic_factors(poly: Poly) -> list[Poly]:
    """Split a primitive quartic without rational roots into two quadratics, where it has such factors."""
    for lead in _divisors(int(poly[-1])):
        for last in _divisors(int(poly[0])):
            limit = 2 + int(2 * max(abs(one) for one in poly))
            for sign in (1, -1):
                for middle in range(-min(limit, 60), min(limit, 60) + 1):
                    part = (Fraction(sign * last), Fraction(middle), Fraction(lead))
                    quotient, remainder = divide(poly, part)
                    if not remainder:
                        return [part, quotient]
    return [poly]
