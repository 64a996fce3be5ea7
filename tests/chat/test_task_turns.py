"""Turns about mathematical tasks: hints and checks of their own kind, in the language of the task."""

from __future__ import annotations

import pytest

from tutor.pedagogy.dialogue_moves import Move


@pytest.mark.parametrize(
    ("task", "wrong", "right"),
    [
        ("Factor x² + 5x + 6", "(x+1)(x+6)", "(x+3)(x+2)"),
        ("Solve the system x + y = 10, x - y = 2", "x=4, y=6", "x=6, y=4"),
        ("Find the mean of 3, 5, 7", "4", "5"),
        ("What is 15 % of 80?", "120", "12"),
        ("Differentiate 3x^2", "3x", "6x"),
        ("Solve 2x + 3 > 11", "x < 4", "x > 4"),
        ("What is the slope of the line through (1,2) and (4,0)?", "2/3", "-2/3"),
    ],
)
def test_a_task_is_hinted_at_graded_and_followed_by_a_fresh_one_of_its_kind(say, engine, task, wrong, right):
    assert say(task).guidance.move == Move.HINT
    refused = say(wrong)
    assert refused.guidance.move == Move.HINT and refused.answer.startswith("Not yet.")
    confirmed = say(right)
    assert confirmed.guidance.move == Move.CONFIRM and confirmed.answer.startswith("Yes, that is right")
    assert confirmed.guidance.exercise and confirmed.guidance.exercise != task
    assert say("I don't know").guidance.move == Move.HINT
    assert engine.requests == []


def test_a_task_in_chinese_is_answered_in_chinese_even_to_a_bare_number(say):
    assert say("求 3, 5, 7, 9 的平均数").answer.startswith("题目：")
    assert "还不对" in say("4").answer or "Not yet" not in say("5").answer
    assert say("6").answer.startswith("对，")


def test_the_first_wrong_line_is_named(say):
    say("Expand (x+2)(x-5)")
    turn = say("x^2 - 5x + 2x - 10\nx^2 - 7x - 10")
    assert "“x^2 - 7x - 10”" in turn.answer and turn.guidance.move == Move.HINT


def test_a_right_value_in_another_form_is_not_finished(say):
    say("Factor x² + 5x + 6")
    turn = say("x^2 + 2x + 3x + 6")
    assert turn.guidance.move == Move.COMPLETE and "factored further" in turn.answer


def test_a_new_task_replaces_the_open_one_and_a_question_does_not(say):
    say("Factor x² + 5x + 6")
    assert say("Find the median of 4, 9, 2").guidance.exercise == "Find the median of 4, 9, 2"
    assert say("4").guidance.move == Move.CONFIRM
