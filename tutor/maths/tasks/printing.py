"""How numbers and polynomials are printed in tasks, steps and answers: "x² - 5x + 6", "3/4", "2√5"."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from fractions import Fraction

from tutor.maths.linear_equation import format_fraction
from tutor.maths.tasks.polynomials import Factors, Poly

_RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
MAX_DECIMALS = 4
_EXPONENT = re.compile(r"(?<=[\w)])\s?\^\s?(?:\((-?\d{1,2})\)|(-?\d{1,2}))(?![\d/.^])")


def power(base: str, exponent: int) -> str:
    """Return "x", "x²" or "(x + 1)³"."""
    return base if exponent == 1 else base + str(exponent).translate(_RAISED)


def raised(text: str) -> str:
    """Return a formula with its whole exponents as raised digits: "x^2" is "x²"."""
    return _EXPONENT.sub(lambda match: (match[1] or match[2]).translate(_RAISED), text)


def decimal(number: Fraction) -> str:
    """Return a number as a decimal where it has one of at most four places, otherwise as a fraction."""
    shifted = number * 10**MAX_DECIMALS
    if shifted.denominator != 1:
        return format_fraction(number)
    digits = f"{abs(int(shifted)):0{MAX_DECIMALS + 1}d}"
    text = f"{digits[:-MAX_DECIMALS]}.{digits[-MAX_DECIMALS:]}".rstrip("0").rstrip(".")
    return f"-{text}" if number < 0 else text


def rounded(value: float, places: int = 2) -> str:
    """Return "≈ 2.65", a whole number without places."""
    text = f"{value:.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text and abs(float(text) - value) < 1e-12 else text


def in_brackets(number: Fraction) -> str:
    """Return a number as a factor after a sign: "(-3)", "4"."""
    return f"({decimal(number)})" if number < 0 else decimal(number)


def term(factor: Fraction, name: str) -> str:
    """Return one term without its sign: "5x", "x", "(1/2)x"; "5" where `name` is empty."""
    size = abs(factor)
    if not name:
        return format_fraction(size)
    if size == 1:
        return name
    return f"{size}{name}" if size.denominator == 1 else f"({format_fraction(size)}){name}"


def signed_sum(terms: Sequence[tuple[Fraction, str]]) -> str:
    """Return terms joined by their signs: "x² - 5x + 6"; "0" for none."""
    text = ""
    for factor, name in terms:
        if factor:
            sign = ("-" if factor < 0 else "") if not text else (" - " if factor < 0 else " + ")
            text += sign + term(factor, name)
    return text or "0"


def polynomial(poly: Poly, unknown: str) -> str:
    """Return a polynomial, the highest power first."""
    named = [(one, power(unknown, n) if n else "") for n, one in enumerate(poly)]
    return signed_sum(named[::-1])


def product(found: Factors, unknown: str) -> str:
    """Return factors as a product: "2(x + 1)(x + 3)", "-3x(x - 2)²"."""
    single = len(found.parts) == 1 and found.parts[0][1] == 1 and abs(found.content) == 1
    text = "" if found.content == 1 else "-" if found.content == -1 else term_sign(found.content)
    for part, times in found.parts:
        body = polynomial(part, unknown)
        simple = part == (Fraction(0), Fraction(1)) or (single and found.content == 1)
        text += power(body if simple else f"({body})", times)
    return text or "1"


def term_sign(number: Fraction) -> str:
    """Return a number in front of a product: "2", "-3", "(1/2)"."""
    text = format_fraction(number)
    return text if number.denominator == 1 else f"({text})"


def square_root(number: int) -> tuple[int, int]:
    """Return (a, b) with √number = a√b and b without a square factor."""
    outside, inside = 1, number
    for n in range(2, math.isqrt(number) + 1):
        while inside % (n * n) == 0:
            outside, inside = outside * n, inside // (n * n)
    return outside, inside


def surd(outside: Fraction, inside: int) -> str:
    """Return "5√2", "√3", "4" or "(2/3)√5"."""
    if inside == 1:
        return format_fraction(outside)
    return signed_sum([(outside, f"√{inside}")])
