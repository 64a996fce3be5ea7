"""Text cleaning is idempotent and never fails; bytes that are not text are never decoded."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_documents import read_text

from knowledge.parsing.decoding import decode
from knowledge.parsing.layout import Dehyphenator, LayoutLine
from knowledge.parsing.page_furniture import remove_headers_footers
from knowledge.parsing.text_cleaning import clean_code, clean_text, format_table, join_lines


@given(st.text(st.characters()))
def test_cleaning_is_idempotent(text):
    assert clean_text(clean_text(text)) == clean_text(text)


@given(st.text(st.characters()))
def test_clean_text_can_be_stored_and_has_nothing_invisible(text):
    cleaned = clean_text(text) + clean_code(text)
    cleaned.encode("utf-8")
    assert not set(cleaned) & {"\x00", "\u200b", "\u202e", "\ufeff", "\U000e0041"}


@given(st.binary(max_size=300))
def test_decoding_never_fails(data):
    text = decode(data)
    assert text is None or isinstance(text, str)


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("e\ufb03cient \ufb02ow", "efficient flow"),
        ("\u2f08\u4eec", "\u4eba\u4eec"),  # a Kangxi radical in the place of the character
        ("cafe\u0301", "caf\u00e9"),
        ("soft\u00adhyphen", "softhyphen"),
        ("tag\U000e0041\U000e0042s", "tags"),
        ("x\u00b2 \u2260 \u210c", "x\u00b2 \u2260 \u210c"),  # what means something is not folded
    ],
)
def test_letters_and_symbols_are_preserved(raw, shown):
    assert clean_text(raw) == shown


def test_lines_of_chinese_join_without_a_space():
    assert (
        join_lines(["\u690d\u7269\u7684", "\u53f6\u5b50", "and", "roots"]) == "\u690d\u7269\u7684\u53f6\u5b50 and roots"
    )


def test_a_pipe_in_a_cell_does_not_split_it():
    assert format_table([["a|b", "c\nd"]]) == "| a\\|b | c d |"


def line(text: str, top: float = 700, hyphen: bool = False) -> LayoutLine:
    return LayoutLine(text, 72, top - 12, 400, top, 12, hyphen=hyphen)


def test_the_rest_of_the_document_decides_about_a_hyphen():
    known = [line("a dual-encoder"), line("the framework")]
    words = Dehyphenator([*known, line("one dual", hyphen=True), line("encoder frame", hyphen=True), line("work")])
    assert words.join_lines([line("one dual", hyphen=True), line("encoder frame", hyphen=True), line("work")]) == (
        "one dual-encoder framework"
    )


def test_running_headers_are_removed_and_unique_lines_kept():
    pages = [
        [
            line("Biology", 800),
            *(line(f"{word} number {n}", 700 - 14 * n) for n in range(5)),
            line(f"Page {number}", 30),
        ]
        for number, word in enumerate(["cells", "roots", "leaves", "stems"], 7)
    ]
    remaining = [[x.text for x in page] for page in remove_headers_footers(pages)]
    assert remaining == [[f"{word} number {n}" for n in range(5)] for word in ["cells", "roots", "leaves", "stems"]]


def test_a_definition_list_of_markdown_is_a_term_and_what_it_means():
    text = "# Words\n\nfirn\n: old snow that has outlasted a summer\n^\n\nIce is cold.\n"
    assert read_text("a.md", text.encode()).splitlines()[0] == "firn: old snow that has outlasted a summer"


def test_notes_and_tabs_of_mkdocs_are_read_as_text_and_listings_stay_as_they_are():
    """A regression: their text was read as a listing, and their marks as sentences."""
    text = """# Heaps

!!! tip "Keep in mind"

    A heap is a tree.

    - It has a root.

=== "Python"

    ```python
    push(1)
        !!! note
    ```

=== "<1>"
    The root leaves first.

After all.
"""
    read = read_text("a.md", text.encode())
    assert read.splitlines()[0] == "Keep in mind"
    assert "\nA heap is a tree.\n- It has a root.\nPython\n" in read
    assert "```python\npush(1)\n    !!! note\n```" in read
    assert "===" not in read and "<1>" not in read and read.endswith("The root leaves first.\nAfter all.")


def test_code_that_looks_like_a_note_stays_code_and_an_indented_listing_a_listing():
    read = read_text("a.md", b"# Code\n\n```js\nif (a\n=== b) {}\n```\n\n    indented()\n\nText.")
    assert "=== b" in read and "```\nindented()\n```" in read
