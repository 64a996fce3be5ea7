"""Compute the value that the last question asks for: "product of 9 and 8", "85-77", "what times 3 is 24".

The result is empty where it cannot be computed without an answer key. The phrases of each language are in
`knowledge/languages`, module `exercises`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from knowledge.languages import each, either, table
from tutor.maths.algebra import NotAFormula, evaluate, parse, variables
from tutor.maths.numbers import read_numbers

_TERM = r"(?:\d[\d,]*(?:\.\d+)?|\.\d+)"
_FORMULA = re.compile(rf"\(?{_TERM}[\d\s.,()+\-−–*/×÷xX·]*[+\-−–*/×÷xX·][\d\s.,()+\-−–*/×÷xX·]*{_TERM}\)?")
_NUMBER_GROUP = r"\s*\$?(\d[\d,]*(?:\.\d+)?(?:\s?/\s?\d+)?|\.\d+)\s*(?:%|[a-z]+\b)??\s*"
_VALUE_OF_PI = re.compile(either("exercises", "VALUE_OF_PI"))
_POLYGONS: Mapping[int, Sequence[str]] = table("exercises", "POLYGONS")
_ASKS_FOR_NAME = re.compile(either("exercises", "ASKS_FOR_NAME"))
_SHAPE = re.compile(either("exercises", "SHAPE"))
_OPERATOR_WORDS = tuple(pair for pairs in each("exercises", "OPERATORS").values() for pair in pairs)
_OPERATION_PHRASES = tuple(
    (re.compile(phrase.format(n=_NUMBER_GROUP)), operation)
    for phrases in each("exercises", "OPERATION_PHRASES").values()
    for phrase, operation in phrases
)
_RECENT_LINES = 8  # in which the last question is looked for
_RECENT_NAME_LINES = 4


def expected_values(lines: Sequence[tuple[str, str]]) -> set[Fraction]:
    """Return the values that the tutor's last question may ask for, without signs because a hint may drop them."""
    for speaker, text in reversed(lines[-_RECENT_LINES:]):
        if speaker == "tutor":
            signed = _words_to_operators(text)
            values = {abs(value) for value in (tuple(_formula_values(signed)) or tuple(_phrase_values(text.lower())))}
            if values:
                return values
    return set()


def expected_names(lines: Sequence[tuple[str, str]]) -> set[str]:
    """Return the names that answer "what is this shape called?" and do not occur in it; empty for another question."""
    asked = " ".join(text.lower() for speaker, text in lines[-_RECENT_NAME_LINES:] if speaker == "tutor")
    dialogue = " ".join(text.lower() for _, text in lines)
    if not _ASKS_FOR_NAME.search(asked) or not _SHAPE.search(asked):
        return set()
    sides = {int(m.value) for m in read_numbers(asked) if m.value in _POLYGONS}
    sides = sides or {int(m.value) for m in read_numbers(dialogue) if m.value in _POLYGONS}
    return {name for side in sides for name in _POLYGONS[side] if name not in asked}


def _words_to_operators(text: str) -> str:
    """Return the text with operators between numbers as symbols: "6 times 9 plus 2" becomes "6 * 9 + 2"."""
    for word, operator in _OPERATOR_WORDS:
        text = re.sub(rf"(?<=\d)\s*{word}\s*(?=[\d.$])", f" {operator} ", text, flags=re.IGNORECASE)
    return text


def _phrase_values(text: str) -> Iterator[Fraction]:
    if _VALUE_OF_PI.search(text):
        yield from (Fraction("3.14"), Fraction("3.14159"), Fraction("3.1416"))
    for pattern, operation in _OPERATION_PHRASES:
        for match in pattern.finditer(text):
            value = _apply(operation, _first_number(match[1]), _first_number(match[2]))
            if value is not None:
                yield value


def _first_number(text: str) -> Fraction:
    found = read_numbers(text)
    return found[0].value if found else Fraction(0)


def _apply(operation: str, a: Fraction, b: Fraction) -> Fraction | None:
    if operation in ("/", "/<", "//<"):
        over, under = (a, b) if operation == "/" else (b, a)
        if not under:
            return None
        return Fraction(over // under) if operation == "//<" else over / under
    return {"*": a * b, "+": a + b, "-": a - b, "<-": b - a, "|-|": abs(a - b)}[operation]


def _formula_values(text: str) -> Iterator[Fraction]:
    for match in _FORMULA.finditer(text):
        try:
            tree = parse(re.sub(r"[xX]", "*", match.group().rstrip("=?. ,")))
            if not variables(tree):
                yield Fraction(evaluate(tree, {}).real).limit_denominator(10_000)
        except (NotAFormula, ArithmeticError, ValueError):
            continue
