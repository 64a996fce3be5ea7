"""A document is called what a reader of the course would call it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.catalog import MemoryCatalog
from knowledge.document_titles import infer_title, shown_titles, title_of_top_line
from knowledge.documents import Document, Locator, LocatorKind, Passage
from knowledge.embedding import HashingEmbedder
from knowledge.library import Library


def document(identity: str, title: str, name: str) -> Document:
    added = datetime(2026, 11, 23, tzinfo=UTC)
    return Document(identity, "c", name, title, identity, "text/markdown", 1, 1, (), added)


def passage(document_id: str, *heading: str) -> Passage:
    return Passage(
        f"p-{document_id}", document_id, "c", 0, "Text.", Locator(LocatorKind.SECTION, 1, "x"), heading, 0, 5
    )


@pytest.mark.parametrize(
    ("title", "name", "headings", "shown"),
    [
        ("Introduction", "ch02.md", [("Introduction",), ("Atoms",), ("Molecules",)], "Chapter 2 · Atoms, Molecules"),
        ("Introduction", "ch02-cell-membranes.md", [("Introduction",)], "Chapter 2 · Cell membranes"),
        ("Introduction", "Lecture_7.pdf", [], "Lecture 7 · Introduction"),
        ("Loops", "chapter-05.md", [("Loops",)], "Chapter 5 · Loops"),
        ("Chapter 5: Loops", "ch05.md", [], "Chapter 5: Loops"),
        ("引言", "第3章.docx", [("引言",), ("细胞膜",)], "第3章 · 细胞膜"),
        ("Overview", "scan_final.pdf", [("Overview",), ("Overview", "Enzymes")], "Enzymes"),
        ("ch04", "ch04.txt", [], "Chapter 4"),
        ("Chapter 5", "05.pdf", [("Chapter 5",), ("Chapter 5", "5.1 Membranes")], "Chapter 5 · Membranes"),
        ("week 4", "wk4_slides.pptx", [("week 4",)], "Week 4"),
        ("Glossary", "glossary.md", [("Glossary",), ("Glossary", "Xylem")], "Glossary"),
        ("Photosynthesis", "photosynthesis.md", [("Photosynthesis",)], "Photosynthesis"),
        ("Introduction", "a.md", [("Introduction",)], "Introduction"),
    ],
)
def test_a_title_that_only_opens_a_text_gives_way_to_one_that_names_it(title, name, headings, shown):
    assert infer_title(title, name, headings) == shown


@given(
    st.sampled_from(["Introduction", "Chapter 2", "", "ch02", "Cells", "引言", "Chapter 2 · Introduction", "2.1"]),
    st.sampled_from(["ch02.md", "intro.md", "第2章.md", "2.1.md", "week 3 cells.pdf"]),
    st.lists(st.sampled_from([("Introduction",), ("Atoms",), ("A", "Molecules"), ()]), max_size=3),
)
def test_a_title_once_found_is_kept(title, name, headings):
    found = infer_title(title, name, headings)
    assert found
    assert infer_title(found, name, headings) == found


def test_a_line_above_the_text_that_names_the_chapter_is_its_title():
    assert title_of_top_line("biology: chapter 3 The Cell. Free licence") == "Chapter 3 · The Cell"
    assert title_of_top_line("生物：第3章 细胞。许可") == "第3章 · 细胞"
    assert title_of_top_line("TODO: see chapter 3 for more") == ""


def test_documents_of_the_same_title_are_told_apart():
    documents = [
        document("1", "Networks", "net/a.md"),
        document("2", "Networks", "net/b.md"),
        document("3", "Networks", "other.md"),
    ]
    headings = {"1": [("Networks", "Routers")], "2": [("Networks",)], "3": [("Networks",)]}
    titles = shown_titles(documents, lambda: headings)
    assert titles["1"] == "Networks · Routers"
    assert len(set(titles.values())) == 3


def test_the_title_of_a_book_that_all_its_chapters_carry_gives_way_to_their_own():
    documents = [document("1", "Networks", "ch01.pdf"), document("2", "Networks", "ch02.pdf")]
    headings = {"1": [("Routers",)], "2": [("Switches",)]}
    assert list(shown_titles(documents, lambda: headings).values()) == ["Chapter 1 · Routers", "Chapter 2 · Switches"]


def test_documents_that_differ_in_nothing_are_numbered():
    documents = [document("1", "Notes", "Notes.md"), document("2", "Notes", "Notes.pdf")]
    assert shown_titles(documents, dict) == {"1": "Notes (1)", "2": "Notes (2)"}
    third = document("3", "Notes (1)", "Notes (1).pdf")
    assert shown_titles([*documents, third], dict) == {"1": "Notes (2)", "2": "Notes (3)", "3": "Notes (1)"}


def test_chapters_of_an_older_version_get_names_when_they_are_shown(tmp_path):
    catalog = MemoryCatalog()
    for number, topic in ((1, "Atoms"), (2, "Cells")):
        catalog.add(
            document(str(number), "Introduction", f"ch0{number}.md"),
            [passage(str(number), "Introduction"), passage(str(number), topic)],
        )
    library = Library(tmp_path, catalog, HashingEmbedder(64))
    assert [d.title for d in library.documents("c")] == ["Chapter 1 · Atoms", "Chapter 2 · Cells"]
    assert library.document("2").title == "Chapter 2 · Cells"
    assert [hit.document.title for hit in library.search("c", "text", threshold=0).hits] == ["Chapter 1 · Atoms"]


def test_a_hit_names_its_document_as_the_list_of_documents_does(tmp_path):
    library = Library(tmp_path, MemoryCatalog(), HashingEmbedder(256))
    library.add("c", "ch01.md", b"# Introduction\n\nWelcome.\n\n# Enzymes\n\nEnzymes speed reactions up.\n")
    library.add("c", "ch02.md", b"# Introduction\n\nHello.\n\n# Membranes\n\nMembranes surround cells.\n")
    titles = [document.title for document in library.documents("c")]
    assert titles == ["Chapter 1 · Enzymes", "Chapter 2 · Membranes"]
    assert library.search("c", "What do enzymes speed up?").hits[0].document.title == titles[0]


def test_a_passage_under_a_heading_that_names_nothing_is_placed_in_its_document(tmp_path):
    library = Library(tmp_path, MemoryCatalog(), HashingEmbedder(64))
    library.add(
        "c", "ch02.md", b"# Introduction\n\nWelcome to all of it.\n\n# Enzymes\n\nEnzymes speed reactions up.\n"
    )
    places = [library.place_name(passage.id) for passage in library.catalog.passages("c")]
    assert places == ["Chapter 2 · Enzymes › Introduction", "Enzymes"]
