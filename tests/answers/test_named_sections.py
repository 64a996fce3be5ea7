"""A question that has every word of a heading is about that section."""

from __future__ import annotations

from passages import make_hit

from knowledge.documents import Passage
from tutor.answers.named_sections import find_named_sections


def passage(text: str, *heading: str, ordinal: int = 0) -> Passage:
    return make_hit(text, heading=heading, ordinal=ordinal).passage


STAGES = passage("First the ice thickens.", "Glaciers", "Stages of Growth", ordinal=0)
LOSS = passage("It loses mass in summer.", "Glaciers", "Loss of Mass", ordinal=1)
ICE = passage("Ice floats.", "Ice", ordinal=2)
TASKS = passage("1. Name the stages.", "Glaciers", "Exercises on growth", ordinal=3)
ALL = [STAGES, LOSS, ICE, TASKS]


def test_a_heading_whose_words_are_all_asked_for_is_found():
    assert find_named_sections("What stages of growth does a glacier pass through?", ALL) == (STAGES,)


def test_a_heading_of_one_word_or_with_others_is_not_found():
    assert find_named_sections("Why does ice grow?", ALL) == ()


def test_exercises_are_not_found():
    assert TASKS not in find_named_sections("What are the exercises on growth?", ALL)


def test_only_the_first_passages_of_a_section_are_found():
    more = [passage(f"Part {at}.", "Stages of Growth", ordinal=at) for at in range(10, 15)]
    assert find_named_sections("Which stages of growth are there?", more) == tuple(more[:2])
