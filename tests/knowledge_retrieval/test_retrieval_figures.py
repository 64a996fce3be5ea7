"""A figure named in a question is found by its caption, in all common spellings."""

from __future__ import annotations

import pytest

from knowledge import figures
from knowledge.documents import Locator, LocatorKind, Passage


def passages(*texts: str, document: str = "book") -> list[Passage]:
    here = Locator(LocatorKind.PAGE, 1, "page 1")
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
def test_the_figure_named_by_a_question_is_found(question: str, number: str) -> None:
    assert figures.find_figure_number(question) == number


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


def test_the_caption_ranks_first_then_mentions_then_neighbours() -> None:
    assert [one.ordinal for one in figures.find_figure_passages("2.1", BOOK)] == [2, 0, 3, 1]


def test_a_figure_number_prefix_is_not_a_match() -> None:
    assert figures.find_figure_passages("2.10", BOOK)[0].ordinal == 4
    assert figures.find_figure_passages("2", BOOK) == []


def test_without_a_caption_mentions_are_returned() -> None:
    assert [one.ordinal for one in figures.find_figure_passages("7", BOOK)] == [7]
    assert figures.list_figure_numbers(BOOK) == ["2.1", "2.10", "3.2", "4"]


def test_neighbours_of_a_caption_are_from_the_same_document() -> None:
    other = passages("Another book begins.", document="other")
    assert [one.id for one in figures.find_figure_passages("1", [*passages("Figure 1. The end."), *other])] == ["book0"]
