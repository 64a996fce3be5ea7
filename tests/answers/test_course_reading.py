"""A course is read for the form of a question, beyond the passages that the search found first."""

from __future__ import annotations

import pytest

from knowledge.documents import SearchResult
from knowledge.library import Library
from tutor.answers.comparisons import with_delimiter_row
from tutor.answers.course_reading import CourseReader
from tutor.domain import Course, Person
from tutor.services import Services

RIVERS = b"""# Rivers

## Meanders

A meander is a bend of a river that grows with time. Water flows faster on the outer bank. Sand settles on the inner
bank.
An oxbow lake is left behind when the river cuts through a bend.

## Peripheral and central streams

The central stream is the deepest line of the current. The peripheral stream is the slow water along the banks.

## Speeds

| Place | Outer bank | Inner bank |
|---|---|---|
| Speed | fast | slow |
| Depth | deep | shallow |
"""


@pytest.fixture
def reader(services: Services, course: Course, instructor: Person) -> CourseReader:
    services.documents.ingest(instructor, course.id, "rivers.md", RIVERS)
    return CourseReader(services.library)


def found(reader: CourseReader, course: Course, question: str) -> SearchResult:
    return reader.library.search(course.id, question, 4)


def test_a_definition_is_found_although_the_search_found_other_passages(reader: CourseReader, course: Course):
    elsewhere = found(reader, course, "Why do leaves look green?")
    reading = reader.read(course.id, "What is a meander?", replace_hits(elsewhere), "en")
    assert [line.text for line in reading.quote] == ["A meander is a bend of a river that grows with time."]
    assert reading.is_sure


def replace_hits(result: SearchResult) -> SearchResult:
    return SearchResult(result.hits[:1], covered=False, confidence=0.1)


def test_subsections_are_the_items_of_a_list_but_not_the_steps_of_a_sequence(
    services: Services, reader: CourseReader, course: Course, instructor: Person
):
    kinds = "## Types of deltas\n\n### Bird's foot\n\nIt has long arms.\n\n### Arcuate\n\nIt has a round front.\n"
    services.documents.ingest(instructor, course.id, "deltas.md", f"# Deltas\n\n{kinds}".encode())
    for question, lines in (("What are the types of deltas?", 2), ("What are the steps of types of deltas?", 0)):
        reading = reader.read(course.id, question, found(reader, course, question), "en")
        assert len(reading.quote) == lines, question


def test_words_shared_by_two_compared_terms_are_given_to_both(reader: CourseReader, course: Course):
    question = "What is the difference between the peripheral and the central stream?"
    reading = reader.read(course.id, question, found(reader, course, question), "en")
    texts = " ".join(line.text for line in reading.quote)
    assert "slow water along the banks" in texts and "deepest line" in texts


def test_a_table_with_a_column_for_each_term_answers_a_comparison(reader: CourseReader, course: Course):
    question = "Compare the outer bank with the inner bank."
    reading = reader.read(course.id, question, found(reader, course, question), "en")
    assert len(reading.quote) == 1 and reading.quote[0].text.splitlines()[0].count("|") == 4


def test_nothing_is_quoted_in_another_language_than_the_answer(reader: CourseReader, course: Course):
    reading = reader.read(course.id, "What is a meander?", found(reader, course, "What is a meander?"), "zh")
    assert not reading.quote and not reading.closest and reading.evidence


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("| | Ice | Firn |\n| Age | old | young |", "| | Ice | Firn |\n| --- | --- | --- |\n| Age | old | young |"),
        ("| a \\| b | c |\n| d | e |", "| a \\| b | c |\n| --- | --- |\n| d | e |"),
        ("| a | b |\n|:--- | ---:|\n| c | d |", "| a | b |\n|:--- | ---:|\n| c | d |"),
    ],
)
def test_a_quoted_table_has_the_row_of_dashes_that_a_browser_needs(raw: str, shown: str):
    """A regression: a table of a document that marks its head otherwise was shown as lines with bars."""
    assert with_delimiter_row(raw) == shown


def test_the_passage_that_goes_on_in_the_section_is_read_too(
    services: Services, course: Course, instructor: Person, monkeypatch: pytest.MonkeyPatch
):
    """A regression: why prices jump stood in the next passage, which shares no word with the question."""
    filler = "Traders in many ports keep books on what they bought and sold in the years before. " * 13
    text = (
        f"# Trade\n\n## Spices\n\nSpice prices jump up and down. {filler}\n\nThis lies in storms: few ships came home."
    )
    services.documents.ingest(instructor, course.id, "trade.md", text.encode())
    reader = CourseReader(services.library)
    question = "Why do spice prices jump up and down?"
    found = services.library.search(course.id, question, 1)
    assert "storms" not in found.hits[0].passage.text
    monkeypatch.setattr(Library, "search", lambda *_args, **_options: found)
    read = reader.read(course.id, question, found, "en")
    assert any("storms" in hit.passage.text for hit in read.hits)
