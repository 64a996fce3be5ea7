"""A gap takes the term with an article, with a typo beside one, and by the abbreviation that the course prints."""

from __future__ import annotations

import pytest

from knowledge.documents import Locator, LocatorKind, Passage
from tutor.assessment.abbreviations import printed_abbreviations
from tutor.assessment.choice_grading import grade_cloze
from tutor.assessment.course_text import read_course_text
from tutor.assessment.grading import Grader
from tutor.assessment.items import Item, ItemKind, ItemSource
from tutor.assessment.question_types.cloze import Cloze
from tutor.domain import BLANK, Outcome


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ("the mitochondrion", Outcome.RIGHT),
        ("mitochondron", Outcome.RIGHT),
        ("the mitochondron", Outcome.RIGHT),
        ("a mitochondron", Outcome.RIGHT),
        ("the mitochondria", Outcome.WRONG),
        ("the nucleus", Outcome.WRONG),
        ("the", Outcome.WRONG),
    ],
)
def test_an_article_before_a_typo_changes_nothing(answer, outcome):
    assert grade_cloze(answer, ("mitochondrion",)).outcome is outcome


@pytest.mark.parametrize(
    ("term", "text", "forms"),
    [
        ("messenger ribonucleic acid", "It is messenger ribonucleic acid (mRNA) that leaves.", ("mRNA",)),
        ("gross domestic product", "The GDP (gross domestic product) rose.", ("GDP",)),
        ("脱氧核糖核酸", "脱氧核糖核酸（DNA）在细胞核里。", ("DNA",)),
        ("gross domestic product", "The gross domestic product (See above) rose.", ()),
        ("gross domestic product", "The gross domestic product (WHO) rose.", ()),
        ("gross domestic product", "The gross domestic product (in 1990) rose. GDP.", ()),
    ],
)
def test_an_abbreviation_is_one_that_stands_beside_the_term(term, text, forms):
    assert printed_abbreviations(term, text) == forms


def test_the_printed_abbreviation_is_the_term():
    sentence = "Every year the gross domestic product (GDP) of the islands rose by a little."
    item = Item(
        "i",
        ItemKind.CLOZE,
        "Fill the gap: " + sentence.replace("gross domestic product", BLANK),
        ("gross domestic product",),
        source=ItemSource("p", sentence),
    )
    outcomes = [Grader().grade(item, answer).outcome for answer in ("GDP", "the GDP", "GNP", "gross domestic product")]
    assert outcomes == [Outcome.RIGHT, Outcome.RIGHT, Outcome.WRONG, Outcome.RIGHT]


def test_an_abbreviation_printed_anywhere_in_the_course_becomes_a_key():
    text = "The gross domestic product (GDP) is the value of all that a country makes."
    passage = Passage("p0", "d", "c", 0, text, Locator(LocatorKind.SECTION, 1, "section 1"), (), 0, len(text))
    item = Item("i", ItemKind.CLOZE, f"The {BLANK} rose.", ("gross domestic product",))
    assert Cloze().add_alternatives(item, read_course_text([passage])).keys == ("gross domestic product", "GDP")
