"""The exercises of a book become items with the book's key, where they stand alone."""

from __future__ import annotations

from knowledge.documents import Locator, LocatorKind, Passage
from tutor.assessment.items import ItemKind
from tutor.assessment.printed_items import printed_items


def passages(*texts: str, heading: tuple[str, ...] = ("Cells", "Review Questions")) -> list[Passage]:
    locator = Locator(LocatorKind.SECTION, 1, "section 1")
    return [Passage(f"p{n}", "d", "c", n, text, locator, heading, 0, len(text)) for n, text in enumerate(texts)]


CHOICE = (
    "**Exercise.** Which organelle makes most of the energy of a cell?\n\n1. nucleus\n2. mitochondrion\n3. ribosome"
)


def test_a_choice_has_the_books_key_even_where_its_solution_is_in_the_next_passage() -> None:
    (item,) = printed_items(passages(CHOICE, "**Solution.** B"))
    assert item.kind is ItemKind.CHOICE
    assert item.keys == ("mitochondrion",) and item.options == ("nucleus", "mitochondrion", "ribosome")
    assert item.source is not None and item.source.passage_id == "p0"
    assert item.source.quote in CHOICE


def test_a_number_and_a_short_answer_are_items_of_their_kind() -> None:
    text = (
        "**Exercise.** How many chromosomes has a human body cell?\n\n**Solution.** 46\n\n"
        "**Exercise.** Why do cells divide so often in the skin?\n\n**Solution.** They replace worn cells."
    )
    assert [(one.kind, one.keys) for one in printed_items(passages(text))] == [
        (ItemKind.NUMBER, ("46",)),
        (ItemKind.SHORT_TEXT, ("They replace worn cells.",)),
    ]


def test_what_needs_a_figure_or_the_text_around_it_is_no_item() -> None:
    text = (
        "**Exercise.** Which cell is shown in the figure above?\n\n**Solution.** A nerve cell of a mouse.\n\n"
        "**Exercise.** population\n\n**Solution.** all patients of the clinic\n\n"
        "*Use the following information to answer the next exercise.*\n\n"
        "**Exercise.** What is the mean of the values?\n\n**Solution.** 7\n\n"
        "**Exercise.** What would you ask the author?\n\n**Solution.** Answers will vary from one person to another."
    )
    assert list(printed_items(passages(text))) == []


def test_an_exercise_without_a_printed_key_is_no_item() -> None:
    assert list(printed_items(passages(CHOICE))) == []
