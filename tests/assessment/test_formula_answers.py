"""Formulas are compared as functions: every usual notation is read, and what may be meant otherwise is unsure."""

from __future__ import annotations

import pytest

from tutor.assessment.formula_grading import grade_formula
from tutor.assessment.relations import parse_relation
from tutor.domain import Outcome

RIGHT, PARTIAL, WRONG, UNSURE = Outcome.RIGHT, Outcome.PARTIAL, Outcome.WRONG, Outcome.UNSURE


def outcome(answer: str, key: str) -> Outcome:
    return grade_formula(answer, (key,)).outcome


@pytest.mark.parametrize("key", ["tr(M)", "H2SO4", "arccsc(t)", "P(B|C)", "Mg(OH)2"])
def test_the_key_word_for_word_is_right_even_where_it_is_not_understood(key):
    assert outcome(key, key) is RIGHT
    assert outcome(key[::-1], key) is not RIGHT


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
        ("1 + 3e", "3e+1"),
        ("3e-1", "3*e - 1"),
        ("2,750t", "2.75t"),
        ("2.750t", "2750t"),
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
        ("t=3 and -3", "t=±3", RIGHT),
        ("3 or -3", "t=±3", RIGHT),
        ("t=√3 or t=-√3", "t=sqrt(3), t=-sqrt(3)", RIGHT),
        ("t=3,4", "t=3 or t=4", UNSURE),
        ("4 or 3", "3,4", UNSURE),
        ("t=3,5", "t=3 or t=4", WRONG),
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
        ("[0; 2,5)", "[0, 2.5)", RIGHT),
        ("(2; 5)", "(2.5, 0)", WRONG),
        ("t<", "t<2", UNSURE),
    ],
)
def test_solutions_intervals_and_vectors_are_compared_as_what_they_are(answer, key, expected):
    assert outcome(answer, key) is expected


@pytest.mark.parametrize(
    ("answer", "key", "expected"),
    [
        ("s=3, t=4", "t=4, s=3", RIGHT),
        ("s=4, t=3", "t=4, s=3", WRONG),
        ("3, 4", "t=4, s=3", UNSURE),
        ("s=3, 4", "t=4, s=3", UNSURE),
        ("s=3", "t=4, s=3", PARTIAL),
        ("s=3, t=4", "3, 4", UNSURE),
        ("5, 6", "t=4, s=3", WRONG),
        ("t₁=3, t₂=4", "t=3 or t=4", UNSURE),
        ("3, 4", "t=3 or t=4", RIGHT),
    ],
)
def test_values_alone_do_not_say_which_of_several_unknowns_they_are(answer, key, expected):
    """A regression: "3, 4" was right for t=4 and s=3, in either order."""
    assert outcome(answer, key) is expected


@pytest.mark.parametrize("text", ["", "x", "x=2", "2<3", "a<b", "(1)", "(,)", "<" * 200, "(" * 200, "x∈", "1<x>2"])
def test_text_that_is_no_relation_is_not_read_as_one(text):
    assert parse_relation(text) is None


def test_an_answer_that_is_too_long_gives_a_sentence():
    grade = grade_formula("x+" * 1_000 + "x", ("x",))
    assert grade.outcome is UNSURE and "2001" in grade.reasons[0]


@pytest.mark.parametrize(
    ("answer", "key"),
    [
        ("Γ(k+1)", "k!"),
        ("σ(t)", "1/(1+e^(-t))"),
        ("ψ(t)", "t*ψ"),
        ("s(t)", "s*t"),
        ("ṡ", "s"),
        ("v", "ṡ"),
    ],
)
def test_a_letter_that_may_be_a_function_or_has_a_mark_is_never_taken_for_a_plain_letter(answer, key):
    assert outcome(answer, key) is UNSURE


def test_a_function_that_both_sides_name_is_no_other_formula_and_an_element_is_no_lead_in():
    assert outcome("f(t) = 2t", "f(t)=t+t") is RIGHT
    assert outcome("Ca(HCO3)2", "Ca(HCO3)2") is RIGHT
