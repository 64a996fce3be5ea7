"""Reads one number of an answer, however it is written, and says whether it is the value that is asked for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from knowledge.languages import either
from tutor.maths.algebra import NotAFormula, Tree, exact_constant, parse, real_constant, variables
from tutor.maths.notation import plain_characters, plain_number
from tutor.maths.numbers import parse_number
from tutor.maths.tasks.task import Check

MAX_ANSWER_CHARS = 300
MIN_ROUNDED_PLACES = 2  # decimals from which a rounded value counts
_SAME = Fraction(1, 10**9)  # relative difference of two ways to compute one irrational number
_DECIMALS = re.compile(r"\d*\.(\d+)")
_LEAD_IN = re.compile(rf"^(?:{either('maths_tasks', 'ANSWER_OPENING')}|[=≈:,\s])+", re.IGNORECASE)
_TAIL = re.compile(r"[\s.!?。！？，,;；]+$")
_APPROXIMATE = re.compile(r"^\s*[≈~]\s*")


@dataclass(frozen=True, slots=True)
class Value:
    """A number as it was given: `places` are its decimals where it is a plain decimal."""

    number: Fraction
    is_exact: bool
    places: int | None = None
    is_percent: bool = False


def plain_answer(text: str) -> str:
    """Return an answer in plain characters, without words around it and marks at its end."""
    plain = " ".join(plain_characters(text[: MAX_ANSWER_CHARS + 1]).replace("$", " ").split())
    return _TAIL.sub("", _LEAD_IN.sub("", plain.strip("`* ")))


def read_value(text: str) -> Value | None:
    """Return the one number that a text is; None where it is more, less or something else."""
    if not text.strip() or len(text) > MAX_ANSWER_CHARS:
        return None
    plain = _APPROXIMATE.sub("", plain_number(text))
    mention = parse_number(plain)
    if mention is not None and not mention.spelled_out:
        decimals = _DECIMALS.search(plain)
        return Value(mention.value, True, len(decimals[1]) if decimals else None, mention.is_percent)
    try:
        return value_of(parse(plain))
    except NotAFormula:
        return None if mention is None else Value(mention.value, True, is_percent=mention.is_percent)


def value_of(tree: Tree) -> Value | None:
    """Return the value of a formula without variables; None where it has none."""
    if variables(tree):
        return None
    exact = exact_constant(tree)
    if exact is not None:
        return Value(exact, True)
    real = real_constant(tree)
    return None if real is None else Value(real, False)


def compare(given: Value, wanted: Fraction, *, is_exact: bool = True, allows_rounding: bool = True) -> Check:
    """Check a given number against the value that is asked for; `is_exact` says that this one is rational.

    A value rounded to two or more decimals counts where the exact one has more; with fewer nothing is said.
    """
    if is_exact and given.is_exact and given.number == wanted:
        return Check.RIGHT
    gap = abs(given.number - wanted)
    if not (is_exact and given.is_exact) and gap <= _SAME * max(Fraction(1), abs(wanted)):
        return Check.RIGHT
    places = given.places if given.places is not None else 0 if given.number.denominator == 1 else None
    is_longer = not is_exact or (wanted * 10**MIN_ROUNDED_PLACES).denominator != 1
    if places is None or not is_longer or gap > Fraction(1, 2 * 10**places) + Fraction(1, 10**9):
        return Check.WRONG
    if not allows_rounding:
        return Check.UNFINISHED
    return Check.RIGHT if places >= MIN_ROUNDED_PLACES else Check.UNREADABLE
