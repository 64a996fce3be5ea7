"""A list is given whole and in order, over the borders of passages, and the one that the question is about."""

from __future__ import annotations

import pytest
from passages import make_hit

from tutor.answers.course_lists import find_list, list_subsections

HEADING = ("Ice", "How a glacier forms")
STEPS = (
    "A glacier forms in three steps:\n\n1. **Snow** falls and stays.\n2. It is pressed to firn, which takes\n   years."
)
REST = "3. Firn becomes ice. All air is squeezed out by then."


def test_paragraphs_that_begin_with_a_title_are_a_list_and_short_sentences_are_none():
    titled = (
        "Ice melts for many reasons.\n\nWind. It dries snow.\n\nWarm rain. It wets snow.\n\nDust. It takes up light."
    )
    found = find_list("What are the reasons why ice melts?", [[make_hit(titled)]])
    assert found is not None and [item.text.split(".")[0] for item in found.items] == ["Wind", "Warm rain", "Dust"]
    prose = "Ice melts for many reasons.\n\nIt drips. Water runs off.\n\nBirds come. They drink."
    assert find_list("What are the reasons why ice melts?", [[make_hit(prose)]]) is None


def test_the_steps_of_a_sequence_are_found_over_two_passages_in_order():
    section = [make_hit(STEPS, heading=HEADING), make_hit(REST, heading=HEADING, ordinal=1)]
    found = find_list("What are the steps in which a glacier forms?", [section])
    assert found is not None and found.numbered
    assert [item.text for item in found.items] == [
        "Snow falls and stays.",
        "It is pressed to firn, which takes years.",
        "Firn becomes ice. All air is squeezed out by then.",
    ]


def test_what_follows_a_whole_item_in_the_next_passage_is_no_part_of_the_list():
    """A regression: the paragraph after the last step was given with it."""
    ended = make_hit(f"{STEPS}\n{REST}", heading=HEADING)
    after = make_hit("For a metre of ice it takes, as the formula says,", heading=HEADING, ordinal=1)
    found = find_list("What are the steps in which a glacier forms?", [[ended, after]])
    assert found is not None and len(found.items) == 3
    cut = make_hit("1. **Snow** falls\n2. It is pressed, which", heading=HEADING)
    rest = make_hit("takes years.", heading=HEADING, ordinal=1)
    found = find_list("What are the steps in which a glacier forms?", [[cut, rest]])
    assert found is not None and found.items[-1].text == "takes years."


def test_of_several_lists_the_one_that_the_question_is_about_is_taken():
    tools = make_hit("Take these tools:\n\n- an axe\n- a rope", heading=("Walking on ice",))
    shapes = make_hit("Ice leaves these shapes in a valley:\n\n- a moraine\n- a cirque", heading=("Shapes",), ordinal=1)
    found = find_list("Which shapes does ice leave in a valley?", [[tools], [shapes]])
    assert found is not None and [item.text for item in found.items] == ["a moraine", "a cirque"]


def test_a_list_about_something_else_is_not_given():
    tools = make_hit("Take these tools:\n\n- an axe\n- a rope", heading=("Walking on ice",))
    assert find_list("What are the parts of a volcano?", [[tools]]) is None


def test_paragraphs_that_begin_with_a_bold_name_are_a_list():
    text = "**Warmth.** It melts the ice.\n\n**Wind.** It carries snow off.\n\n**Dust.** It darkens the ice."
    found = find_list("What factors limit a glacier?", [[make_hit(text, heading=("Factors that limit a glacier",))]])
    assert found is not None and len(found.items) == 3


def test_subsections_are_the_items_where_the_heading_names_what_is_asked():
    kinds = {"Cirque glaciers": "They lie in a hollow.", "Valley glaciers": "They fill a whole valley."}
    hits = [
        make_hit(text, heading=("Ice", "Types of glaciers", name), ordinal=at)
        for at, (name, text) in enumerate(kinds.items())
    ]
    found = list_subsections("What are the types of glaciers?", [(hits[0], [hit.passage for hit in hits])])
    assert found is not None and found.names == tuple(kinds)
    assert [item.text for item in found.items] == list(kinds.values())


def test_subsections_that_set_tasks_are_no_items():
    """A regression: the titles of exercises were given as the steps of what they practise."""
    tasks = {"Sea ice": "Write a report on the ice of the sea.", "Lake ice": "Draw the ice of a lake."}
    hits = [
        make_hit(text, heading=("Ice", "Types of glaciers", name), ordinal=at)
        for at, (name, text) in enumerate(tasks.items())
    ]
    assert list_subsections("What are the types of glaciers?", [(hits[0], [hit.passage for hit in hits])]) is None


@pytest.mark.parametrize(
    ("opening", "closing"), [("Introduction", "Summary"), ("1. Overview", "Wind"), ("引言", "小结")]
)
def test_the_outline_of_a_chapter_is_no_list(opening, closing):
    """A regression: "Caching, Reading the data, Summary" were given as the steps of what the chapter is about."""
    parts = {opening: "Ice covers a tenth of all land.", "Snow": "It falls on the ice.", closing: "Ice is old snow."}
    hits = [
        make_hit(text, heading=("Ice", "Types of glaciers", name), ordinal=at)
        for at, (name, text) in enumerate(parts.items())
    ]
    assert list_subsections("What are the types of glaciers?", [(hits[0], [hit.passage for hit in hits])]) is None


def test_an_item_whose_name_ends_a_passage_has_its_text_in_the_next():
    """A regression: "3. Passing electrons on." ended a passage, and the list ended there."""
    section = [
        make_hit("The steps of a descent:\n\n1. Check the rope.\n2. Clip in.", heading=("Descent",)),
        make_hit("Both carabiners must be shut.\n3. Let go of the rock.", heading=("Descent",), ordinal=1),
    ]
    found = find_list("What are the steps of a descent?", [section])
    assert found is not None and [item.text for item in found.items][-1] == "Let go of the rock."
    assert len(found.items) - len(found.rests) == 3


def test_paragraphs_that_begin_with_an_emphasised_name_are_a_list():
    text = "Ice melts for two reasons.\n\nWarm air that comes from the sea: it wets snow.\n\nDust – it takes up light."
    names = ("Warm air that comes from the sea", "Dust")
    assert find_list("What are the reasons why ice melts?", [[make_hit(text)]]) is None
    found = find_list("What are the reasons why ice melts?", [[make_hit(text, key_terms=names)]])
    assert found is not None and [item.text.split()[0] for item in found.items] == ["Warm", "Dust"]


def test_a_list_of_what_will_be_learnt_answers_nothing():
    aims = (
        "By the end of this section, you will be able to:\n\n- Explain why ice melts\n- Name the reasons why ice melts"
    )
    assert find_list("What are the reasons why ice melts?", [[make_hit(aims + "\n\nIce melts. " * 40)]]) is None
