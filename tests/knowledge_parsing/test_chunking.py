"""Passages are exact stretches of the document, of a size that can be found and cited."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.chunking import MAX_TABLE_WORDS, MAX_WORDS, chunk_document, count_words, document_text
from knowledge.documents import Block, Locator, LocatorKind, ParsedDocument

SENTENCE = "Chlorophyll absorbs red and blue light best, e.g. in the leaves of a plant."


def document(*blocks: Block) -> ParsedDocument:
    return ParsedDocument("Light", "text/plain", blocks, 1)


def section_on_page(number: int, text: str, *heading: str) -> Block:
    return Block(text, Locator(LocatorKind.PAGE, number, f"page {number}"), heading)


pieces = st.lists(
    st.sampled_from([*"aB. !?。，；:|`\n-", "光合", "word ", "e.g. ", "x" * 90, SENTENCE + " "]), max_size=60
)
texts = pieces.map("".join).map(str.strip).filter(bool)
places = st.builds(lambda p, n: Locator(p, n, f"{p} {n}"), st.sampled_from(LocatorKind), st.integers(1, 3))
headings = st.sampled_from([(), ("A",), ("A", "B"), ("C",)])
documents = st.lists(st.builds(Block, texts, places, headings), min_size=1, max_size=12).map(lambda b: document(*b))


@given(documents)
@settings(deadline=None, max_examples=150)
def test_passages_partition_the_text_exactly(parsed):
    text, at = document_text(parsed), 0
    for passage in chunk_document(parsed, "doc", "course"):
        assert text[passage.start : passage.end] == passage.text != ""
        assert text[at : passage.start].strip() == ""
        at = passage.end
    assert text[at:].strip() == ""


@given(documents)
@settings(deadline=None, max_examples=50)
def test_the_same_document_gives_the_same_ids_and_no_id_twice(parsed):
    ids = [passage.id for passage in chunk_document(parsed, "doc", "course")]
    assert ids == [passage.id for passage in chunk_document(parsed, "doc", "course")]
    assert len(set(ids)) == len(ids)


@given(documents)
@settings(deadline=None, max_examples=100)
def test_no_passage_is_larger_than_a_table_may_be(parsed):
    assert all(
        count_words(passage.text) <= max(MAX_WORDS * 1.4, MAX_TABLE_WORDS)
        for passage in chunk_document(parsed, "d", "c")
    )


def test_a_long_text_is_cut_into_even_passages_at_sentences():
    passages = chunk_document(document(section_on_page(1, " ".join([SENTENCE] * 40))), "d", "c")
    assert all(120 <= count_words(p.text) <= 220 for p in passages)
    assert all(p.text.endswith("plant.") for p in passages)


def test_chinese_passages_have_three_to_four_and_a_half_hundred_characters():
    passages = chunk_document(document(section_on_page(1, "植物在光下把二氧化碳和水变成糖和氧气。" * 100)), "d", "c")
    assert all(250 <= len(p.text) <= 450 for p in passages)
    assert all(p.text.endswith("。") for p in passages)


def test_a_passage_stays_on_its_page():
    passages = chunk_document(document(section_on_page(1, SENTENCE), section_on_page(2, SENTENCE)), "d", "c")
    assert [p.locator.label for p in passages] == ["page 1", "page 2"]


def test_a_sentence_that_runs_over_the_page_is_kept_whole_on_the_page_where_it_begins():
    passages = chunk_document(
        document(
            section_on_page(1, "The Calvin cycle uses"), section_on_page(2, "the energy of light. It makes sugar.")
        ),
        "d",
        "c",
    )
    assert passages[0].text == "The Calvin cycle uses\n\nthe energy of light."
    assert passages[0].locator.label == "page 1"
    assert passages[1].text == "It makes sugar."


def test_small_sections_of_one_page_share_a_passage():
    passages = chunk_document(
        document(section_on_page(1, "1 Light", "1 Light"), section_on_page(1, SENTENCE, "2 Dark")), "d", "c"
    )
    assert len(passages) == 1


def test_a_table_is_kept_whole():
    table = "\n".join(f"| stage {n} | where it happens in the leaf of the plant |" for n in range(25))
    passages = chunk_document(
        document(
            section_on_page(1, f"{SENTENCE} " * 12), section_on_page(1, table), section_on_page(1, f"{SENTENCE} " * 12)
        ),
        "d",
        "c",
    )
    assert any(table in passage.text for passage in passages)


def in_section(number: int, text: str, *heading: str) -> Block:
    return Block(text, Locator(LocatorKind.SECTION, number, f"section {heading[-1]}"), heading)


def headings_of(*blocks: Block) -> list[tuple[str, ...]]:
    return [passage.heading for passage in chunk_document(document(*blocks), "d", "c")]


def test_a_section_of_two_words_is_a_passage_under_its_own_heading():
    headings = headings_of(
        in_section(1, "On the third of May.", "FAQ", "When is the exam?"),
        in_section(2, "Two examiners.", "FAQ", "Who marks it?"),
        in_section(3, SENTENCE * 3, "FAQ", "What is asked?"),
    )
    assert headings == [("FAQ", "When is the exam?"), ("FAQ", "Who marks it?"), ("FAQ", "What is asked?")]


def test_entries_of_a_glossary_on_one_page_keep_their_headings():
    headings = headings_of(
        section_on_page(1, "Stoma", "Glossary", "Stoma"),
        section_on_page(1, "A pore in the skin of a leaf.", "Glossary", "Stoma"),
        section_on_page(1, "Xylem", "Glossary", "Xylem"),
        section_on_page(1, "Tissue that carries water upwards.", "Glossary", "Xylem"),
    )
    assert headings == [("Glossary", "Stoma"), ("Glossary", "Xylem")]


def test_a_lead_in_belongs_to_the_subsection_that_it_leads_to():
    passages = chunk_document(
        document(
            in_section(1, "Some words of this unit:", "Glossary"),
            in_section(2, SENTENCE * 3, "Glossary", "Chlorophyll"),
        ),
        "d",
        "c",
    )
    assert [(p.locator.label, p.heading) for p in passages] == [("section Chlorophyll", ("Glossary", "Chlorophyll"))]


def test_a_section_without_anything_to_read_is_no_passage_of_its_own():
    headings = headings_of(
        in_section(1, SENTENCE, "Light", "Colours"), in_section(2, "Exercise.\nExercise.", "Light", "Colours", "Try it")
    )
    assert headings == [("Light", "Colours")]


def test_questions_in_a_section_share_no_passage_with_what_it_teaches():
    questions = "1. Which colours does chlorophyll absorb?\n2. Why do leaves look green?"
    passages = chunk_document(
        document(in_section(1, SENTENCE, "Light"), in_section(1, questions, "Light"), in_section(1, SENTENCE, "Light")),
        "d",
        "c",
    )
    assert [passage.text for passage in passages] == [SENTENCE, questions, SENTENCE]


def test_aims_without_a_heading_of_their_own_share_no_passage_with_what_teaches():
    """A regression: the aims of a section were quoted as its list of functions."""
    aims = section_on_page(1, "By the end of this section, you will be able to:", "Light")
    listed = section_on_page(1, "- Explain the functions of light\n- Draw a leaf", "Light")
    passages = chunk_document(document(aims, listed, section_on_page(1, SENTENCE * 3, "Light")), "doc", "course")
    assert [passage.text.startswith("By the end") for passage in passages] == [True, False]
    assert "Draw a leaf" in passages[0].text and passages[1].text == SENTENCE * 3
