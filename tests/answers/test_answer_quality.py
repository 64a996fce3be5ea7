"""An echo of the question, a few words and a broken sentence are no answers."""

from __future__ import annotations

import pytest

from tutor.answers.answer_quality import (
    count_prose_sentences,
    drop_unfinished,
    is_an_answer,
    is_fragment,
    names_both,
)
from tutor.answers.question_form import AnswerForm

WHY = "Why is glacier ice blue?"


@pytest.mark.parametrize(
    ("answer", "question", "form"),
    [
        ("Why is glacier ice blue?", WHY, AnswerForm.CAUSE),
        ("The ice of a glacier is blue.", WHY, AnswerForm.CAUSE),
        ("It is very old.", WHY, AnswerForm.CAUSE),
        ("Red light.", WHY, AnswerForm.CAUSE),
        ("Ice absorbs red light more strongly than blue light, so the", WHY, AnswerForm.CAUSE),
        ("", WHY, AnswerForm.FACT),
        ("冰川是冰川。", "什么是冰川？", AnswerForm.DEFINITION),
        ("A glacier turns a lot of snow into ice.", "How many layers does a glacier have?", AnswerForm.FACT),
        ("冰川把雪变成冰。", "冰川有多少层？", AnswerForm.FACT),
        ("Ice forms in three steps:\n\n1. Snow falls and stays.", "How does ice form?", AnswerForm.STEPS),
        ("Snow stays. It turns to ice in these steps:", "How does ice form?", AnswerForm.PROCESS),
        ("冰川有三个带：堆积带。", "冰川有哪几个带？", AnswerForm.LIST),
        ("The main factor is the one in shortest supply.", "Which factors limit melting?", AnswerForm.LIST),
        ("Yes, a glacier moves on its own.", "Does a glacier move on its own?", AnswerForm.FACT),
        ("是的，冰川自己会移动。", "冰川自己会移动吗？", AnswerForm.FACT),
        ("A glacier is white and blue.", "Is a glacier white or blue?", AnswerForm.FACT),
    ],
)
def test_what_says_no_more_than_the_question_or_breaks_off_is_no_answer(answer: str, question: str, form: AnswerForm):
    assert not is_an_answer(answer, question, form)


@pytest.mark.parametrize(
    ("answer", "question", "form"),
    [
        ("Ice absorbs red light more strongly than blue light.", WHY, AnswerForm.CAUSE),
        ("It was named by Schimper.", "Who named the ice age?", AnswerForm.FACT),
        ("冰川是在重力作用下移动的巨大冰体。", "什么是冰川？", AnswerForm.DEFINITION),
        # Regressions: short answers that repeat the question were taken for none, and a worse sentence was quoted.
        ("A hanging glacier is a glacier that ends at a cliff.", "What is a hanging glacier?", AnswerForm.DEFINITION),
        ("Melting under a glacier can flood a valley.", "Why is melting under a glacier bad?", AnswerForm.CAUSE),
        ("floor(5.9) gives 5.", "What does floor(5.9) give?", AnswerForm.CALCULATION),
        ("Glaciers are mostly white.", "Are glaciers mostly white or blue?", AnswerForm.FACT),
        ("A glacier has twenty-one layers.", "How many layers does a glacier have?", AnswerForm.FACT),
        ("它的层数有三个。", "冰川有多少层？", AnswerForm.FACT),
        ("A rope has three uses: to, from, and on.", "Which three uses does a rope have?", AnswerForm.LIST),
        ("Wind and warm rain limit how fast ice can melt.", "Which factors limit melting?", AnswerForm.LIST),
        ("Yes, under its own weight.", "Does a glacier move on its own?", AnswerForm.FACT),
        ("冰期是 Louis Agassiz 提出的。", "冰期是谁提出的？", AnswerForm.FACT),
        ("冰川大多是白的。", "冰川大多是白的还是蓝的？", AnswerForm.FACT),
    ],
)
def test_a_whole_sentence_with_something_new_is_an_answer(answer: str, question: str, form: AnswerForm):
    assert is_an_answer(answer, question, form)


def test_a_last_sentence_that_breaks_off_is_dropped():
    assert drop_unfinished("Ice is blue. It absorbs red li") == "Ice is blue."
    assert drop_unfinished("Ice absorbs red li") == ""


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Passing electrons on.", True),
        ("They pass electrons on.", False),
        ("- Fixation.", False),
        ("2 ATP remain.", False),
        ("E = mc.", False),
        ("它传递电子。", False),
    ],
)
def test_a_few_words_of_prose_are_a_fragment(sentence: str, expected: bool):
    assert is_fragment(sentence) is expected


@pytest.mark.parametrize(
    ("answer", "terms", "expected"),
    [
        ("Firn is old snow, and ice has no air.", ("firn", "ice"), True),
        ("Firn is old snow.", ("firn", "ice"), False),
        ("A hanging glacier ends at a cliff.", ("a hanging glacier", "a valley glacier"), False),
        ("= sets a value; == compares two.", ("=", "=="), True),
        ("= sets a value.", ("=", "=="), False),
        ("冰川在动，雪不动。", ("冰川", "雪"), True),
        ("冰川在动。", ("冰川", "雪"), False),
    ],
)
def test_a_comparison_names_both(answer: str, terms: tuple[str, str], expected: bool):
    assert names_both(answer, terms) is expected


def test_the_items_of_a_list_are_no_sentences_of_prose():
    """A regression: a list was cut after its third item."""
    assert count_prose_sentences("It has parts:\n\n1. Snow.\n2. Firn.\n3. Ice.\n\nAll of them melt.") == 2
    assert count_prose_sentences("- Snow.\n- Firn.") == 0
