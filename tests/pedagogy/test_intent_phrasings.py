"""What a message wants is told from its phrasing, in English and Chinese, by the fitted model that ships."""

from __future__ import annotations

import time

import pytest

from tutor.pedagogy.intents import Intent, classify_exercise_intent, classify_intent


@pytest.mark.parametrize(
    "question",
    [
        "Why do volcanoes erupt (see pages 12-14)?",
        "Chapter 5-6: how do glaciers move?",
        "What changed in Europe in 1848-1849?",
        "How does light of 500-600 nm reach the retina?",
        "What does the 80/20 rule say?",
        "In figure 3-2, why does the curve bend?",
        "What did the exercise of power mean to the king?",
        "第4-5章讲了什么？",
    ],
)
def test_ranges_references_years_and_wavelengths_make_no_exercise(question):
    assert classify_intent(question, question_open=False) in (Intent.QUESTION, Intent.DEFINITION)


@pytest.mark.parametrize(
    "task",
    [
        "Solve 4x - 3 = 13",
        "What is 17 * 3?",
        "A bus covers 180 km in 3 hours. How fast is it on average?",
        "Homework: describe the stages of meiosis",
        "Lena has 20 pens and gives 6 to Paul. How many are left?",
        "解方程 3x+4=19",
        "小李有20支笔，给了小张6支，还剩几支？",
    ],
)
def test_a_task_is_an_exercise(task):
    assert classify_intent(task, question_open=False) is Intent.EXERCISE


@pytest.mark.parametrize(
    ("message", "intent"),
    [
        ("could you put that more simply", Intent.EASIER),
        ("讲得通俗一点", Intent.EASIER),
        ("keep it short please", Intent.SHORTER),
        ("請簡短一些", Intent.SHORTER),
        ("can you rephrase this", Intent.REPHRASE),
        ("我还是没听懂", Intent.REPHRASE),
        ("please go on", Intent.MORE),
        ("再多讲一点", Intent.MORE),
        ("but why is that", Intent.WHY),
        ("為什麼會這樣", Intent.WHY),
        ("are you really sure?", Intent.DOUBT),
        ("你确定没错吗", Intent.DOUBT),
        ("which page is that from?", Intent.SOURCE),
        ("这是书里哪里写的", Intent.SOURCE),
        ("what was the first thing I asked?", Intent.RECALL),
        ("我一开始问了什么", Intent.RECALL),
        ("give me a recap of our conversation", Intent.RECAP),
        ("总结一下我们聊过的", Intent.RECAP),
        ("many thanks, that was great", Intent.SOCIAL),
        ("太好了，謝謝你", Intent.SOCIAL),
        ("see you tomorrow!", Intent.FAREWELL),
        ("下次见", Intent.FAREWELL),
    ],
)
def test_a_remark_on_the_conversation_is_told_from_a_question(message, intent):
    assert classify_intent(message, question_open=False) is intent


@pytest.mark.parametrize(
    ("answer", "question"),
    [
        ("how fast a wave moves", "how fast does a wave move?"),
        ("when two plates collide", "when do two plates collide?"),
        ("where the liver stores sugar", "where does the liver store sugar?"),
        ("what people pay for rent", "what do people pay for rent?"),
    ],
)
def test_an_answer_may_begin_like_a_question(answer, question):
    assert classify_intent(answer, question_open=True) is Intent.ANSWER
    assert classify_intent(question, question_open=True) is Intent.CLARIFY


def test_a_subject_alone_is_a_question():
    assert classify_intent("thermodynamics", question_open=False) is Intent.QUESTION


def test_reading_a_message_takes_a_few_milliseconds():
    classify_intent("warm up", question_open=False)
    started = time.perf_counter()
    for _ in range(20):
        classify_intent("Could you explain how vaccines protect the body in winter?", question_open=False)
    assert (time.perf_counter() - started) / 20 < 0.03


@pytest.mark.parametrize(
    "text",
    [
        "list Schacter's seven sins",
        "Name the lobes of the brain",
        "who was Freud",
        "列出五种感觉",
        "What is REM sleep?",
    ],
)
def test_a_question_about_something_else_is_no_answer_to_the_open_exercise(text: str):
    """A regression: each was graded as an answer to it."""
    exercise = "A researcher tests whether coffee improves memory. Which variable is the independent one?"
    assert classify_exercise_intent(text, exercise) in (Intent.QUESTION, Intent.DEFINITION)


@pytest.mark.parametrize(
    "text", ["what people spend on goods", "how a function calls itself", "to list the items in order"]
)
def test_an_answer_to_an_open_exercise_may_begin_like_a_question(text: str):
    assert classify_exercise_intent(text, "What is demand?") is Intent.ANSWER
