"""Raised and lowered characters keep their meaning: 10²³ never becomes 1023, and marks of notes are told apart."""

from __future__ import annotations

import pytest
from hostile_files import epub_of
from sample_documents import read_text

from knowledge.lexical import tokenize
from knowledge.parsing.runs import Run, join_runs


@pytest.mark.parametrize(
    ("runs", "text"),
    [
        ((Run("10"), Run("-", 1), Run("9", 1), Run(" m")), "10⁻⁹ m"),
        ((Run("SO"), Run("4", -1), Run("2−", 1)), "SO₄²⁻"),
        ((Run("v"), Run("max", -1), Run(" rises")), "v_{max} rises"),
        ((Run("e"), Run("x", 1), Run(", ")), "e^x, "),
        ((Run("x"), Run("i", -1), Run("y")), "x_{i}y"),
        ((Run("the 3"), Run("rd", 1), Run(" step")), "the 3rd step"),
        ((Run("Acme"), Run("TM", 1)), "Acme™"),
        ((Run("25"), Run("o", 1), Run("C")), "25°C"),
        ((Run("14", 1), Run("C dates wood")), "¹⁴C dates wood"),
        ((Run("as shown"), Run("[3, 4]", 1), Run(".")), "as shown."),
        ((Run("Prices "), Run("including all taxes", 1)), "Prices including all taxes"),
    ],
)
def test_the_height_of_characters_is_written_down(runs, text):
    assert join_runs(runs) == text


def test_pronunciation_follows_the_whole_word_that_it_stands_above():
    assert join_runs([Run("光", reading="guāng"), Run("能", reading="néng"), Run("。")]) == "光能(guāng néng)。"


def test_a_web_page_keeps_powers_and_formulas():
    page = "<p>The speed is 3 × 10<sup>8</sup> m s<sup>−1</sup> in glass of SiO<sub>2</sub>.</p>"
    assert read_text("light.html", page.encode()) == "The speed is 3 × 10⁸ m s⁻¹ in glass of SiO₂."


def test_a_style_sheet_may_raise_text():
    page = """<html><head><style>.up { vertical-align: super } .down { vertical-align: sub }</style></head>
    <body><p>A leaf of 20 cm<span class="up">2</span> gives O<span class="down">2</span>.</p></body></html>"""
    assert read_text("leaf.html", page.encode()) == "A leaf of 20 cm² gives O₂."


@pytest.mark.parametrize(
    "mark",
    [
        '<sup><a href="#note4">4</a></sup>',
        '<a href="chapter.xhtml#n4"><sup>4</sup></a>',
        '<a role="doc-noteref" href="#n4">4</a>',
        "<sup>[4]</sup>",
    ],
)
def test_the_mark_of_a_note_is_not_a_power(mark):
    assert read_text("wall.html", f"<p>The wall weighs 5{mark} kg.</p>".encode()) == "The wall weighs 5 kg."


def test_a_book_keeps_powers_and_drops_the_marks_of_its_notes():
    chapter = '<html><body><p>About 10<sup>9</sup> cells<a epub:type="noteref" href="#a">1</a> live.</p></body></html>'
    assert read_text("cells.epub", epub_of(chapter)) == "About 10⁹ cells live."


def test_markdown_keeps_powers_of_html_and_of_pandoc():
    text = "Area 4 m<sup>2</sup>, 10^6^ cells, H~2~O; roughly ~5 or ~6, and x^2+y^2 is no script.\n"
    expected = "Area 4 m², 10⁶ cells, H₂O; roughly ~5 or ~6, and x^2+y^2 is no script."
    assert read_text("powers.md", text.encode()) == expected


def test_a_note_of_markdown_is_a_paragraph_and_its_mark_is_left_out():
    text = "Water boils at 100 °C.[^sea]\n\n[^sea]: At sea level.\n[^b]: Measured\n"
    assert read_text("water.md", text.encode()) == "Water boils at 100 °C.\nAt sea level.\nMeasured"


def test_a_search_finds_powers_and_formulas_however_they_are_typed():
    assert tokenize("6 × 10²³ H₂O") == tokenize("6 × 10^23 H2O")
