"""A quote is found on its page although typesetting has changed how the words look."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.highlight import Box, find_quote, fold_text, merge_boxes_by_line

QUOTE = "The efficient final stage sits in the folded inner membrane."


@pytest.mark.parametrize(
    "page",
    [
        "The efficient final stage sits in the folded inner membrane.",
        "The e\ufb03cient \ufb01nal stage\nsits in the folded inner mem-\nbrane.",
        "THE EFFICIENT  FINAL STAGE SITS IN THE FOLDED INNER MEM\u00adBRANE .",
    ],
)
def test_line_breaks_hyphens_ligatures_and_case_do_not_count(page: str):
    match = find_quote(fold_text("Before it. " + page + " After it."), QUOTE)
    assert match.share == 1
    ((start, end),) = match.spans
    marked = ("Before it. " + page)[start:end]
    assert marked.lower().startswith("the e") and marked.lower().endswith("brane")


def test_separate_accents_do_not_count():
    assert find_quote(fold_text("Barlas Og\u0306uz"), "Barlas Oğuz").share == 1


def test_a_quote_is_marked_on_both_sides_of_a_formula():
    match = find_quote(
        fold_text("Its energy is E2 squared mc and it grows with mass."), "Its energy is mc and it grows with mass."
    )
    assert 0.5 < match.share <= 1 and len(match.spans) >= 1


def test_words_that_are_not_on_the_page_are_not_marked():
    assert find_quote(fold_text("Chloroplasts catch light and store its energy in sugar."), QUOTE).spans == ()
    assert find_quote(fold_text("anything"), "…").spans == ()


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=80), st.text(max_size=40), st.text(max_size=40))
def test_a_quote_on_the_page_is_found_completely(quote: str, before: str, after: str):
    if fold_text(quote).text:
        match = find_quote(fold_text(before + quote + after), quote)
        assert match.share == 1 and all(0 <= a < b <= len(before + quote + after) for a, b in match.spans)


def test_characters_of_a_line_become_one_box_and_a_column_another():
    row = [Box(0.1 + 0.01 * n, 0.2, 0.11 + 0.01 * n, 0.22) for n in range(10)]
    other_column, next_line = Box(0.6, 0.2, 0.61, 0.22), Box(0.1, 0.24, 0.11, 0.26)
    assert len(merge_boxes_by_line([*row, other_column, next_line])) == 3


def test_a_quote_with_raised_and_lowered_characters_is_found_on_the_printed_page():
    page = "a mole has 6.022 x 1023 particles at vmax"
    match = find_quote(fold_text(page), "6.022 x 10²³ particles at v_{max}")
    assert match.share == 1
