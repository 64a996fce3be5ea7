"""The many spellings of a number and of a formula come down to one, and what has two readings keeps both."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tutor.maths.algebra import NotAFormula, parse, real_constant
from tutor.maths.notation import ambiguous_readings, has_range_dash, plain_characters, plain_number
from tutor.maths.numbers import MAX_NUMBER_CHARS, parse_number, read_numbers
from tutor.maths.units import parse_unit


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("2,71", "2.71"),
        ("0,125", "0.125"),
        ("7.654.321,5", "7654321.5"),
        ("7,654,321.5", "7654321.5"),
        ("7'654'321", "7654321"),
        ("7 654 321", "7654321"),
        ("7\u202f654\u202f321", "7654321"),
        ("7\\,654", "7654"),
        ("4.7 x 10^-6", "4.7e-6"),
        ("4.7×10⁻⁶ F", "4.7e-6 F"),
        ("4.7 · 10**5", "4.7e5"),
        ("4.7*10^5 m/s", "4.7e5 m/s"),
        (".5 x 10^{-2} m", ".5e-2 m"),
        ("1/2*10^3", "1/2*10^3"),
        ("$4.7\\times 10^{-6}$", "4.7e-6"),
        ("10^4 Hz", "1e4 Hz"),
        ("**31**", "31"),
        ("`31`", "31"),
        ("\\(31\\)", "31"),
        ("３１", "31"),
        ("٣١", "31"),
        ("—31", "-31"),
        ("\\text{31 kg}", "31 kg"),
    ],
)
def test_a_number_has_one_plain_spelling(typed, plain):
    assert plain_number(typed) == plain


@pytest.mark.parametrize("text", ["(2,5)", "1,2,3", "12,34,567", "3 12", "1.2.3", "12 5000"])
def test_digits_that_group_to_no_number_are_left_alone(text):
    assert plain_number(text) == text


def test_what_has_two_readings_offers_the_other_one():
    assert list(ambiguous_readings("7,654")) == ["7.654"]
    assert list(ambiguous_readings("7.654")) == ["7654"]
    assert list(ambiguous_readings("7 ms^-1")) == ["7 m s^-1"]
    assert list(ambiguous_readings("2-3/4")) == ["2 3/4"]
    assert list(ambiguous_readings("6!")) == ["6"]
    assert list(ambiguous_readings("7,654,321")) == []


def test_a_long_dash_between_numbers_is_a_range_and_one_in_front_is_a_sign():
    assert has_range_dash(plain_number("2–3")) and not has_range_dash(plain_number("–3"))


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("7 \u00b5F", "7 \u03bcF"),
        ("7 \u2126", "7 \u03a9"),
        ("7 \u338e", "7 mg"),
        ("7 \u33a5", "7 m^3"),
        ("7 \u2109", "7 °F"),
        ("\uff17\uff4b\uff4d", "7km"),
        ("7 \u00bac", "7 °c"),
        ("x⁻²", "x^(-2)"),
    ],
)
def test_look_alike_characters_are_one(one, two):
    assert plain_characters(one) == plain_characters(two)


@pytest.mark.parametrize(
    ("typed", "same"),
    [
        ("kWh", "3600000 J"),
        ("千瓦时", "3600000 J"),
        ("平方千米", "1000000 m^2"),
        ("cubic metres", "1000 L"),
        ("米每秒", "1 m/s"),
        ("kg·m⁻³", "1/1000 g/cm^3"),
        ("mol L^-1", "1 mol/L"),
        ("hectares", "10000 m^2"),
        ("mT", "1/1000 T"),
        ("kohm", "1000 Ω"),
        ("degC", "1 °C"),
    ],
)
def test_units_are_read_in_their_usual_spellings(typed, same):
    factor, _, name = same.partition(" ")
    unit, other = parse_unit(typed), parse_unit(name)
    assert unit is not None and other is not None
    assert unit.dimension == other.dimension and unit.factor == Fraction(factor) * other.factor


@pytest.mark.parametrize("word", ["apples", "squared", "cats", "points", "people", "m^", "/s", "m//s", "m" * 100])
def test_a_word_that_is_no_unit_is_none(word):
    assert parse_unit(word) is None


def test_numerals_have_decimals_and_a_time_of_day_is_none():
    assert parse_number("二点七一").value == Fraction("2.71")
    assert parse_number("八点三十") is None


def test_a_run_of_digits_beyond_all_use_is_no_number_and_stops_nothing():
    assert read_numbers("7" * 7_900) == ()
    assert read_numbers("百" * 7_900) == ()
    assert parse_number("7" * MAX_NUMBER_CHARS) is not None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("6!", 720),
        ("2*3!", 12),
        ("log_2(32)", 5),
        ("log3(81)", 4),
        ("lg(1000)", 3),
        ("|2-7|", 5),
        ("||-3|-1|", 2),
        ("cbrt(27)", 3),
        ("floor(2.9)+ceil(2.1)", 5),
        ("sin(90°)", 1),
        ("4!/(2!*2!)", 6),
        ("2.5e3", 2500),
    ],
)
def test_functions_and_signs_are_computed(text, value):
    assert abs(real_constant(parse(text)) - value) < Fraction(1, 10**9)


@pytest.mark.parametrize(
    "text", ["trace(A)", "foo(x)", "max(2,3)", "gcd(4,6)", "lim x", "P(A|B)", "f(x)+1", "dz/dx", "|x", "x!!!!y)", "!x"]
)
def test_an_unknown_function_is_refused_and_never_a_product(text):
    with pytest.raises(NotAFormula):
        parse(text)


@pytest.mark.parametrize("text", ["sin(30)", "cos(60)", "x+1", "ln(0)", "1/0", "sqrt(-2)", "2exp(709)(1+sqrt(-1))"])
def test_what_has_no_certain_real_value_has_none(text):
    assert real_constant(parse(text)) is None
