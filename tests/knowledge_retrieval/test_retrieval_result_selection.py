"""A search returns no near-duplicates, and continues a passage that breaks off."""

from __future__ import annotations

import pytest

from knowledge.documents import Locator, LocatorKind, Passage
from knowledge.result_selection import is_continuation

LIGHT = (
    "Chlorophyll absorbs red and blue light in the leaf, while green light is reflected by it, so leaves look green."
)
OTHER = "The slope of a line is its rise divided by its run, and a flat line has the slope zero everywhere."


def texts(library, query, k=5):
    return [hit.passage.text for hit in library.search("c", query, k).hits]


def passage(ordinal: int, text: str, start: int) -> Passage:
    return Passage(
        f"p{ordinal}", "d", "c", ordinal, text, Locator(LocatorKind.PAGE, 1, "page 1"), (), start, start + len(text)
    )


def test_near_duplicate_slides_are_returned_once(library):
    library.add("c", "old.md", f"# Leaves\n\n{LIGHT}\n".encode())
    library.add("c", "new.md", f"# Leaves\n\n{LIGHT} Really.\n".encode())
    library.add("c", "lines.md", f"# Lines\n\n{OTHER}\n".encode())
    found = texts(library, "Why do leaves look green in the light of a line?")
    assert len([text for text in found if text.startswith("Chlorophyll")]) == 1
    assert OTHER in found


def test_a_split_table_is_rejoined(library):
    rows = "".join(f"| element {n} | {'metal ' * 6}weighs {n} grams |\n" for n in range(80))
    library.add("c", "table.md", f"# Elements\n\n| name | weight |\n|---|---|\n{rows}".encode())
    first, second = library.search("c", "name weight element 3", 2).hits
    assert first.passage.text.startswith("| name")
    assert second.passage.ordinal == first.passage.ordinal + 1


@pytest.mark.parametrize(
    ("head", "tail", "rest"),
    [
        ("Light is absorbed by the green", "pigment of the leaf.", True),
        ("Light is absorbed.", "pigment of the leaf.", False),
        ("Light is absorbed by", "Another section begins.", False),
        ("| a | b |", "| c | d |", True),
    ],
)
def test_a_passage_is_extended_where_a_sentence_or_table_was_cut(head, tail, rest):
    assert is_continuation(passage(0, head, 0), passage(1, tail, len(head) + 1)) is rest


def test_separate_tables_are_not_joined():
    assert not is_continuation(passage(0, "| a |", 0), passage(1, "| b |", 7))


def test_the_coverage_threshold_is_the_callers(library):
    library.add("c", "leaves.md", f"# Leaves\n\n{LIGHT}\n".encode())
    assert library.search("c", "Who won the war?", threshold=0.0).covered
    strict = library.search("c", "Why do leaves look green?", threshold=1.0)
    assert not strict.covered
    assert strict.hits
