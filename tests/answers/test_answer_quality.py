"""An echo of the question, a few words and a broken sentence are no answers."""

from __future__ import annotations

import pytest

from tutor.answers.answer_quality import drop_unfinished, is_an_answer
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
    ],
)
def test_a_whole_sentence_with_something_new_is_an_answer(answer: str, question: str, form: AnswerForm):
    assert is_an_answer(answer, question, form)


def test_a_last_sentence_that_breaks_off_is_dropped():
    assert drop_unfinished("Ice is blue. It absorbs red li") == "Ice is blue."
    assert drop_unfinished("Ice absorbs red li") == ""
