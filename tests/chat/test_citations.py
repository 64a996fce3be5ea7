"""Which sentences of an answer get which citation mark."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from knowledge.documents import Document, Hit, Locator, LocatorKind, Passage, Quote
from tutor.chat.citations import add_citations, strip_citation_marks

WHEN = datetime(2026, 1, 1, tzinfo=UTC)


def hit(name: str, text: str, page: int) -> Hit:
    document = Document(f"d-{name}", "c", name, name, "0", "text/plain", 1, 1, (), WHEN)
    passage = Passage(
        f"p-{name}", document.id, "c", 0, text, Locator(LocatorKind.PAGE, page, f"page {page}"), (), 0, len(text)
    )
    return Hit(passage, document, 0.9)


HITS = (hit("a", "Light is caught by chlorophyll.", 3), hit("b", "Sugar is built in the stroma.", 9))
ANSWER = "Chlorophyll catches light. I like plants. Sugar is built in the stroma."


def test_supported_sentences_are_cited_and_others_marked_unsupported():
    quotes = [
        Quote(0, 26, 0, "Light is caught by chlorophyll.", 0.8),
        Quote(27, 41, None, "", 0.1),
        Quote(42, 71, 1, "Sugar is built in the stroma.", 1.0),
    ]
    answer, citations = add_citations(ANSWER, quotes, HITS, "en")
    assert answer == "Chlorophyll catches light. [1] I like plants. [°] Sugar is built in the stroma. [2]"
    assert [(c.number, c.document, c.locator, c.position) for c in citations] == [
        (1, "a", "page 3", 3),
        (2, "b", "page 9", 9),
    ]


def test_the_same_quote_keeps_its_citation_number():
    quotes = [Quote(0, 26, 0, "same", 0.8), Quote(27, 41, 0, "same", 0.8)]
    answer, citations = add_citations(ANSWER, quotes, HITS, "en")
    assert answer.count("[1]") == 2 and len(citations) == 1


def test_without_support_the_closest_passage_is_cited_as_related():
    answer, citations = add_citations("I guess so.", [Quote(0, 11, None, "", 0.0)], HITS, "zh")
    assert answer.endswith("最接近的段落是 [1]。）") and citations[0].document == "a"


def test_citation_marks_written_by_the_model_are_removed():
    assert strip_citation_marks("It is so [1]. And so [2][3].") == "It is so. And so."


@pytest.mark.parametrize("sentence", ["What do you think?", "为什么？", "3 + 4 = 7.", "For example:"])
def test_sentences_without_a_claim_are_not_marked(sentence: str):
    text = f"Chlorophyll catches light. {sentence}"
    quotes = [Quote(0, 26, 0, "Light is caught by chlorophyll.", 0.8), Quote(27, len(text), None, "", 0.0)]
    assert add_citations(text, quotes, HITS, "en")[0] == f"Chlorophyll catches light. [1] {sentence}"


def test_code_blocks_get_no_citation_marks():
    text = "Chlorophyll catches light.\n\n```python\nprint(1) # prints it.\n```"
    quotes = [Quote(0, 26, 0, "Light is caught by chlorophyll.", 0.8), Quote(28, 61, None, "", 0.0)]
    assert "°" not in add_citations(text, quotes, HITS, "en")[0]


def test_the_unsupported_mark_is_removed_with_the_numbers():
    assert strip_citation_marks("It is so [1]. I think so [°].") == "It is so. I think so."


def test_the_number_of_an_item_gets_no_mark_of_its_own():
    text = "It does two things:\n\n1. Light is caught by chlorophyll."
    quotes = [
        Quote(0, 19, None, "", 0.0),
        Quote(21, 23, 0, "Light is caught by chlorophyll.", 0.8),
        Quote(24, len(text), 0, "Light is caught by chlorophyll.", 0.8),
    ]
    assert add_citations(text, quotes, HITS, "en")[0] == f"{text} [1]"
