"""Glossary entries, questions of a FAQ and codes are found by their own names, each under its own heading."""

from __future__ import annotations

import pytest

from knowledge.catalog import MemoryCatalog
from knowledge.library import Library

GLOSSARY = b"""# Glossary

## Sextant

An instrument for angles between a star and the horizon.

## Astrolabe

A disc on which heights of stars are read.

## Gnomon

The part of a sundial that throws the shadow.
"""
CODES = b"""# Error codes

## E-2714-K

The pump runs dry; fill the tank.

## E-2741-K

The lid is open; close it.

## E-2741-L

The filter is full; change it.
"""
FAQ = b"""<html><body><h1>Questions</h1>
<h2>Where do we meet?</h2><p>In the old library.</p>
<h2>Who may take part?</h2><p>Everybody.</p>
<h2>What does it cost?</h2><p>Nothing at all.</p></body></html>"""


@pytest.fixture(scope="module")
def library(embedder, tmp_path_factory):
    library = Library(tmp_path_factory.mktemp("index"), MemoryCatalog(), embedder)
    for name, data in (("glossary.md", GLOSSARY), ("codes.md", CODES), ("faq.html", FAQ)):
        library.add("c", name, data)
    return library


@pytest.mark.parametrize(
    ("question", "heading"),
    [
        ("What is an astrolabe?", "Astrolabe"),
        ("What does gnomon mean?", "Gnomon"),
        ("sextant", "Sextant"),
        ("What does E-2741-K mean?", "E-2741-K"),
        ("E-2741-L", "E-2741-L"),
        ("Error E-2714-K", "E-2714-K"),
        ("Where do we meet?", "Where do we meet?"),
        ("Who may take part?", "Who may take part?"),
        ("What does it cost?", "What does it cost?"),
    ],
)
def test_a_short_section_is_found_by_its_name(library, question, heading):
    result = library.search("c", question)
    assert result.covered
    assert result.hits[0].passage.heading[-1] == heading
    assert result.hits[0].passage.locator.label == f"section {heading}"
