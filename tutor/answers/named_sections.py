"""Finds sections that a question names: every word of the heading is one of the question's. Pure.

"What stages of sleep do I pass through at night?" is answered in the section "Stages of Sleep", whose first sentences
may have few of these words.
"""

from __future__ import annotations

from collections.abc import Sequence

from knowledge.documents import Passage
from knowledge.languages.scripts import has_han
from knowledge.lexical import tokenize
from knowledge.passage_roles import heading_role, teaches
from knowledge.query_rewriting import content_terms

MIN_HEADING_TERMS = 2
MAX_SECTIONS, MAX_PASSAGES = 2, 2  # sections, and passages of each


def find_named_sections(question: str, passages: Sequence[Passage]) -> tuple[Passage, ...]:
    """Return the first passages of the sections whose headings the question has whole, the longest headings first."""
    asked = _terms(question)
    sections: dict[tuple[str, ...], list[Passage]] = {}
    for one in passages:
        if one.heading:
            sections.setdefault((one.document_id, *one.heading), []).append(one)
    named = []
    for (_document, *heading), found in sections.items():
        terms = _terms(next((title for title in reversed(heading) if heading_role(title) is None), ""))
        if len(terms) >= MIN_HEADING_TERMS and terms <= asked and teaches(heading, found[0].text):
            named.append((len(terms), found[:MAX_PASSAGES]))
    named.sort(key=lambda one: -one[0])
    return tuple(one for _size, found in named[:MAX_SECTIONS] for one in found)


def _terms(text: str) -> set[str]:
    """Return the terms of a text; of Chinese those of two characters."""
    return {term for term in content_terms(text) if len(term) > 1 or not has_han(term)} & set(tokenize(text))
