"""Grading numbers: values with units, rounding, tolerances and ranges.

Fails closed: an answer that cannot be read, or that has two readings, is unsure, never right.
"""

from __future__ import annotations

import math
import re
from dataclasses import replace
from fractions import Fraction

from tutor.assessment.items import Grade, partial_grade, right_grade, unsure_grade, wrong_grade
from tutor.assessment.printed_units import PrintedUnit, read_printed_unit
from tutor.assessment.quantities import MAX_CHARS, Quantity, parse_quantity, read_quantity
from tutor.assessment.rounding import TIE_SLACK, Agreement, compare_rounded
from tutor.domain import Outcome
from tutor.maths.notation import ambiguous_readings, plain_characters, plain_number
from tutor.maths.units import PERCENT, Dimension, Unit, parse_unit

_DEGREES: Dimension = (("angle", 1),)
_ANGLES = frozenset({_DEGREES, (("plane_angle", 1),), ()})
_RADIANS_PER_DEGREE = Fraction(math.pi) / 180
_ORDER = (Outcome.RIGHT, Outcome.PARTIAL, Outcome.UNSURE, Outcome.WRONG)
_RANGE = re.compile(r"^(?P<low>[-+]?[\d.eE+-]+?)\s*\.\.\s*(?P<high>[-+]?[\d.eE+-]+)$")
_MARGIN = re.compile(r"^(?P<middle>.+?)\s*(?:±|\+/-)\s*(?P<margin>[\d.eE-]+)(?P<unit>\s*[^\d\s].*)?$")


def grade_number(answer: str, keys: tuple[str, ...], tolerance: float | None = None, prompt: str = "") -> Grade:
    """Grade a numeric answer against each key; the best grade wins.

    A key may be a range ("1..5") or have a margin ("0 ± 0.5"). `tolerance` is relative to the key. A unit that `prompt`
    prints behind its gap need not be typed again.
    """
    if len(answer) > MAX_CHARS:
        return unsure_grade("number_too_long", count=len(answer), most=MAX_CHARS)
    printed = read_printed_unit(prompt)
    plain = plain_number(answer)
    grade = _grade_reading(plain, keys, tolerance, printed)
    if grade.outcome is Outcome.RIGHT:
        return grade
    others = (_grade_reading(other, keys, tolerance, printed) for other in ambiguous_readings(plain))
    return unsure_grade("two_readings") if any(other.outcome is Outcome.RIGHT for other in others) else grade


def key_example(key: str) -> str:
    """Return a plain number that a key accepts: the middle of a range or of a margin, otherwise the key."""
    bounds = parse_range(key)
    if bounds is None:
        return key
    return f"{float((bounds[0] + bounds[1]) / 2):.12g}"


def comparable_number(key: str, tolerance: float | None = None) -> str:
    """Return a key in one spelling, by which the same number in two spellings is recognised."""
    bounds, quantity = parse_range(key), parse_quantity(key)
    if bounds is None and tolerance and quantity is not None and quantity.is_dimensionless:
        margin = abs(quantity.value) * Fraction(tolerance)
        bounds = quantity.value - margin, quantity.value + margin
    if bounds is not None:
        return f"{float(bounds[0]):.10g}..{float(bounds[1]):.10g}"
    if quantity is None or not quantity.is_dimensionless:
        return key
    return f"{quantity.value}{PERCENT if quantity.is_percent else ''}"


def _grade_reading(plain: str, keys: tuple[str, ...], tolerance: float | None, printed: PrintedUnit) -> Grade:
    given = read_quantity(plain)
    if given is None:
        readable = all(parse_range(key) or parse_quantity(key) for key in keys)
        return unsure_grade("no_number" if readable else "number_bad_key")
    grades = [_grade_key(given, key, tolerance, printed) for key in keys]
    return min(grades, key=lambda grade: _ORDER.index(grade.outcome))


def _grade_key(given: Quantity, key_text: str, tolerance: float | None, printed: PrintedUnit) -> Grade:
    if (bounds := parse_range(key_text)) is not None:
        return _grade_in_range(given, bounds)
    key = parse_quantity(key_text)
    if key is None:
        return unsure_grade("number_bad_key")
    grade = _grade_with_printed(given, key, tolerance, printed)
    if grade.outcome is Outcome.RIGHT or printed.scale == 1:
        return grade
    step = None if given.step is None else given.step / printed.scale
    typed_out = replace(given, value=given.value / printed.scale, step=step)
    other = _grade_with_printed(typed_out, key, tolerance, printed)
    return other if other.outcome is Outcome.RIGHT else grade


def _grade_with_printed(given: Quantity, key: Quantity, tolerance: float | None, printed: PrintedUnit) -> Grade:
    """Grade where the prompt prints a unit, which either side may leave out."""
    if printed.is_percent and key.is_dimensionless and not key.is_percent:
        given, key = _as_percent(given), _as_percent(key)
    elif printed.name:
        given, key = _with_unit(given, printed.name), _with_unit(key, printed.name)
    return _grade_quantity(_with_temperature(given, key), key, tolerance)


def _as_percent(quantity: Quantity) -> Quantity:
    if not quantity.is_dimensionless or quantity.is_percent:
        return quantity
    step = None if quantity.step is None else quantity.step / 100
    return replace(quantity, value=quantity.value / 100, step=step, is_percent=True)


def _with_unit(quantity: Quantity, printed: str) -> Quantity:
    """Return a bare number with the unit that the prompt prints."""
    return replace(quantity, unit=parse_unit(printed)) if quantity.is_dimensionless else quantity


def _with_temperature(given: Quantity, key: Quantity) -> Quantity:
    """Return the answer to a question for a temperature with "C", "F" and "degrees" as such degrees."""
    if key.unit is None or given.unit is None or key.unit.dimension != (("temperature", 1),):
        return given
    degrees = {parse_unit(name): parse_unit(f"°{name}") for name in ("C", "F")}
    if key.unit.offset:
        degrees[parse_unit("°")] = key.unit
    return replace(given, unit=degrees.get(given.unit, given.unit))


def _grade_in_range(given: Quantity, bounds: tuple[Fraction, Fraction]) -> Grade:
    if given.unit is None or given.unit.dimension:
        return unsure_grade("unit_not_comparable")
    low, high = bounds
    slack = TIE_SLACK * max(abs(low), abs(high))
    inside = low - slack <= given.value <= high + slack
    return right_grade("same_value_tolerance") if inside else wrong_grade("other_value")


def parse_range(key: str) -> tuple[Fraction, Fraction] | None:
    """Return the bounds of a key such as "1..5" or "0 ± 0.5"; None for another key."""
    if match := _RANGE.match(plain_characters(key).strip()):
        low, high = parse_quantity(match["low"]), parse_quantity(match["high"])
        return (low.value, high.value) if low and high and low.value <= high.value else None
    if (match := _MARGIN.match(plain_characters(key).strip())) and not match["unit"]:
        middle, margin = parse_quantity(match["middle"]), parse_quantity(match["margin"])
        if middle and margin and middle.is_dimensionless and margin.value >= 0:
            return middle.value - margin.value, middle.value + margin.value
    return None


def _grade_quantity(given: Quantity, key: Quantity, tolerance: float | None) -> Grade:
    if key.unit is None or given.unit is None:
        return _grade_count(given, key, tolerance)
    if given.unit.dimension == key.unit.dimension:
        return _grade_same_dimension(given, key, tolerance)
    if {given.unit.dimension, key.unit.dimension} <= _ANGLES and (grade := _grade_angle(given, key, tolerance)):
        return grade
    if given.is_dimensionless:
        same = _grade_value(given, _without_unit(key), tolerance).outcome is Outcome.RIGHT
        return partial_grade("unit_missing") if same else wrong_grade("other_number")
    if key.is_dimensionless and given.word:
        return unsure_grade("ambiguous_unit")
    if key.is_dimensionless:
        return _grade_value(_without_unit(given), key, tolerance)
    if _without_angle(given.unit) == _without_angle(key.unit):
        return unsure_grade("unit_not_comparable")  # turns a minute, and radians a second
    return wrong_grade("other_dimension")


def _grade_same_dimension(given: Quantity, key: Quantity, tolerance: float | None) -> Grade:
    """Grade two quantities of one dimension; a bare key may leave out the answer's "ppm" as it may leave out "kg"."""
    grade = _grade_value(given, key, tolerance)
    if grade.outcome is Outcome.RIGHT or not key.is_dimensionless or key.scale() != 1 or given.scale() == 1:
        return grade
    bare = _grade_value(_without_unit(given), key, tolerance)
    return bare if bare.outcome is Outcome.RIGHT else grade


def _grade_angle(given: Quantity, key: Quantity, tolerance: float | None) -> Grade | None:
    """Grade degrees against radians, with their unit or bare; None where the same number is meant, or another angle."""
    if _DEGREES not in (_dimension(given), _dimension(key)):
        return None
    grade = _grade_value(_in_radians(given), _in_radians(key), tolerance)
    return grade if grade.outcome is Outcome.RIGHT else None


def _in_radians(quantity: Quantity) -> Quantity:
    if _dimension(quantity) != _DEGREES:
        return _without_unit(quantity)
    step = None if quantity.step is None else quantity.step * _RADIANS_PER_DEGREE
    return replace(_without_unit(quantity), value=quantity.value * _RADIANS_PER_DEGREE, step=step, is_integer=False)


def _dimension(quantity: Quantity) -> Dimension:
    return quantity.unit.dimension if quantity.unit else ()


def _without_angle(unit: Unit) -> Dimension:
    return tuple(pair for pair in unit.dimension if pair[0] not in ("angle", "plane_angle"))


def _without_unit(quantity: Quantity) -> Quantity:
    return replace(quantity, unit=Unit(Fraction(1), ()))


def _grade_count(given: Quantity, key: Quantity, tolerance: float | None) -> Grade:
    """Grade where one side names a thing instead of a unit ("5 apples"); where both name one, the things must agree."""
    if given.word and key.word and _singular(given.word) != _singular(key.word):
        return unsure_grade("other_thing", noun=repr(given.word[:40]))
    if (given.unit and given.unit.dimension) or (key.unit and key.unit.dimension):
        return unsure_grade("unit_not_comparable")
    return _grade_value(_without_unit(given), _without_unit(key), tolerance)


def _grade_value(given: Quantity, key: Quantity, tolerance: float | None) -> Grade:
    """Grade two quantities of the same dimension."""
    value, wanted = given.in_base_units(), key.in_base_units()
    if value == wanted:
        return right_grade("same_value")
    if tolerance is not None:
        return _grade_with_tolerance(given, key, tolerance)
    agreement = compare_rounded(given, key)
    if agreement is Agreement.ROUNDED:
        return right_grade("same_value_rounded")
    if value == -wanted:
        return wrong_grade("wrong_sign")
    if agreement is Agreement.ANSWER_COARSE:
        return partial_grade("rounded_too_far")
    if _is_percent_slip(given, key):
        return partial_grade("percent_mixed_up", 0.9)
    return unsure_grade("more_exact_than_key") if agreement is Agreement.KEY_COARSE else wrong_grade("other_value")


def _grade_with_tolerance(given: Quantity, key: Quantity, tolerance: float) -> Grade:
    """Grade within a margin of the key's own number: 10 % of 25 °C are 2.5 °C."""
    margin = abs(key.value) * Fraction(tolerance) * key.scale() * (1 + TIE_SLACK)
    gap = abs(given.in_base_units() - key.in_base_units())
    if gap <= margin:
        return right_grade("same_value_tolerance")
    if given.in_base_units() == -key.in_base_units():
        return wrong_grade("wrong_sign")
    return partial_grade("percent_mixed_up", 0.9) if _is_percent_slip(given, key) else wrong_grade("other_value")


def _is_percent_slip(given: Quantity, key: Quantity) -> bool:
    if given.is_percent == key.is_percent and given.is_percent:
        return given.value * 100 == key.value
    return given.value == key.value * 100 if not given.is_percent else given.value * 100 == key.value


def _singular(word: str) -> str:
    return word.lower().strip(" .").removesuffix("s")
