"""Whether the numbers of a statement were computed in it from numbers that are known: "1 / 0.2 = 5". Pure."""

from __future__ import annotations

import re
from collections.abc import Set
from itertools import product

from knowledge.languages import either

_COMPUTES = re.compile(either("answer_forms", "COMPUTES"), re.IGNORECASE)
_NUMBER = re.compile(r"(?<![\w.])(?P<number>\d+(?:[.,]\d+)*)(?P<percent>\s?%)?")
MAX_NUMBERS = 12  # in a statement that is looked at


def computed_numbers(claim: str, known: Set[str]) -> set[str]:
    """Return the numbers of a claim that follow by one operation from those before and behind them that are known.

    `known` are numbers as `numbers_in` returns them; a per cent is also its fraction ("20%", 0.2). A claim that names
    no operation computes nothing.
    """
    found = list(_NUMBER.finditer(claim))
    if not _COMPUTES.search(claim) or len(found) > MAX_NUMBERS:
        return set()
    values = {_value(number): None for number in known}
    fractions = [value / 100 for value in values]
    told = [match["number"].replace(",", "").rstrip(".") for match in found]
    operands = {_value(number) for number in told if number in known or _is_near(number, fractions)}
    operands |= {_value(m["number"]) / 100 for m in found if m["percent"] and _value(m["number"]) in operands}
    derived: set[str] = set()
    for number in told:
        if number in known:
            continue
        if _is_near(number, fractions) or _is_near(number, _results(operands)):
            derived.add(number)
            operands.add(_value(number))
    return derived


def _results(operands: Set[float]) -> list[float]:
    found: list[float] = []
    for one, other in product(operands, repeat=2):
        found += (one + other, one - other, one * other)
        if other:
            found += (one / other, 100 * one / other)
    return found


def _is_near(number: str, values: list[float]) -> bool:
    """Whether a number is one of these values, rounded to its own decimals."""
    decimals = len(number.partition(".")[2])
    return any(abs(_value(number) - value) <= 0.5 * 10**-decimals * (1 + 1e-9) for value in values) and (
        decimals > 0 or any(abs(_value(number) - value) < 1e-9 for value in values)
    )


def _value(number: str) -> float:
    parts = number.replace(",", "").split(".")
    return float(".".join(parts[:2]) or 0)
