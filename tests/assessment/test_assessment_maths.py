"""Numbers and formulas are graded by their meaning, and never right by accident."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.assessment.formula_grading import grade_formula
from tutor.assessment.number_grading import grade_number
from tutor.assessment.symbolic import Equivalence, check_equivalence
from tutor.domain import Outcome
from tutor.maths.algebra import parse

RIGHT, PARTIAL, WRONG, UNSURE = Outcome.RIGHT, Outcome.PARTIAL, Outcome.WRONG, Outcome.UNSURE


@pytest.mark.parametrize(
    ("answer", "key", "outcome"),
    [
        ("0.5", "1/2", RIGHT),
        ("50%", "1/2", RIGHT),
        ("½", "0.5", RIGHT),
        ("one half", "0.5", RIGHT),
        ("50", "50%", PARTIAL),
        ("-12", "12", WRONG),
        ("- 12", "12", WRONG),
        ("x=-12", "x=12", WRONG),
        ("x = 12", "12", RIGHT),
        ("The answer is 12.", "12", RIGHT),
        ("twelve", "12", RIGHT),
        ("5 apples", "5", RIGHT),
        ("5 pears", "5 apples", UNSURE),
        ("5", "5 km", PARTIAL),
        ("6", "5 km", WRONG),
        ("5000 m", "5 km", RIGHT),
        ("5 kg", "5 km", WRONG),
        ("9.8 m/s^2", "9.8 m/s²", RIGHT),
        ("68 °F", "20 °C", RIGHT),
        ("$3.50", "3.5", RIGHT),
        ("0.333", "1/3", RIGHT),
        ("0.33", "1/3", PARTIAL),
        ("3.14", "3.14159", RIGHT),
        ("3.15", "3.14159", WRONG),
        ("2^5", "32", RIGHT),
        ("12 or 13", "12", UNSURE),
        ("not 12", "12", UNSURE),
        ("", "12", UNSURE),
        ("12 12", "12", UNSURE),
        ("1/0", "0", UNSURE),
        ("12", "a dozen", UNSURE),
    ],
)
def test_a_number_is_graded_by_its_value_and_unit(answer, key, outcome):
    assert grade_number(answer, (key,)).outcome is outcome


def test_a_tolerance_is_relative_and_replaces_rounding():
    assert grade_number("9.7", ("9.81",), tolerance=0.02).outcome is RIGHT
    assert grade_number("9.5", ("9.81",), tolerance=0.02).outcome is WRONG


@pytest.mark.parametrize(
    ("answer", "key", "outcome"),
    [
        ("2+3x", "3x+2", RIGHT),
        ("3x-2", "3x+2", WRONG),
        ("y = 3x + 2", "3x+2", RIGHT),
        ("f(x) = 3x-2", "f(x)=3x+2", WRONG),
        ("2y = 6x + 4", "y = 3x+2", RIGHT),
        ("y - 2 = 3x", "y = 3x+2", RIGHT),
        ("y = 3x - 2", "y = 3x+2", WRONG),
        ("sin(x)^2 + cos(x)^2", "1", RIGHT),
        ("sin^2(x)", "sin(x)^2", RIGHT),
        ("sin(2x)", "2sin(x)cos(x)", RIGHT),
        ("sqrt(8)", "2sqrt(2)", RIGHT),
        ("sqrt(x^2)", "x", WRONG),
        ("__import__('os').system('true')", "x", UNSURE),
        ("3x+", "3x+2", UNSURE),
        ("", "x", UNSURE),
        ("I think it goes up", "3x+2", UNSURE),
    ],
)
def test_a_formula_is_right_when_it_is_equal_and_only_then(answer, key, outcome):
    assert grade_formula(answer, (key,)).outcome is outcome


def test_an_unparsable_key_makes_nothing_right():
    assert grade_formula("x", ("what?",)).outcome is UNSURE
    assert grade_number("3", ("three or four",)).outcome is UNSURE


def test_a_symbolic_check_timeout_makes_nothing_right():
    began = time.perf_counter()
    same = check_equivalence(parse("sin(2x)"), parse("2sin(x)cos(x)"), time_limit_s=0.01)
    assert same is Equivalence.UNKNOWN
    assert time.perf_counter() - began < 5


@given(st.fractions(max_denominator=500), st.integers(1, 9))
def test_a_number_equals_itself_and_not_the_adjacent_number(value, step):
    assert grade_number(str(value), (str(value),)).outcome is RIGHT
    assert grade_number(str(value + step), (str(value),)).outcome is not RIGHT


@given(st.text(max_size=40))
def test_any_text_gets_a_grade_with_a_reason(answer):
    for grade in (grade_number(answer, ("12.25 cm",)), grade_formula(answer, ("x^3-7",))):
        assert grade.reasons
        assert grade.outcome is not RIGHT
