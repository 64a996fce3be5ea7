"""A quote is verbatim from its passage; a different number or a negation rules support out."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.attribution import attribute_answer, load_attribution_model
from knowledge.documents import Document, Hit, Locator, LocatorKind, Passage
from knowledge.embedding import HashingEmbedder
from knowledge.vectorstore import CourseVectorStore

DOCUMENT = Document("d", "c", "leaf.md", "Leaf", "", "text/markdown", 1, 2, (), datetime(2026, 11, 23, tzinfo=UTC))
PASSAGES = (
    "The light reactions take place in the thylakoid membrane. They stop at once in the dark.",
    "A leaf has 2 kinds of chlorophyll. Chlorophyll does not absorb green light.",
    "光反应在类囊体膜上进行。叶绿素不吸收绿光。",
)


def hit(text: str) -> Hit:
    return Hit(Passage(text, "d", "c", 0, text, Locator(LocatorKind.PAGE, 1, "page 1"), (), 0, len(text)), DOCUMENT, 1)


HITS = [hit(text) for text in PASSAGES]


def support_of(answer: str) -> list[int | None]:
    return [quote.hit_index for quote in attribute_answer(answer, HITS, HashingEmbedder(256))]


def test_a_supported_sentence_is_quoted_from_its_passage():
    (quote,) = attribute_answer("The light reactions take place in the thylakoid membrane.", HITS, HashingEmbedder(256))
    assert (quote.hit_index, quote.text) == (0, "The light reactions take place in the thylakoid membrane.")


def test_every_sentence_gets_its_own_verdict():
    answer = "The light reactions take place in the thylakoid membrane. Napoleon lost at Waterloo."
    assert support_of(answer) == [0, None]


def test_another_number_rules_support_out():
    assert support_of("A leaf has 2 kinds of chlorophyll.") == [1]
    assert support_of("A leaf has two kinds of chlorophyll.") == [1]
    assert support_of("A leaf has 3 kinds of chlorophyll.") == [None]


def test_a_negation_on_one_side_only_rules_support_out():
    assert support_of("Chlorophyll does not absorb green light.") == [1]
    assert support_of("Chlorophyll does absorb green light.") == [None]


def test_chinese_sentences_are_quoted_too():
    assert support_of("光反应在类囊体膜上进行。") == [2]
    assert support_of("叶绿素吸收绿光。") == [None]


def test_citation_marks_do_not_count_as_numbers():
    assert support_of("The light reactions take place in the thylakoid membrane [7].") == [0]


def test_an_answer_without_passages_has_no_quotes():
    assert [q.hit_index for q in attribute_answer("Leaves are green.", [], HashingEmbedder(64))] == [None]


def test_support_is_monotonic_in_overlap():
    assert all(weight >= 0 for weight in load_attribution_model().weights.values())


@given(st.text(alphabet=st.sampled_from("ab .!?。\n植物不2 The light"), max_size=80))
def test_a_quote_is_verbatim_and_its_sentence_lies_in_the_answer(answer):
    for quote in attribute_answer(answer, HITS, HashingEmbedder(64)):
        assert 0 <= quote.sentence_start < quote.sentence_end <= len(answer)
        assert 0 <= quote.score <= 1
        assert quote.text == "" if quote.hit_index is None else quote.text in PASSAGES[quote.hit_index]


def test_the_library_answers_as_a_langchain_vector_store(library):
    library.add("c", "leaf.md", b"# Leaf\n\nGreen light is reflected by leaves.\n")
    (found,) = CourseVectorStore(library, "c").as_retriever().invoke("green light")
    assert found.page_content == library.passage(found.id).text
    assert found.metadata["document"] == library.documents("c")[0].title
    with pytest.raises(NotImplementedError, match="Library.add"):
        CourseVectorStore(library, "c").add_texts(["text"])


QUESTION = "Where do the light reactions take place?"


def quote_for(answer: str, question: str) -> tuple[int | None, str]:
    (quote,) = attribute_answer(answer, HITS, HashingEmbedder(256), question)
    return quote.hit_index, quote.text


def test_a_short_answer_is_quoted_by_the_sentence_that_holds_it():
    assert quote_for("The thylakoid membrane.", QUESTION) == (0, PASSAGES[0].split(". ")[0] + ".")
    assert quote_for("2.", "How many kinds of chlorophyll has a leaf?") == (1, "A leaf has 2 kinds of chlorophyll.")


def test_a_short_answer_is_quoted_from_the_sentence_matching_the_question():
    first, second = "A leaf has 2 kinds of chlorophyll.", "Chlorophyll does not absorb green light."
    assert quote_for("Chlorophyll.", "What does not absorb green light?") == (1, second)
    assert quote_for("Chlorophyll.", "Of what does a leaf have 2 kinds?") == (1, first)


@pytest.mark.parametrize("answer", ["5.", "3.", "5 million.", "Y.", "S."])
def test_partial_numbers_and_words_are_not_support(answer: str):
    passages = [hit("The leaf's cells hold 3.5 million chloroplasts.")]
    assert [quote.hit_index for quote in attribute_answer(answer, passages, HashingEmbedder(256), "How many?")] == [
        None
    ]


@given(st.text(max_size=30), st.text(max_size=30), st.text(max_size=60))
def test_any_answer_to_any_question_gets_a_verdict_for_each_sentence(answer: str, question: str, passage: str):
    for quote in attribute_answer(answer, [hit(passage), *HITS], HashingEmbedder(16), question):
        assert quote.hit_index is None or quote.text


def test_a_short_answer_absent_from_passages_is_not_supported():
    assert quote_for("The mitochondria.", QUESTION) == (None, "")
    assert quote_for("The.", QUESTION) == (None, "")


def test_a_sentence_is_judged_without_its_question():
    assert quote_for("The light reactions take place in the dark.", QUESTION)[0] != 1
