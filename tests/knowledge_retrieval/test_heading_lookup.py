"""A short section is found by a question that is its heading, asks for its meaning or contains its code."""

from __future__ import annotations

import time

import pytest

from knowledge.documents import Locator, LocatorKind, Passage
from knowledge.heading_lookup import HeadingLookup


def passage(identity: str, text: str, *heading: str) -> Passage:
    return Passage(identity, "d", "c", 0, text, Locator(LocatorKind.SECTION, 1, "s"), heading, 0, len(text))


PASSAGES = [
    passage("astrolabe", "A disc on which heights of stars are read.", "Glossary", "Astrolabe"),
    passage("pump", "The pump runs dry; fill the tank.", "Error codes", "E-2714-K"),
    passage("lid", "The lid is open; close it.", "Error codes", "E-2741-K"),
    passage("cost", "Nothing at all.", "Questions", "What does it cost?"),
    passage("stars", "Stars are far away.", "Stars"),
    passage("colours", "Some are red.", "Stars", "Colours"),
    passage("paint", "It is red.", "Paint", "Colours"),
    passage("task", "Draw one.", "Exercises"),
    passage("long", "A long text of its own. " * 40, "Telescope"),
    passage("chinese", "测量星星高度的圆盘。", "术语", "星盘"),
]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("astrolabe", "astrolabe"),
        ("What is an astrolabe?", "astrolabe"),
        ("What does astrolabe mean?", "astrolabe"),
        ("什么是星盘？", "chinese"),
        ("E-2741-K", "lid"),
        ("what should I do about e-2714-k?", "pump"),
        ("What does it cost", "cost"),
        ("How much does the astrolabe of the museum cost?", None),
        ("Who sang E-2741-K in Vienna last summer?", None),
        ("E-9999-K", None),
        ("What are stars?", None),  # a section with subsections is more than an entry
        ("colours", None),  # of stars or of paint
        ("exercises", None),
        ("What is a telescope?", None),  # long enough to be found by its own words
        ("", None),
    ],
)
def test_a_section_is_found_by_its_own_name_and_by_nothing_else(query, found):
    assert HeadingLookup.from_passages(PASSAGES).find(query) == found


@pytest.mark.parametrize("piece", ["a", "1", "细胞", "a.", "what is "])
def test_a_long_question_and_a_long_heading_are_read_in_time(piece):
    text = (piece * 20_000)[:20_000]
    begin = time.thread_time()
    assert HeadingLookup.from_passages([passage("long", "Short.", text)]).find(f"{text} E-2741-K") is None
    assert time.thread_time() - begin < 0.5
