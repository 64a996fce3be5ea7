"""Grading numbers and formulas: values with units and rounding, and expressions that are equal however written.

Fails closed: an answer that cannot be read is unsure or wrong, never right.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction

from knowledge.languages import DEFAULT, characters, data, detect_language, either, language, words
from tutor.assessment.items import Grade, partial_grade, right_grade, unsure_grade, wrong_grade
from tutor.assessment.symbolic import Equivalence, check_equivalence
from tutor.assessment.word_diff import FUNCTION_WORDS, NEGATIONS, OPPOSITES
from tutor.maths.algebra import (
    Apply,
    NotAFormula,
    Number,
    Tree,
    Variable,
    is_same_rational,
    parse,
    to_rational,
    variables,
)
from tutor.maths.numbers import NumberMention, read_numbers
from tutor.maths.units import Unit, parse_unit

_CURRENCY_SIGNS = {"$": "$", "£": "£", "€": "€"}
_LEAD_IN = re.compile(rf"^(?:(?:{either('answers', 'NUMBER_LEAD_IN')})\b[\s,:]*|[≈=~:]\s*)+", re.IGNORECASE)
_ASSIGNMENT = re.compile(r"^\s*([A-Za-z](?:_?\w)?|[A-Za-z]\([A-Za-z]\))\s*=\s*(?=[^=])")
_MIN_SIGNIFICANT_FIGURES = 3
_MINUS_WORD = re.compile(either("answers", "MINUS"), re.IGNORECASE)
_AMBIGUOUS_UNITS = ("M", "B")
_STATEMENT_END = re.compile(rf"[{characters('text', 'FULL_STOP')}{characters('text', 'EXCLAMATION_MARK')}]+$")
_NOT_COUNTED_WORDS = words("answers", "NOT_COUNTED_WORDS")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit; `unit` is None where `word` follows the number and is no unit."""

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
        return unsure_grade("number_bad_key")
    if given is None:
        return unsure_grade("no_number")
    grades = [_grade_quantity(given, key, tolerance) for key in wanted if key is not None]
    return min(grades, key=lambda grade: ("right", "partial", "unsure", "wrong").index(grade.outcome))


def parse_quantity(text: str) -> Quantity | None:
    """Read one number with a unit; None when there is none, or more than one."""
    text = _STATEMENT_END.sub("", _LEAD_IN.sub("", text.strip()))
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
    """Whether words after a number can name what is counted; "is wrong", "or more" and "dozen" do not."""
    code = detect_language(text, DEFAULT)
    if not language(code).has_spaces:
        unfit = data(code, "answers", "NOT_COUNTED_PARTS")
        fits = len(text) <= data(code, "answers", "MAX_COUNTED_CHARS", len(text))
        return fits and not (unfit and re.search(unfit, text))
    found = re.findall(r"[^\W\d]+(?:['’-][^\W\d]+)*", text.lower())
    refused = (FUNCTION_WORDS | NEGATIONS | OPPOSITES.keys() | _NOT_COUNTED_WORDS) - {"of"}
    return 0 < len(found) <= 3 and not any(len(word) == 1 or word in refused for word in found)


def _evaluate_constant(text: str) -> Quantity | None:
    """Return the value of a constant expression such as 2^5; None where it is not exact, like sqrt(2)/2."""
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
        return partial_grade("unit_missing") if same else wrong_grade("other_number")
    if key.is_dimensionless and given.word:
        return unsure_grade("ambiguous_unit")
    if key.is_dimensionless:
        return _grade_value(given.value, key.value, given, tolerance)
    return wrong_grade("other_dimension")


def _grade_count(given: Quantity, key: Quantity, tolerance: float | None) -> Grade:
    """Grade where one side names a thing instead of a unit ("5 apples"); where both name one, the things must agree."""
    if given.word and key.word and _singular(given.word) != _singular(key.word):
        return unsure_grade("other_thing", noun=repr(given.word[:40]))
    if (given.unit and given.unit.dimension) or (key.unit and key.unit.dimension):
        return unsure_grade("unit_not_comparable")
    return _grade_value(given.value, key.value, given, tolerance)


def _grade_value(value: Fraction, key: Fraction, given: Quantity, tolerance: float | None) -> Grade:
    if value == key:
        return right_grade("same_value")
    scale = abs(value / given.value) if given.value else Fraction(1)
    if _is_close(value, key, given, tolerance, scale):
        return right_grade("same_value_tolerance" if tolerance else "same_value_rounded")
    if value == -key:
        return wrong_grade("wrong_sign")
    if _is_close(value, key, given, None, scale, figures=1):
        return partial_grade("rounded_too_far")
    if _is_percent_slip(value, key, given):
        return partial_grade("percent_mixed_up", 0.9)
    return wrong_grade("other_value")


def _is_close(
    value: Fraction,
    key: Fraction,
    given: Quantity,
    tolerance: float | None,
    scale: Fraction = Fraction(1),
    figures: int = _MIN_SIGNIFICANT_FIGURES,
) -> bool:
    """Whether the answer is within the tolerance or, without one, the key rounded to at least `figures` figures."""
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
    """Grade an expression or an equation; it is right where it is equal to a key, however it is written."""
    given = _parse_formula(answer)
    if given is None:
        return unsure_grade("no_formula")
    grades = [_grade_parsed_formula(given, key) for key in keys]
    return min(grades, key=lambda grade: ("right", "partial", "unsure", "wrong").index(grade.outcome))


@dataclass(frozen=True, slots=True)
class _Formula:
    """A parsed answer: `equation` is left minus right of an equation, `name` the name that it defines ("y = ...")."""

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
    """Return "f" for a side that is only "f(x)": it is a name, not f times x."""
    match = re.fullmatch(r"\s*([A-Za-z])\([A-Za-z]\)\s*", side)
    return match[1] if match else side


def _grade_parsed_formula(given: _Formula, key_text: str) -> Grade:
    key = _parse_formula(key_text)
    if key is None:
        return unsure_grade("formula_bad_key")
    if given.equation is None or key.equation is None:
        if (given.equation is None) != (key.equation is None) and not (given.name or key.name):
            return wrong_grade("equation_or_expression")
        return _to_grade(check_equivalence(given.tree, key.tree))
    if given.name is not None and given.name == key.name:
        return _to_grade(check_equivalence(given.tree, key.tree))
    return _to_grade(_compare_equations(given.equation, key.equation))


def _compare_equations(left: Tree, right: Tree) -> Equivalence:
    """Two equations are equal when left minus right of one is a constant multiple of that of the other."""
    one, two = to_rational(left), to_rational(right)
    if one is None or two is None or not one[0] or not two[0]:
        return Equivalence.UNKNOWN
    if set(one[0]) != set(two[0]):
        return Equivalence.DIFFERENT if set(one[1]) == set(two[1]) == {()} else Equivalence.UNKNOWN
    term = next(iter(one[0]))
    scaled = Apply("*", (Number(two[0][term] / one[0][term]), left))
    same = is_same_rational(scaled, right)
    if same is False and set(one[1]) != set(two[1]):
        return Equivalence.UNKNOWN  # perhaps equal, solved for another variable
    return {True: Equivalence.SAME, False: Equivalence.DIFFERENT, None: Equivalence.UNKNOWN}[same]


def _to_grade(sameness: Equivalence) -> Grade:
    match sameness:
        case Equivalence.SAME:
            return right_grade("formula_equal")
        case Equivalence.DIFFERENT:
            return wrong_grade("formula_different")
        case _:
            return unsure_grade("formula_undecided")
