"""Of the best passage those sentences are read that hold the question's rare words; a question that fits all, all."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.documents import Document, Hit, Locator, Passage, Place
from knowledge.sentence_selection import likeliest, selected
from knowledge.sentences import sentences

DOCUMENT = Document("d", "c", "leaf.md", "Leaf", "", "text/markdown", 1, 2, (), datetime(2026, 11, 23, tzinfo=UTC))
LEAF = (
    "A leaf is green and flat. The light reactions take place in the thylakoid membrane. "
    "The Calvin cycle takes place in the stroma. Both need the leaf to be supplied with water."
)
WHERE = "Where does the Calvin cycle take place?"


def hit(text: str) -> Hit:
    return Hit(Passage(text, "d", "c", 0, text, Locator(Place.PAGE, 1, "page 1"), (), 0, len(text)), DOCUMENT, 1, 1, 1)


def test_the_sentence_with_the_question_s_words_is_read_and_its_neighbours_are_not():
    assert selected(WHERE, [hit(LEAF)]) == "The Calvin cycle takes place in the stroma."


def test_a_word_counts_by_its_rarity_among_the_passages_found():
    question, text = (
        "In the Calvin cycle, what does rubisco do?",
        "The Calvin cycle has three stages. Rubisco binds carbon.",
    )
    others = [hit(f"The Calvin cycle was {what}. The Calvin cycle is long.") for what in ("named", "drawn", "taught")]
    assert "Rubisco" not in selected(question, [hit(text)])
    assert selected(question, [hit(text), *others]) == "Rubisco binds carbon."


def test_chinese_sentences_are_selected_too():
    text = "叶子是绿色的。光反应在类囊体膜上进行。卡尔文循环在基质中进行。"
    assert selected("卡尔文循环在哪里进行?", [hit(text)]) == "卡尔文循环在基质中进行。"


def test_a_question_without_a_word_of_the_passage_leaves_it_whole():
    assert selected("Who won?", [hit(LEAF)]) == LEAF


@pytest.mark.parametrize("question", ["Explain leaves.", "Please explain leaves to me again", "What is a leaf?"])
def test_a_question_about_one_word_leaves_the_passage_whole(question):
    assert selected(question, [hit(LEAF)]) == LEAF


def test_words_that_only_ask_select_nothing():
    text = "This unit explains the Calvin cycle. The Calvin cycle needs carbon dioxide. It builds sugar in turns."
    assert "carbon" in selected("Please explain the Calvin cycle.", [hit(text)])


def test_lists_tables_and_code_are_read_as_a_whole():
    steps = "The Calvin cycle has steps:\n- carbon is bound.\n- sugar is made.\n- the acceptor comes back."
    table = "The Calvin cycle in numbers.\n| turn | sugar |\n| 1 | 0 |\n| 6 | 1 |"
    code = "The Calvin cycle as code.\n>>> turns = 6. Then print it.\n>>> print(turns)"
    for text in (steps, table, code):
        assert selected("What is the Calvin cycle?", [hit(text)]) == text


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_the_best_sentence_is_always_read_and_a_worse_one_never_instead_of_a_better(shares):
    chosen = likeliest(shares)
    assert max(shares) in [shares[at] for at in chosen]
    assert min(shares[at] for at in chosen) >= max((s for at, s in enumerate(shares) if at not in chosen), default=0)
    assert chosen == sorted(chosen)


@given(st.lists(st.sampled_from(LEAF.split(". ")), min_size=1, max_size=6))
def test_what_is_read_is_the_passage_s_own_sentences(parts):
    text = ". ".join(parts) + "."
    own = {text[a:b] for a, b in sentences(text)}
    read = selected(WHERE, [hit(text)])
    assert {read[a:b] for a, b in sentences(read)} <= own
