"""Grading numbers and formulas: values with units and rounding, and expressions that are equal however written.

Fails closed: what cannot be read is unsure or wrong, never right.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction

from tutor.assessment.items import Grade, partial_grade, right_grade, unsure_grade, wrong_grade
from tutor.assessment.symbolic import Equivalence, check_equivalence
from tutor.assessment.word_diff import FUNCTION_WORDS, NEGATIONS, OPPOSITES
from tutor.maths.algebra import (
    Apply,
    NotAFormula,
    Number,
    Tree,
    Variable,
    evaluate,
    is_same_rational,
    parse,
    to_rational,
    variables,
)
from tutor.maths.numbers import NumberMention, read_numbers
from tutor.maths.units import Unit, parse_unit

_CURRENCY_SIGNS = {"$": "$", "£": "£", "€": "€"}
_LEAD_IN = re.compile(
    r"^(?:(?:the|my|so|it|answer|result|is|was|equals|about|approximately|roughly|i|get|got|think)\b[\s,:]*|[≈=~:]\s*)+",
    re.I,
)
_ASSIGNMENT = re.compile(r"^\s*([A-Za-z](?:_?\w)?|[A-Za-z]\([A-Za-z]\))\s*=\s*(?=[^=])")
_MIN_SIGNIFICANT_FIGURES = 3
_MINUS_WORD = re.compile(r"(?:minus|negative)\s+(?=[\w½¼¾])|负\s*(?=\w)", re.IGNORECASE)
_AMBIGUOUS_UNITS = ("M", "B")
_HAN = re.compile(r"[\u3400-\u9fff]")
_NOT_A_NOUN = frozenset(
    "wrong incorrect right correct true false ignore previous instructions mark grade answer maximum minimum "
    "max min squared cubed dozen score trillion percent times double triple half th st nd rd approximately "
    "roughly about almost nearly around minus plus divided power upwards else".split()
)
_NOT_A_NOUN_ZH = re.compile(r"[以不非没无万亿千百十倍分半余来几约或吗呢上下大小多少对错的是]|左右")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit; `unit` None: a word that is no unit stood there (`word`)."""

    value: Fraction
    unit: Unit | None
    word: str
    mention: NumberMention | None

    @property
    def is_dimensionless(self) -> bool:
        return self.unit is not None and not self.unit.dimension and not self.word


def grade_number(answer: str, keys: tuple[str, ...], tolerance: float | None = None) -> Grade:
    """Grade a numeric answer against each key; the best grade wins."""
    given = parse_quantity(answer)
    wanted = [parse_quantity(key) for key in keys]
    if any(key is None for key in wanted):
        return unsure_grade("the key of this question is not a number; an instructor must look")
    if given is None:
        return unsure_grade("no single number can be read in the answer")
    grades = [_grade_quantity(given, key, tolerance) for key in wanted if key is not None]
    return min(grades, key=lambda grade: ("right", "partial", "unsure", "wrong").index(grade.outcome))


def parse_quantity(text: str) -> Quantity | None:
    """Read one number with a unit; None when there is none, or more than one."""
    text = _LEAD_IN.sub("", text.strip()).rstrip(".!。！")
    text = _ASSIGNMENT.sub("", text)
    if negative := _MINUS_WORD.match(text):
        below = parse_quantity(text[negative.end() :])
        return replace(below, value=-below.value) if below and below.value >= 0 else None
    found = read_numbers(text)
    unit_text = text
    if len(found) > 1 and all(re.search(r"\^\s*\(?$", text[: m.start]) for m in found[1:]):
        found = found[:1]  # the powers of a unit: 9.8 m/s^2
    if len(found) != 1:
        return _evaluate_constant(text)
    before, unit_text = text[: found[0].start].strip(), text[found[0].end :].strip()
    currency = next((sign for sign in _CURRENCY_SIGNS if sign in text[: found[0].end]), "")
    if before.strip("$£€ "):
        return _evaluate_constant(text)
    if currency:
        return Quantity(found[0].value, parse_unit(currency), "", found[0]) if not unit_text else None
    unit = parse_unit(unit_text)
    if unit is None and re.search(r"[\d+*/^=()]", unit_text):
        return _evaluate_constant(text)
    if unit is None and not _is_counted_noun(unit_text):
        return None
    return Quantity(found[0].value, unit, "" if unit and unit_text not in _AMBIGUOUS_UNITS else unit_text, found[0])


def _is_counted_noun(text: str) -> bool:
    """Whether words after a number can name what is counted; "is wrong", "or more" and "dozen" say something else."""
    if _HAN.search(text):
        return len(text) <= 4 and not _NOT_A_NOUN_ZH.search(text)
    words = re.findall(r"[^\W\d]+(?:['’-][^\W\d]+)*", text.lower())
    refused = (FUNCTION_WORDS | NEGATIONS | OPPOSITES.keys() | _NOT_A_NOUN) - {"of"}
    return 0 < len(words) <= 3 and not any(len(word) == 1 or word in refused for word in words)


def _evaluate_constant(text: str) -> Quantity | None:
    """A constant expression such as 2^5 or sqrt(2)/2; only exact ones have a value here."""
    try:
        tree = parse(text)
    except NotAFormula:
        return None
    fraction = None if variables(tree) else to_rational(tree)
    if fraction is None or not fraction[1] or set(fraction[0]) | set(fraction[1]) != {()} and fraction[0]:
        return None
    return Quantity(fraction[0].get((), Fraction(0)) / fraction[1][()], parse_unit(""), "", None)


def _grade_quantity(given: Quantity, key: Quantity, tolerance: float | None) -> Grade:
    if key.unit is None or given.unit is None:
        return _grade_count(given, key, tolerance)
    if given.unit.dimension == key.unit.dimension:
        return _grade_value(_to_base_units(given), _to_base_units(key), given, tolerance)
    if given.is_dimensionless:
        same = given.value == key.value or _is_close(given.value, key.value, given, tolerance)
        return partial_grade("the number is right, its unit is missing") if same else wrong_grade("another number")
    if key.is_dimensionless and given.word:
        return unsure_grade("a letter stands after the number that may be a unit or a million")
    if key.is_dimensionless:
        return _grade_value(given.value, key.value, given, tolerance)
    return wrong_grade("the unit measures something else")


def _grade_count(given: Quantity, key: Quantity, tolerance: float | None) -> Grade:
    """One side names a thing instead of a unit ("5 apples"); the things must agree where both name one."""
    if given.word and key.word and _singular(given.word) != _singular(key.word):
        return unsure_grade(f"the number is of {given.word[:40]!r}, the key of another thing")
    if (given.unit and given.unit.dimension) or (key.unit and key.unit.dimension):
        return unsure_grade("the unit of the answer cannot be compared with that of the key")
    return _grade_value(given.value, key.value, given, tolerance)


def _grade_value(value: Fraction, key: Fraction, given: Quantity, tolerance: float | None) -> Grade:
    if value == key:
        return right_grade("the same value")
    scale = abs(value / given.value) if given.value else Fraction(1)
    if _is_close(value, key, given, tolerance, scale):
        return right_grade("the same value within the tolerance" if tolerance else "the same value, correctly rounded")
    if value == -key:
        return wrong_grade("the sign is wrong")
    if _is_close(value, key, given, None, scale, figures=1):
        return partial_grade("close, but rounded too far")
    if _is_percent_slip(value, key, given):
        return partial_grade("off by a factor of 100: percent and number are mixed up", 0.9)
    return wrong_grade("another value")


def _is_close(
    value: Fraction,
    key: Fraction,
    given: Quantity,
    tolerance: float | None,
    scale: Fraction = Fraction(1),
    figures: int = _MIN_SIGNIFICANT_FIGURES,
) -> bool:
    """Within the tolerance or, without one, the key rounded to at least `figures` figures as the answer was written."""
    if tolerance is not None:
        return abs(value - key) <= abs(key) * Fraction(tolerance)
    decimals = given.mention.decimals if given.mention else None
    if decimals is None or value == 0:
        return False
    places = decimals + (2 if given.mention and given.mention.is_percent else 0)
    step = scale * Fraction(1, 10**places)
    return abs(value - key) <= step / 2 and abs(value) >= step * Fraction(10 ** (figures - 1))


def _is_percent_slip(value: Fraction, key: Fraction, given: Quantity) -> bool:
    percent = bool(given.mention and given.mention.is_percent)
    return value == key * 100 if not percent else value * 100 == key


def _to_base_units(quantity: Quantity) -> Fraction:
    assert quantity.unit is not None
    return quantity.value * quantity.unit.factor + quantity.unit.offset


def _singular(word: str) -> str:
    return word.lower().strip(" .").removesuffix("s")


def grade_formula(answer: str, keys: tuple[str, ...]) -> Grade:
    """Grade an expression or an equation: equal however it is written."""
    given = _parse_formula(answer)
    if given is None:
        return unsure_grade("the answer cannot be read as a formula")
    grades = [_grade_parsed_formula(given, key) for key in keys]
    return min(grades, key=lambda grade: ("right", "partial", "unsure", "wrong").index(grade.outcome))


@dataclass(frozen=True, slots=True)
class _Formula:
    """`relation` is left minus right of an equation in which neither side is a lone name, else None."""

    tree: Tree
    equation: Tree | None
    name: str | None


def _parse_formula(text: str) -> _Formula | None:
    sides = _LEAD_IN.sub("", text.strip()).rstrip(".!?").split("=")
    if len(sides) > 2:
        return None
    try:
        trees = [parse(_call_to_name(side)) for side in sides]
    except NotAFormula:
        return None
    if len(trees) == 1:
        return _Formula(trees[0], None, None)
    name = trees[0].name if isinstance(trees[0], Variable) and trees[0].name not in variables(trees[1]) else None
    return _Formula(trees[1], Apply("+", (trees[0], Apply("neg", (trees[1],)))), name)


def _call_to_name(side: str) -> str:
    """ "f(x)" alone on a side is a name, not f times x."""
    match = re.fullmatch(r"\s*([A-Za-z])\([A-Za-z]\)\s*", side)
    return match[1] if match else side


def _grade_parsed_formula(given: _Formula, key_text: str) -> Grade:
    key = _parse_formula(key_text)
    if key is None:
        return unsure_grade("the key of this question is not a formula; an instructor must look")
    if given.equation is None or key.equation is None:
        if (given.equation is None) != (key.equation is None) and not (given.name or key.name):
            return wrong_grade("one is an equation, the other an expression")
        return _to_grade(check_equivalence(given.tree, key.tree))
    if given.name is not None and given.name == key.name:
        return _to_grade(check_equivalence(given.tree, key.tree))
    return _to_grade(_compare_equations(given.equation, key.equation))


def _compare_equations(left: Tree, right_: Tree) -> Equivalence:
    """Two equations are the same when left minus right of one is a constant times that of the other."""
    one, two = to_rational(left), to_rational(right_)
    if one is None or two is None or not one[0] or not two[0]:
        return Equivalence.UNKNOWN
    if set(one[0]) != set(two[0]):
        return Equivalence.DIFFERENT if set(one[1]) == set(two[1]) == {()} else Equivalence.UNKNOWN
    term = next(iter(one[0]))
    scaled = Apply("*", (Number(two[0][term] / one[0][term]), left))
    same = is_same_rational(scaled, right_)
    if same is False and set(one[1]) != set(two[1]):
        return Equivalence.UNKNOWN  # perhaps the same, solved for another letter
    return {True: Equivalence.SAME, False: Equivalence.DIFFERENT, None: Equivalence.UNKNOWN}[same]


def _to_grade(sameness: Equivalence) -> Grade:
    match sameness:
        case Equivalence.SAME:
            return right_grade("equal to the key, however it is written")
        case Equivalence.DIFFERENT:
            return wrong_grade("not equal to the key")
        case _:
            return unsure_grade("equality with the key could not be decided in time")


def value_of(tree: Tree) -> float | None:
    """The real value of a constant expression, None where it has none."""
    try:
        value = evaluate(tree, {})
    except (ArithmeticError, ValueError, KeyError):
        return None
    return value.real if abs(value.imag) < 1e-12 else None
