"""The sentence that defines a term is found, however the course words it, and not one about its counterpart."""

from __future__ import annotations

import pytest
from passages import make_hit

from tutor.answers.definitions import find_definition


@pytest.mark.parametrize(
    ("term", "sentence"),
    [
        ("glacier", "A **glacier** is a body of ice that moves under its own weight."),
        ("moraine", "The rubble that ice leaves behind is known as a moraine."),
        ("moraines", "Rubble pushed together by ice is called a **moraine**, after an old word for a wall."),
        ("ablation", "Ablation refers to the loss of ice by melting, wind and evaporation in summer."),
        ("firn", "Snow that has outlasted a summer (firn) is on its way to becoming ice."),
        ("equilibrium line", "The *equilibrium line* separates the part that grows from the part that shrinks."),
        ("ELA", "The equilibrium line altitude (ELA) is the height at which gain and loss of ice are equal."),
        ("Calving", "Calving: the breaking off of ice at the front of a glacier that ends in water."),
        ("冰川", "冰川是指在自身重力作用下缓慢移动的巨大冰体。"),
        ("冰碛", "冰川搬运并堆积下来的碎石称为*冰碛*（moraine）。"),
        ("冰舌", "冰像舌头一样伸出来，这样的一条叫做一个**冰舌**。"),
    ],
)
def test_a_definition_is_found_in_any_of_its_forms(term: str, sentence: str):
    hits = [make_hit("Valleys are old. Ice came later."), make_hit(f"Much is left.\n\n{sentence}", ordinal=1)]
    found = find_definition(term, hits, "en" if term.isascii() else "zh")
    assert found is not None and found.sentence.raw == sentence


def test_the_sentence_that_defines_the_contrasting_term_is_not_taken():
    text = "Unlike erosion, weathering is the breaking down of rock in its place. Erosion is the carrying off of rock."
    found = find_definition("erosion", [make_hit(text)], "en")
    assert found is not None and found.sentence.text == "Erosion is the carrying off of rock."


def test_the_definition_of_a_term_with_an_alias_is_preferred_to_what_a_summary_says_of_it():
    """A regression: an f-string was defined as a convenient way to print, from the summary of the chapter."""
    text = "An **ice-tongue** (or **floe**) is a sheet of ice that is pushed out to sea."
    summary = make_hit("A floe is a convenient way to cross a bay in spring.", heading=("Summary",), ordinal=1)
    found = find_definition("floe", [summary, make_hit(text)], "en")
    assert found is not None and "pushed out to sea" in found.sentence.text


def test_a_defining_sentence_that_names_what_was_said_is_read_with_the_sentence_before_it():
    text = "Much is known of rocks. Ice and rain break rocks where they lie. This is called weathering."
    found = find_definition("weathering", [make_hit(text)], "en")
    assert found is not None
    assert found.sentence.text == "Ice and rain break rocks where they lie. This is called weathering."
    chinese = find_definition(
        "风化", [make_hit("冰和雨水在原地使岩石破碎。地质学家称之为风化，因为风也起作用。")], "zh"
    )
    assert chinese is not None and chinese.sentence.text.startswith("冰和雨水")


def test_a_short_definition_does_not_go_on_to_that_of_another_term():
    found = find_definition("firn", [make_hit("Firn is old snow. What lies around firn is called a moat.")], "en")
    assert found is not None and found.sentence.text == "Firn is old snow."


def test_a_short_definition_goes_on_to_the_next_line_of_its_paragraph_and_not_into_a_list():
    text = "冰碛是一种堆积物，它由冰川留下。\n堆积物由冰川带来的碎石组成，大小不一。\n- 冰川留下的碎石。"
    found = find_definition("冰碛", [make_hit(text)], "zh")
    assert found is not None and found.sentence.text.endswith("大小不一。")


def test_a_longer_term_that_contains_the_asked_one_does_not_define_it():
    text = "A glacier tongue is a long narrow sheet of ice. A glacier mouse is a ball of moss on the ice."
    assert find_definition("glacier", [make_hit(text)], "en") is None


def test_a_short_definition_is_read_with_the_sentence_that_continues_it():
    text = "Firn is old snow. It lasted a whole summer and is denser than fresh snow.\n\nWind moves it."
    found = find_definition("firn", [make_hit(text)], "en")
    assert found is not None
    assert found.sentence.text == "Firn is old snow. It lasted a whole summer and is denser than fresh snow."


def test_a_glossary_entry_is_preferred_to_a_passing_mention():
    mention = make_hit("In spring, firn is a problem for skiers. Firn is a pleasure for others in the long run.")
    entry = make_hit("Firn: snow that has outlasted one summer.", heading=("Glossary",), ordinal=1)
    found = find_definition("firn", [mention, entry], "en")
    assert found is not None and found.sentence.hit is entry


@pytest.mark.parametrize("heading", ["References to objects", "Index notation", "索引和切片"])
def test_a_section_whose_title_begins_like_a_list_of_sources_is_read(heading: str):
    """A regression: nothing of such a section was ever quoted."""
    hit = make_hit("A glacier is a body of ice that moves.", heading=("Objects", heading))
    assert find_definition("glacier", [hit], "en") is not None


def test_exercises_define_nothing():
    hit = make_hit("A glacier is a river of ice. True or false?", heading=("6. Exercises",))
    assert find_definition("glacier", [hit], "en") is None


def test_the_sentence_in_which_the_author_emphasised_the_term_is_preferred_to_one_that_only_mentions_it():
    """A regression: secondary consumers were defined as small fish, from a sentence about one lake."""
    told = "The outwash plains are in the south of Iceland."
    text = "Water spreads rubble before the ice. It lays down outwash plains (sandurs) beyond the moraines."
    hits = [make_hit(told), make_hit(text, ordinal=1, key_terms=("outwash plains (sandurs)",))]
    found = find_definition("outwash plains", hits, "en")
    assert found is not None and "beyond the moraines" in found.sentence.text
    plain = find_definition("outwash plains", [hits[0], make_hit(text, ordinal=1)], "en")
    assert plain is None or "Iceland" in plain.sentence.text


def test_emphasis_counts_only_where_the_passage_first_has_the_term():
    text = "Farmers plough a drumlin, with much care. Ice leaves rubble, a drumlin, behind it as it shrinks."
    found = find_definition("drumlin", [make_hit(text, key_terms=("drumlin",))], "en")
    assert found is not None and found.sentence.text.startswith("Farmers")


def test_a_term_is_defined_where_a_course_in_another_language_has_it_in_brackets():
    text = "冰川学家看重平衡。平衡线（equilibrium line）把堆积区和消融区分开。"
    for key_terms in ((), ("平衡线（equilibrium line）",)):
        found = find_definition("equilibrium line", [make_hit(text, key_terms=key_terms)], "en")
        assert found is not None and found.sentence.text == "平衡线（equilibrium line）把堆积区和消融区分开。"
        assert found.is_sure


def test_a_name_before_a_colon_that_is_said_of_several_things_is_no_definition():
    """A regression: "stable sort" was defined by what one algorithm does."""
    lines = ["Stable sort: insertion goes to the right of equals.", "Stable sort: merging keeps equals in order."]
    hits = [make_hit(f"- {line}", ordinal=at, key_terms=("Stable sort",)) for at, line in enumerate(lines)]
    hits.append(make_hit("Sorting has kinds. A stable sort is one that leaves equals in their order.", ordinal=2))
    found = find_definition("stable sort", hits, "en")
    assert found is not None and found.sentence.text.startswith("A stable sort is one")
    alone = find_definition("stable sort", hits[:1], "en")
    assert alone is not None and alone.sentence.text == lines[0]
