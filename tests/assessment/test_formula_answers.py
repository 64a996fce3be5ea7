"""Formulas are compared as functions: every usual notation is read, and what may be meant otherwise is unsure."""

from __future__ import annotations

import pytest

from tutor.assessment.formula_grading import grade_formula
from tutor.assessment.relations import parse_relation
from tutor.domain import Outcome

RIGHT, PARTIAL, WRONG, UNSURE = Outcome.RIGHT, Outcome.PARTIAL, Outcome.WRONG, Outcome.UNSURE


def outcome(answer: str, key: str) -> Outcome:
    return grade_formula(answer, (key,)).outcome


@pytest.mark.parametrize(
    ("answer", "key"),
    [
        ("csc(t)", "1/sin(t)"),
        ("cosh(2t)", "(e^(2t)+e^(-2t))/2"),
        ("tan^-1(t)", "arctan(t)"),
        ("\\log_{3}(9)t", "2t"),
        ("|3t|", "3abs(t)"),
        ("t⁵/t⁻¹", "t^6"),
        ("k!/(k-1)!", "k"),
        ("\\frac34 t", "0.75t"),
        ("1,5t", "1.5t"),
        ("x_1 + 2\\omega", "x₁+2ω"),
        ("Δv/Δt", "\\Delta v/\\Delta t"),
    ],
)
def test_the_same_function_is_right_in_every_notation(answer, key):
    assert outcome(answer, key) is RIGHT


@pytest.mark.parametrize(
    ("answer", "key"),
    [
        ("csoc(t)", "cosc(t)"),  # letters of one name in another order
        ("rt(A)", "tr(A)"),
        ("k", "k!"),
        ("3k", "3k!"),
        ("toc t", "cot(t)"),
        ("t sin(h)", "sinh(t)"),
        ("xd", "dx"),
        ("dv/dt", "v/t"),
        ("(2,5)", "2.5"),
        ("nix", "xin(2)"),
    ],
)
def test_an_unknown_function_or_a_factorial_is_never_a_product(answer, key):
    assert outcome(answer, key) is not RIGHT


@pytest.mark.parametrize(
    ("answer", "key"),
    [
        ("ln(t)", "log(t)"),
        ("1/3t", "1/(3t)"),
        ("√3t", "sqrt(3)t"),
        ("cos^{-1} t", "1/cos(t)"),
        ("atan(t)", "a*tan(t)"),
        ("t^2 + c", "t^2 + C"),
        ("g(t)=3t", "y=3t"),
        ("0.667t", "2t/3"),
        ("e^(i*pi)", "-1"),
        ("k!", "k"),
    ],
)
def test_what_is_right_under_another_convention_is_left_to_a_person(answer, key):
    assert outcome(answer, key) is UNSURE


@pytest.mark.parametrize(
    ("answer", "key", "expected"),
    [
        ("t=3 or t=-3", "t=±3", RIGHT),
        ("{-3, 3}", "{3, -3}", RIGHT),
        ("t=3", "t=±3", PARTIAL),
        ("t=3, t=4", "t=±3", PARTIAL),
        ("t=4 and t=5", "t=±3", WRONG),
        ("t>=4", "4 ≤ t", RIGHT),
        ("t>4", "t ≥ 4", WRONG),
        ("t∈[0,4)", "0<=t<4", RIGHT),
        ("[0,4)", "0≤t<4", RIGHT),
        ("(0,4)", "0≤t<4", WRONG),
        ("(-∞, 2)", "t<2", RIGHT),
        ("t<2", "s<2", UNSURE),
        ("(1, 2, 4/2)", "(1,2,2)", RIGHT),
        ("(1,2)", "(2,1)", WRONG),
        ("(2a, b)", "(a+a, b)", RIGHT),
        ("t<", "t<2", UNSURE),
    ],
)
def test_solutions_intervals_and_vectors_are_compared_as_what_they_are(answer, key, expected):
    assert outcome(answer, key) is expected


@pytest.mark.parametrize("text", ["", "x", "x=2", "2<3", "a<b", "(1)", "(,)", "<" * 200, "(" * 200, "x∈", "1<x>2"])
def test_text_that_is_no_relation_is_not_read_as_one(text):
    assert parse_relation(text) is None


def test_an_answer_that_is_too_long_gives_a_sentence():
    grade = grade_formula("x+" * 1_000 + "x", ("x",))
    assert grade.outcome is UNSURE and "2001" in grade.reasons[0]
