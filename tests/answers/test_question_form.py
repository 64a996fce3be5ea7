"""What a question asks for decides the form of its answer, and which terms it is about."""

from __future__ import annotations

import pytest

from tutor.answers.question_form import AnswerForm, read_question


@pytest.mark.parametrize(
    ("question", "form", "terms"),
    [
        ("I always mix up fjords and moraines, which is which?", AnswerForm.COMPARISON, ("fjords", "moraines")),
        ("Aren't hail and sleet the same thing?", AnswerForm.COMPARISON, ("hail", "sleet")),
        ("hoarfrost vs. rime: I keep confusing these two", AnswerForm.COMPARISON, ("hoarfrost", "rime")),
        ("Whats a fjord?", AnswerForm.DEFINITION, ("fjord",)),
        ("In plain English: what is a fjord?", AnswerForm.DEFINITION, ("fjord",)),
        ("and what's a moraine then?", AnswerForm.DEFINITION, ("moraine",)),
        ("which four seasons does the valley have", AnswerForm.LIST, ()),
        ("In what order do the ice ages come?", AnswerForm.STEPS, ()),
        ("登山装备所依据的两个原则是什么？", AnswerForm.LIST, ()),
        ("How do I build an igloo? What do I need for it?", AnswerForm.STEPS, ()),
    ],
)
def test_a_question_in_words_of_its_own_is_read_too(question: str, form: AnswerForm, terms: tuple[str, ...]):
    read = read_question(question)
    assert (read.form, read.terms) == (form, terms)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Does a glacier move?", True),
        ("So is ice heavier than water?", True),
        ("冰川会移动吗？", True),
        ("Is ice white or blue?", False),  # it offers two things
        ("Why does a glacier move?", False),
        ("冰川怎么移动？", False),
    ],
)
def test_a_question_for_yes_or_no_is_told_apart(question: str, expected: bool):
    assert read_question(question).asks_whether is expected


@pytest.mark.parametrize(
    ("question", "form", "terms"),
    [
        ("What is a glacier?", AnswerForm.DEFINITION, ("glacier",)),
        ("Define the term base rate.", AnswerForm.DEFINITION, ("base rate",)),
        ("So what does moraine mean?", AnswerForm.DEFINITION, ("moraine",)),
        ("What is the law of demand?", AnswerForm.DEFINITION, ("law of demand",)),
        ("What are the three types of rock?", AnswerForm.LIST, ("rock",)),
        ("Which factors limit the growth of lichen?", AnswerForm.LIST, ()),
        ("Name two kinds of lichen.", AnswerForm.LIST, ("lichen",)),
        ("What types of joints are there?", AnswerForm.LIST, ("joints",)),
        ("List the stages of the water cycle.", AnswerForm.STEPS, ("water cycle",)),
        ("What is the difference between a fjord and a valley?", AnswerForm.COMPARISON, ("fjord", "valley")),
        ("How does weathering differ from erosion?", AnswerForm.COMPARISON, ("weathering", "erosion")),
        ("Compare a fjord with a valley.", AnswerForm.COMPARISON, ("fjord", "valley")),
        ("Why is glacier ice blue?", AnswerForm.CAUSE, ()),
        ("What causes an avalanche?", AnswerForm.CAUSE, ()),
        ("How does a glacier move?", AnswerForm.PROCESS, ()),
        ("How many glaciers are left?", AnswerForm.FACT, ()),
        ("Who named the ice age?", AnswerForm.FACT, ()),
        ("What is the function of the moraine?", AnswerForm.FACT, ()),
        ("Calculate the volume of the lake.", AnswerForm.CALCULATION, ()),
        ("什么是冰川？", AnswerForm.DEFINITION, ("冰川",)),
        ("请问冰碛是什么意思？", AnswerForm.DEFINITION, ("冰碛",)),
        ("岩石有哪些类型？", AnswerForm.LIST, ("岩石",)),
        ("水循环有哪些步骤？", AnswerForm.STEPS, ("水循环",)),
        ("风化和侵蚀有什么区别？", AnswerForm.COMPARISON, ("风化", "侵蚀")),
        ("为什么冰川是蓝色的？", AnswerForm.CAUSE, ()),
        ("冰川是怎样移动的？", AnswerForm.PROCESS, ()),
        ("冰川的作用是什么？", AnswerForm.LIST, ("冰川",)),
        ("What is in the photo of the glacier?", AnswerForm.FACT, ()),
    ],
)
def test_the_form_of_a_question_and_its_terms_are_read(question: str, form: AnswerForm, terms: tuple[str, ...]):
    asked = read_question(question)
    assert (asked.form, asked.terms) == (form, terms)
