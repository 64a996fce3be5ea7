"""What an author emphasised is kept beside the text, in every format that marks it."""

from __future__ import annotations

from typing import Any

import pytest
from sample_documents import word_file

from knowledge.chunking import chunk_document
from knowledge.parsing.sandbox import parse

MARKDOWN = b"""# Ice

A **moraine** is rubble. Old snow is called *firn (neve)*; <u>ice tongues</u> float. **It is never really quick.**

- **Snout**: where the ice ends
- Water

**A paragraph in bold**
"""
WEB_PAGE = b"""<h1><b>Ice</b></h1><p>A <strong>moraine</strong> is rubble. Old snow is called <i>firn (neve)</i>;
<dfn>ice tongues</dfn> float. <b>It is never really quick.</b></p>
<ul><li><b>Snout</b>: where the ice ends</li><li>Water</li></ul><p><b>A paragraph in bold</b></p>"""


def _word(document: Any) -> None:
    paragraph = document.add_paragraph("A ")
    for text, emphasised in [
        ("moraine", "bold"),
        (" is rubble. Old snow is called ", ""),
        ("firn", "italic"),
        (" (neve)", "italic"),
        ("; ", ""),
        ("ice tongues", "underline"),
        (" float. ", ""),
        ("It is never really quick.", "bold"),
    ]:
        run = paragraph.add_run(text)
        if emphasised:
            setattr(run, emphasised, True)
    item = document.add_paragraph("", style="List Bullet")
    item.add_run("Snout").bold = True
    item.add_run(": where the ice ends")
    document.add_paragraph("").add_run("A paragraph in bold").bold = True


@pytest.mark.parametrize(
    ("name", "data"), [("ice.md", MARKDOWN), ("ice.html", WEB_PAGE), ("ice.docx", word_file(_word))]
)
def test_short_emphasised_pieces_are_key_terms_of_the_passage_and_sentences_and_whole_paragraphs_are_none(name, data):
    passages = chunk_document(parse(name, data), "document", "course")
    terms = [term for passage in passages for term in passage.key_terms]
    assert terms == ["moraine", "firn (neve)", "ice tongues", "Snout"]
    assert all(term in passage.text for passage in passages for term in passage.key_terms)


def test_a_term_belongs_to_the_passages_that_contain_it():
    filler = "Rivers of ice move a hand's breadth a day and grind the ground below them to flour. " * 12
    text = f"# Ice\n\nA **moraine** is rubble. {filler}\n\n{filler} The **snout** is the end."
    passages = chunk_document(parse("ice.md", text.encode()), "document", "course")
    assert len(passages) > 1
    assert passages[0].key_terms == ("moraine",) and passages[-1].key_terms == ("snout",)


def test_a_chinese_clause_in_bold_is_no_key_term():
    text = "# 冰\n\n**冰川**（glacier）是冰体。**冰川在自身的重力作用下缓慢地向低处移动**，这很重要。"
    (passage,) = chunk_document(parse("ice.md", text.encode()), "document", "course")
    assert passage.key_terms == ("冰川",)
