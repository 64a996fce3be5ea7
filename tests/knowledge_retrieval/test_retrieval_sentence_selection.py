"""The sentences with the question's rare words are selected; a question about the whole passage selects all of it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.documents import Document, Hit, Locator, LocatorKind, Passage
from knowledge.languages.sentences import split_sentences
from knowledge.sentence_selection import select_sentences, select_top_p

DOCUMENT = Document("d", "c", "leaf.md", "Leaf", "", "text/markdown", 1, 2, (), datetime(2026, 11, 23, tzinfo=UTC))
LEAF = (
    "A leaf is green and flat. The light reactions take place in the thylakoid membrane. "
    "The Calvin cycle takes place in the stroma. Both need the leaf to be supplied with water."
)
WHERE = "Where does the Calvin cycle take place?"


def hit(text: str) -> Hit:
    return Hit(Passage(text, "d", "c", 0, text, Locator(LocatorKind.PAGE, 1, "page 1"), (), 0, len(text)), DOCUMENT, 1)


def test_only_the_sentence_with_the_question_words_is_selected():
    assert select_sentences(WHERE, [hit(LEAF)]) == "The Calvin cycle takes place in the stroma."


def test_words_are_weighted_by_rarity_among_the_hits():
    question, text = (
        "In the Calvin cycle, what does rubisco do?",
        "The Calvin cycle has three stages. Rubisco binds carbon.",
    )
    others = [hit(f"The Calvin cycle was {what}. The Calvin cycle is long.") for what in ("named", "drawn", "taught")]
    assert "Rubisco" not in select_sentences(question, [hit(text)])
    assert select_sentences(question, [hit(text), *others]) == "Rubisco binds carbon."


def test_chinese_sentences_are_selected_too():
    text = "叶子是绿色的。光反应在类囊体膜上进行。卡尔文循环在基质中进行。"
    assert select_sentences("卡尔文循环在哪里进行?", [hit(text)]) == "卡尔文循环在基质中进行。"


def test_without_shared_words_the_passage_stays_whole():
    assert select_sentences("Who won?", [hit(LEAF)]) == LEAF


@pytest.mark.parametrize("question", ["Explain leaves.", "Please explain leaves to me again", "What is a leaf?"])
def test_a_one_word_question_leaves_the_passage_whole(question):
    assert select_sentences(question, [hit(LEAF)]) == LEAF


def test_question_words_select_nothing():
    text = "This unit explains the Calvin cycle. The Calvin cycle needs carbon dioxide. It builds sugar in turns."
    assert "carbon" in select_sentences("Please explain the Calvin cycle.", [hit(text)])


def test_lists_tables_and_code_stay_whole():
    steps = "The Calvin cycle has steps:\n- carbon is bound.\n- sugar is made.\n- the acceptor comes back."
    table = "The Calvin cycle in numbers.\n| turn | sugar |\n| 1 | 0 |\n| 6 | 1 |"
    code = "The Calvin cycle as code.\n>>> turns = 6. Then print it.\n>>> print(turns)"
    for text in (steps, table, code):
        assert select_sentences("What is the Calvin cycle?", [hit(text)]) == text


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_the_best_sentence_is_always_selected(shares):
    chosen = select_top_p(shares)
    assert max(shares) in [shares[at] for at in chosen]
    assert min(shares[at] for at in chosen) >= max((s for at, s in enumerate(shares) if at not in chosen), default=0)
    assert chosen == sorted(chosen)


@given(st.lists(st.sampled_from(LEAF.split(". ")), min_size=1, max_size=6))
def test_selected_text_is_verbatim(parts):
    text = ". ".join(parts) + "."
    own = {text[a:b] for a, b in split_sentences(text)}
    read = select_sentences(WHERE, [hit(text)])
    assert {read[a:b] for a, b in split_sentences(read)} <= own
