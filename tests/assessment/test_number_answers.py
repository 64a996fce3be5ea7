"""Numbers are graded by what they say: rounding by one rule, units, percent, margins; two readings are never right."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.assessment.grading import Grader
from tutor.assessment.items import Item, ItemKind
from tutor.assessment.number_grading import comparable_number, grade_number, key_example
from tutor.assessment.printed_units import PrintedUnit, read_printed_unit
from tutor.assessment.quantities import MAX_CHARS
from tutor.domain import Outcome

RIGHT, PARTIAL, WRONG, UNSURE = Outcome.RIGHT, Outcome.PARTIAL, Outcome.WRONG, Outcome.UNSURE


def outcome(answer: str, key: str, tolerance: float | None = None, prompt: str = "") -> Outcome:
    return grade_number(answer, (key,), tolerance, prompt).outcome


@pytest.mark.parametrize(
    ("answer", "key", "expected"),
    [
        ("2.718", "2.71828", RIGHT),  # the answer is the key rounded
        ("2.71828", "2.718", RIGHT),  # the key is the answer rounded
        ("2.719", "2.71828", WRONG),
        ("2.7", "2.71828", PARTIAL),  # two figures are too few
        ("2.74", "2.7", UNSURE),  # right as far as the key goes
        ("2.76", "2.7", WRONG),
        ("6.63e-34", "6.626e-34", RIGHT),
        ("6.626e-34 J s", "6.63e-34 J s", RIGHT),
        ("6.6e-34", "6.626e-34", PARTIAL),
        ("2/7", "0.286", RIGHT),
        ("e", "2.718", RIGHT),
        ("1.732", "√3", RIGHT),
        ("1.74", "√3", WRONG),
        ("2.46 million", "2,463,000", RIGHT),
        ("2460", "2463", UNSURE),  # zeros that may stand for digits
        ("2500", "2463", WRONG),
        ("2463.2", "2463", UNSURE),  # a count, or rounded
        ("246", "246.3", RIGHT),
        ("246.0", "246.3", WRONG),
        ("7.4", "7", WRONG),
        ("17.3%", "17.28%", RIGHT),
        ("0.173", "17.28%", RIGHT),
    ],
)
def test_rounding_holds_both_ways_to_three_figures(answer, key, expected):
    assert outcome(answer, key) is expected


@pytest.mark.parametrize(
    ("answer", "key", "expected"),
    [
        ("2,71", "2.71", RIGHT),
        ("7,654", "7.654", UNSURE),
        ("7,654", "7654", RIGHT),
        ("7.654", "7654", UNSURE),
        ("(2,5)", "2.5", UNSURE),
        ("3 ms^-1", "3 m/s", UNSURE),
        ("4π", "12.566", RIGHT),
        ("2-3/4", "2.75", UNSURE),
        ("4!", "24", RIGHT),
        ("24", "4!", RIGHT),
        ("4", "4!", WRONG),
        ("4!", "4", UNSURE),
        ("I got 4!", "4", RIGHT),
        ("2–3", "2", UNSURE),
        ("2 ± 1", "2", UNSURE),
        ("sin(30)", "0.5", UNSURE),
        ("sin(30°)", "0.5", RIGHT),
        ("24 (twenty-four)", "24", RIGHT),
        ("24 (25)", "24", UNSURE),
    ],
)
def test_what_has_two_readings_is_never_right_by_the_lucky_one(answer, key, expected):
    assert outcome(answer, key) is expected


@pytest.mark.parametrize(
    ("answer", "key", "expected"),
    [
        ("7 μF", "7e-6 F", RIGHT),
        ("7 ㎎", "7 mg", RIGHT),
        ("37 C", "37 °C", RIGHT),
        ("37 F", "37 °C", WRONG),
        ("37 degrees", "37 °C", RIGHT),
        ("37 degrees", "37 K", WRONG),
        ("310.15 K", "37 °C", RIGHT),
        ("3 h 15 min", "195 min", RIGHT),
        ("15 min 3 h", "195 min", UNSURE),
        ("3 h 15 kg", "195 min", UNSURE),
        ("3 ft 4 in", "40 in", RIGHT),
        ("7 牛顿", "7 N", RIGHT),
        ("7 千米每小时", "7 km/h", RIGHT),
        ("7 Tm", "7 km", WRONG),
        ("7 m", "7 T", WRONG),
    ],
)
def test_units_are_compared_by_what_they_measure(answer, key, expected):
    assert outcome(answer, key) is expected


@pytest.mark.parametrize(
    ("prompt", "answer", "key", "expected"),
    [
        ("About _____% of the air is nitrogen.", "78", "78", RIGHT),
        ("About _____% of the air is nitrogen.", "78 %", "78", RIGHT),
        ("About _____ percent of the air.", "78 percent", "78", RIGHT),
        ("About _____% of the air is nitrogen.", "0.78", "78", PARTIAL),
        ("It boils at _____ °C there.", "95 °C", "95", RIGHT),
        ("It boils at _____ °C there.", "95", "95", RIGHT),
        ("It boils at _____ °C there.", "95 K", "95", WRONG),
        ("The peak is _____ metres high.", "8.85 km", "8850", RIGHT),
        ("约_____千米。", "7 km", "7", RIGHT),
        ("Found in _____ in the south.", "1788", "1788", RIGHT),
        ("There are _____ moons.", "7 moons", "7", RIGHT),
        ("Some _____ million people live there.", "2.7", "2.7", RIGHT),
        ("Some _____ million people live there.", "2.7 million", "2.7", RIGHT),
        ("Some _____ million people live there.", "2,700,000", "2.7", RIGHT),
        ("Some _____ million people live there.", "27 million", "2.7", WRONG),
        ("That is _____ × 10²³ particles.", "6.02e23", "6.022", RIGHT),
        ("That is _____ × 10^-9 m.", "4.5e-9 m", "4.5", RIGHT),
        ("约有_____万人。", "2.7万", "2.7", RIGHT),
    ],
)
def test_a_unit_that_the_prompt_prints_may_be_typed_or_left_out(prompt, answer, key, expected):
    assert outcome(answer, key, prompt=prompt) is expected


def test_a_word_behind_a_gap_is_no_unit_where_the_sentence_goes_on():
    assert read_printed_unit("It was found in _____ in the south").name == ""
    assert read_printed_unit("The bolt is _____ in").name == "in"
    assert read_printed_unit("no gap here, 5 km") == PrintedUnit()
    assert read_printed_unit("_____") == PrintedUnit()


@pytest.mark.parametrize(
    ("answer", "key", "tolerance", "expected"),
    [
        ("21 °C", "20 °C", 0.1, RIGHT),
        ("23 °C", "20 °C", 0.1, WRONG),  # ten per cent of the degrees, not of the kelvins
        ("3.1", "3", 0.1 / 3, RIGHT),  # on the edge
        ("3.11", "3", 0.1 / 3, WRONG),
        ("0.4", "0 ± 0.5", None, RIGHT),
        ("0.6", "0 ± 0.5", None, WRONG),
        ("4", "2..7", None, RIGHT),
        ("8", "2..7", None, WRONG),
        ("-3", "-4..-2", None, RIGHT),
        ("3 m", "2..7", None, UNSURE),
    ],
)
def test_margins_and_ranges_are_those_of_the_key(answer, key, tolerance, expected):
    assert outcome(answer, key, tolerance) is expected


def test_a_range_has_an_answer_of_its_own_that_is_right():
    for key in ("2..7", "0 ± 0.5", "8"):
        assert outcome(key_example(key), key) is RIGHT


def test_the_same_key_in_two_spellings_is_recognised():
    assert comparable_number("384,400") == comparable_number("384400")
    assert comparable_number("50%") != comparable_number("50")
    assert comparable_number("5 km") == "5 km"


def test_thousands_of_digits_give_a_sentence_and_no_error():
    for count in (MAX_CHARS + 1, 3_900):
        grade = grade_number("7" * count, ("7",))
        assert grade.outcome is UNSURE and str(count) in grade.reasons[0]
    item = Item("i", ItemKind.NUMBER, "How many?", ("7" * 5_000,))
    assert Grader().grade(item, "7").outcome is UNSURE


@given(st.fractions(max_denominator=10**6), st.integers(3, 9))
def test_a_value_rounded_to_enough_figures_is_right(value, figures):
    shown = f"{float(value):.{figures}g}"
    if Fraction(shown) and "." in shown and len(shown.split("e")[0].strip("-0.").replace(".", "")) >= 3:
        assert outcome(shown, str(value)) is RIGHT


@pytest.mark.parametrize(
    ("answer", "key", "expected"),
    [
        ("7 µl", "0.007 mL", RIGHT),
        ("3 dl", "300 ml", RIGHT),
        ("4‰", "0.4%", RIGHT),
        ("4", "4‰", WRONG),
        ("8 ppm", "0.000008", RIGHT),
        ("8 ppm", "8", RIGHT),  # the key leaves the unit out, as it may leave out "kg"
        ("8 ppm", "8 ppb", WRONG),
        ("6 斤", "3 kg", RIGHT),
        ("4 里", "2 km", RIGHT),
        ("90°", "1.5708", RIGHT),
        ("1.571 rad", "90°", RIGHT),
        ("0.5", "90°", WRONG),
        ("90°", "π", WRONG),
        ("60 rpm", "6.28 rad/s", UNSURE),
    ],
)
def test_parts_per_thousand_small_volumes_market_units_and_angles_are_compared(answer, key, expected):
    assert outcome(answer, key) is expected
