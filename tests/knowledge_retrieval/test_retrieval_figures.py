"""A figure that a question names is found by its caption, in the forms that books and learners write it."""

from __future__ import annotations

import pytest

from knowledge import figures
from knowledge.documents import Locator, Passage, Place


def passages(*texts: str, document: str = "book") -> list[Passage]:
    here = Locator(Place.PAGE, 1, "page 1")
    return [Passage(f"{document}{n}", document, "c", n, t, here, (), 0, len(t)) for n, t in enumerate(texts)]


@pytest.mark.parametrize(
    ("question", "number"),
    [
        ("What does figure 2.1 show?", "2.1"),
        ("what is in FIG. 3", "3"),
        ("Explain Figure 2-1, please", "2.1"),
        ("图2-1说明了什么？", "2.1"),
        ("请解释图 3．2", "3.2"),
        ("Figure A.4?", "A.4"),
        ("how do I figure out 3 things?", ""),
        ("configure 3 servers", ""),
        ("Why are leaves green?", ""),
    ],
)
def test_the_figure_that_a_question_names(question: str, number: str) -> None:
    assert figures.asked(question) == number


BOOK = passages(
    "Light is needed, as Figure 2.1 shows. It is absorbed by pigments.",
    "Chloroplasts have inner membranes.",
    "Figure 2.1: The chloroplast with its stroma.",
    "Starch is stored.",
    "Figure 2.10 Roots and their hairs.",
    "图 3-2 光合作用的两个阶段",
    "**Figure 4.** A caption in bold.",
    "See Figure 7 of another book.",
)


def test_the_caption_comes_first_then_what_speaks_of_it_then_what_stands_beside_it() -> None:
    assert [one.ordinal for one in figures.around("2.1", BOOK)] == [2, 0, 3, 1]


def test_a_number_that_begins_like_another_is_another_figure() -> None:
    assert figures.around("2.10", BOOK)[0].ordinal == 4
    assert figures.around("2", BOOK) == []


def test_where_no_caption_was_read_what_speaks_of_it_is_given() -> None:
    assert [one.ordinal for one in figures.around("7", BOOK)] == [7]
    assert figures.listed(BOOK) == ["2.1", "2.10", "3.2", "4"]


def test_what_stands_beside_a_caption_is_of_the_same_document() -> None:
    other = passages("Another book begins.", document="other")
    assert [one.id for one in figures.around("1", [*passages("Figure 1. The end."), *other])] == ["book0"]
