"""What number the last question asks for, where it can be worked out: "product of 9 and 8", "85-77", "times 3 is 24".

Reading only; an empty set means that nobody can say without a key.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction

from tutor.maths.algebra import NotAFormula, evaluate, parse, variables
from tutor.maths.numbers import read_numbers

_TERM = r"(?:\d[\d,]*(?:\.\d+)?|\.\d+)"
_FORMULA = re.compile(rf"\(?{_TERM}[\d\s.,()+\-−–*/×÷xX·]*[+\-−–*/×÷xX·][\d\s.,()+\-−–*/×÷xX·]*{_TERM}\)?")
_NUMBER_GROUP = r"\s*\$?(\d[\d,]*(?:\.\d+)?(?:\s?/\s?\d+)?|\.\d+)\s*(?:%|[a-z]+\b)??\s*"
_VALUE_OF_PI = re.compile(r"\bvalue of (?:pi\b|π)")
_POLYGONS = {
    3: ("triangle",),
    4: ("quadrilateral", "square", "rectangle", "rhombus", "parallelogram"),
    5: ("pentagon",),
    6: ("hexagon",),
    7: ("heptagon",),
    8: ("octagon",),
    9: ("nonagon",),
    10: ("decagon",),
}
_OPERATOR_WORDS = (("times", "*"), ("multiplied by", "*"), ("plus", "+"), ("minus", "-"), ("divided by", "/"))
_OPERATION_PHRASES = (
    (re.compile(rf"(?:product|multiply(?:ing)?)\s*(?:of)?{_NUMBER_GROUP}(?:and|by|with){_NUMBER_GROUP}"), "*"),
    (re.compile(rf"{_NUMBER_GROUP}(?:times|multiplied by|groups of){_NUMBER_GROUP}"), "*"),
    (re.compile(rf"(?:sum|add(?:ing)?|total)\s*(?:of)?{_NUMBER_GROUP}(?:and|to|with){_NUMBER_GROUP}"), "+"),
    (re.compile(rf"{_NUMBER_GROUP}plus{_NUMBER_GROUP}"), "+"),
    (re.compile(rf"difference\s*(?:of|between)?{_NUMBER_GROUP}(?:and|from){_NUMBER_GROUP}"), "|-|"),
    (re.compile(rf"subtract(?:ing)?{_NUMBER_GROUP}from{_NUMBER_GROUP}"), "<-"),
    (re.compile(rf"take(?: away)?{_NUMBER_GROUP}(?:away )?from{_NUMBER_GROUP}"), "<-"),
    (re.compile(rf"{_NUMBER_GROUP}(?:minus|take away|[-−–]){_NUMBER_GROUP}"), "-"),
    (re.compile(rf"(?:divide|dividing|quotient of){_NUMBER_GROUP}(?:by|and|into){_NUMBER_GROUP}"), "/"),
    (re.compile(rf"{_NUMBER_GROUP}divided by{_NUMBER_GROUP}"), "/"),
    (
        re.compile(
            rf"how many times (?:does |do |can |will |would )?{_NUMBER_GROUP}"
            rf"(?:will |can )?(?:go(?:es)?|fits?)\s*(?:in|into|in to){_NUMBER_GROUP}"
        ),
        "//<",
    ),
    (re.compile(rf"how many {_NUMBER_GROUP}'?s? (?:are|go|fit)[a-z ]*in(?:to)?{_NUMBER_GROUP}"), "//<"),
    (re.compile(rf"(?:what|which)[a-z ]* times{_NUMBER_GROUP}(?:is|equals|gives|=|makes){_NUMBER_GROUP}"), "/<"),
    (re.compile(rf"{_NUMBER_GROUP}times (?:what|which)[a-z ]*(?:is|equals|gives|=|makes){_NUMBER_GROUP}"), "/<"),
    (re.compile(rf"(?:what|which)[a-z ]* plus{_NUMBER_GROUP}(?:is|equals|=){_NUMBER_GROUP}"), "<-"),
)


def expected_values(lines: Sequence[tuple[str, str]]) -> set[Fraction]:
    """Return what the tutor's last question may ask for; sizes only, as a hint may drop the sign."""
    for speaker, text in reversed(lines[-8:]):
        if speaker == "tutor":
            signed = _words_to_operators(text)
            values = {abs(value) for value in (tuple(_formula_values(signed)) or tuple(_phrase_values(text.lower())))}
            if values:
                return values
    return set()


def expected_names(lines: Sequence[tuple[str, str]]) -> set[str]:
    """Return the names that answer "what is this shape called?" and were not yet said; else nothing."""
    asked = " ".join(text.lower() for speaker, text in lines[-4:] if speaker == "tutor")
    said = " ".join(text.lower() for _, text in lines)
    if not re.search(r"\b(?:names?|called|call)\b", asked) or not re.search(r"\b(?:shape|polygon|figure|side)", asked):
        return set()
    sides = {int(m.value) for m in read_numbers(asked) if m.value in _POLYGONS}
    sides = sides or {int(m.value) for m in read_numbers(said) if m.value in _POLYGONS}
    return {name for side in sides for name in _POLYGONS[side] if name not in asked}


def _words_to_operators(text: str) -> str:
    """Write the operations between numbers as signs: "6 times 9 plus 2" becomes "6 * 9 + 2"."""
    for word, sign in _OPERATOR_WORDS:
        text = re.sub(rf"(?<=\d)\s*{word}\s*(?=[\d.$])", f" {sign} ", text, flags=re.IGNORECASE)
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
