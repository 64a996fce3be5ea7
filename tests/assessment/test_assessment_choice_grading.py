"""Choices, true or false, sets, lists, orders and gaps are graded exactly, and look-alikes are wrong."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.assessment.choice_grading import (
    grade_choice,
    grade_cloze,
    grade_list,
    grade_ordering,
    grade_set,
    grade_true_false,
    match_options,
)
from tutor.domain import Outcome

RIGHT, PARTIAL, WRONG, UNSURE = Outcome.RIGHT, Outcome.PARTIAL, Outcome.WRONG, Outcome.UNSURE
PHASES = ("prophase", "metaphase", "anaphase", "telophase")
SHUFFLED = ("anaphase", "prophase", "telophase", "metaphase")


@pytest.mark.parametrize(
    ("answer", "key"),
    [
        ("meiosis", "mitosis"),
        ("hypotension", "hypertension"),
        ("afferent", "efferent"),
        ("exothermic", "endothermic"),
        ("not linearly independent", "linearly independent"),
        ("linearly dependent", "linearly independent"),
        ("organ", "organism"),
        ("university", "universal"),
        ("3x-2", "3x+2"),
        ("-12", "12"),
        ("immutable", "mutable"),
        ("ion", "iron"),
        ("affect", "effect"),
        ("adsorption", "absorption"),
    ],
)
def test_a_lookalike_of_a_term_is_wrong(answer, key):
    assert grade_cloze(answer, (key,)).outcome is WRONG
    assert grade_cloze(key, (answer,)).outcome is WRONG


@pytest.mark.parametrize(("answer", "key"), [("phosphate", "phosphite"), ("ethane", "ethene"), ("sulfite", "sulfide")])
def test_one_changed_letter_is_never_right(answer, key):
    assert grade_cloze(answer, (key,)).outcome is UNSURE


@pytest.mark.parametrize(
    ("answer", "key"),
    [("Mitosis.", "mitosis"), ("the stroma", "stroma"), ("photosynthsis", "photosynthesis"), ("batteries", "battery")],
)
def test_the_same_term_in_another_form_is_right(answer, key):
    assert grade_cloze(answer, (key,)).outcome is RIGHT


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ("b", RIGHT),
        ("B)", RIGHT),
        ("2", RIGHT),
        ("prophase", RIGHT),
        ("b) prophase", RIGHT),
        ("a", WRONG),
        ("b) anaphase", UNSURE),
        ("prophase or anaphase", UNSURE),
        ("", UNSURE),
        ("z", UNSURE),
        ("phase", UNSURE),
    ],
)
def test_an_option_is_named_by_text_letter_or_number(answer, outcome):
    assert grade_choice(answer, SHUFFLED, ("prophase",)).outcome is outcome


def test_the_text_of_an_option_wins_over_its_number():
    """Other systems mark a right choice as wrong because they read "2" as the second label, not as the option 2."""
    assert match_options("2", ("4", "2", "1")) == ("2",)


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [("True", RIGHT), ("yes", RIGHT), ("对", RIGHT), ("F", WRONG), ("maybe", UNSURE), ("not false", UNSURE)],
)
def test_true_false_answers_are_graded(answer, outcome):
    assert grade_true_false(answer, "true").outcome is outcome


@given(st.permutations(PHASES))
def test_sets_ignore_order_and_lists_do_not(order):
    said = ", ".join(order)
    assert grade_set(said, PHASES).outcome is RIGHT
    assert grade_list(said, PHASES).outcome is (RIGHT if tuple(order) == PHASES else PARTIAL)


@given(st.integers(0, 4))
def test_a_set_without_some_elements_is_never_right(kept):
    grade = grade_set(" and ".join(PHASES[:kept]), PHASES)
    assert grade.outcome is (RIGHT if kept == 4 else PARTIAL if kept else WRONG)
    assert len(grade.missing) == (4 - kept if kept else 0)


def test_listing_every_option_is_not_right():
    everything = ", ".join([*PHASES, *(f"thing {n}" for n in range(20))])
    assert grade_set(everything, PHASES).outcome is not RIGHT


def test_numbers_in_sets_are_compared_as_numbers():
    assert grade_set("{0.5, 2}", ("1/2", "2")).outcome is RIGHT
    assert grade_set("-2, 2", ("2", "3")).outcome is PARTIAL


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ("b, d, a, c", RIGHT),
        ("bdac", RIGHT),
        ("2 4 1 3", UNSURE),
        ("2, 4, 1, 3", RIGHT),
        ("prophase, metaphase, anaphase, telophase", RIGHT),
        ("d, b, a, c", PARTIAL),
        ("c, a, d, b", WRONG),
        ("b, d, a", UNSURE),
        ("b, b, a, c", UNSURE),
    ],
)
def test_an_ordering_must_name_each_element_once(answer, outcome):
    assert grade_ordering(answer, SHUFFLED, PHASES).outcome is outcome


@given(st.text(max_size=60), st.randoms())
def test_any_text_gets_a_grade_and_noise_is_never_right(text, rng):
    shuffled = list(PHASES)
    random.Random(1).shuffle(shuffled)
    for grade in (grade_set(text, PHASES), grade_list(text, PHASES), grade_ordering(text, shuffled, PHASES)):
        assert grade.reasons
        if not all(phase[:3] in text.lower() for phase in PHASES) and not any(c.isalnum() for c in text):
            assert grade.outcome is not RIGHT


def test_steps_with_commas_in_them_are_ordered_line_by_line():
    steps = ("mix the flour, salt and water", "knead, then rest", "bake")
    assert grade_ordering("\n".join(steps), steps[::-1], steps).outcome is RIGHT
    assert grade_ordering("\n".join(steps[::-1]), steps[::-1], steps).outcome is WRONG
