"""Exercises are read from messages, and their hints are right, get sharper and never contain the answer."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.domain import HelpLevel
from tutor.maths.linear_equation import EquationOperation, solve_equation
from tutor.maths.numbers import read_numbers
from tutor.pedagogy.exercise import has_same_solution, is_same_exercise, parse_exercise
from tutor.pedagogy.hint_text import HintContext, blank_out, hint_for_rung
from tutor.pedagogy.intents import Intent, classify_exercise_intent, classify_intent
from tutor.pedagogy.ladder import Ladder, Rung, climb
from tutor.pedagogy.similar_exercises import make_similar_equation

WORD_PROBLEM = (
    "Tickets cost 6 euros for adults and 4 euros for children. A group of 10 people pays 48 euros. "
    "How many adults are there?"
)
CONTEXT = HintContext(
    "Several steps", "The stroma is where sugar is built.", ("sugar", "built"), "the stroma", "x", "y"
)
numbers = st.integers(-9, 9)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Solve 5x - 8 = 27 and check your solution.", "7"),
        ("How do I solve $4(x + 2) = 2x + 18$?", "5"),
        ("解方程 2x+3=11", "4"),
        (r"Solve \frac{x}{2} + \frac{x}{3} = 10", "12"),
        ("2x = 7", "7/2"),
        ("What is 12*(7+3)?", "120"),
    ],
)
def test_solvable_exercises_get_a_key(text, key):
    assert parse_exercise(text).keys == (key,)


@pytest.mark.parametrize(
    "text", [WORD_PROBLEM, "Explain the stroma", "kx + 3 = 2x + 7", "x^2 = 4", "x = x", "Why is x = 5?", ""]
)
def test_unsolvable_exercises_have_no_key(text):
    assert parse_exercise(text).keys == ()


@given(a=numbers, b=numbers, c=numbers, d=numbers)
def test_each_solution_step_preserves_the_solution(a, b, c, d):
    equation = solve_equation(f"{a}x + {b} = {c}x + {d}".replace("+ -", "- "))
    if equation is None:
        assert a == c
        return
    assert Fraction(a) * equation.solution + b == Fraction(c) * equation.solution + d
    for step in equation.steps:
        left = solve_equation(step.result)
        assert left is not None and left.solution == equation.solution


def test_the_first_step_isolates_the_variable():
    steps = parse_exercise("Solve 5x - 8 = 27").equation.steps
    assert [(step.operation, step.operand, step.result) for step in steps] == [
        (EquationOperation.ADD, "8", "5x = 35"),
        (EquationOperation.DIVIDE, "5", "x = 7"),
    ]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    "text", ["Solve 5x - 8 = 27", "7x - 6 = 4x + 9", "2(x - 3) = 10", "x/3 = 8", WORD_PROBLEM, "homework: stroma"]
)
def test_hints_below_the_top_are_distinct_and_hide_the_answer(language, text):
    exercise, ladder, hints = parse_exercise(text), Ladder(HelpLevel.MODERATE), []
    for _ in range(6):
        ladder = climb(ladder)
        hint = hint_for_rung(exercise, ladder, CONTEXT, language)
        if not exercise.keys and ladder.rung is not Rung.SIMILAR:
            given = {m.value for m in read_numbers(text)} | {Fraction(1), Fraction(2)}  # [1], and 两 of 两边
            assert not {m.value for m in read_numbers(hint)} - given
        for key in exercise.keys:
            assert f"{exercise.equation.unknown} = {key}" not in hint
        hints.append(hint)
    assert len(set(hints)) == len(hints)


def test_only_a_high_help_course_gives_the_whole_solution():
    exercise = parse_exercise("Solve 5x - 8 = 27")
    assert "x = 7" in hint_for_rung(exercise, Ladder(HelpLevel.HIGH, Rung.ANSWER), HintContext(), "en")
    with pytest.raises(ValueError, match="above the top"):
        Ladder(HelpLevel.LOW, Rung.STEP)


@given(seed=st.integers(0, 500), kind=st.sampled_from([{}, {"easier": True}, {"harder": True}]))
@pytest.mark.parametrize(
    "text", ["5x - 8 = 27", "7x - 6 = 4x + 9", "2(x - 3) = 10", "x/3 = 8", "x + 7 = 12", "6x = 42"]
)
def test_a_similar_equation_never_has_the_same_solution(text, seed, kind):
    equation = solve_equation(text)
    assert make_similar_equation(equation, seed, **kind).solution != equation.solution


def test_the_missing_words_are_blanked_out():
    assert (
        blank_out("The Calvin cycle builds sugar from air.", ("sugar", "cycle"))
        == "The Calvin _____ builds _____ from air."
    )


def test_the_same_exercise_pasted_again_is_recognised():
    assert is_same_exercise("Solve 5x - 8 = 27", "please, just solve  5x-8=27 now!!")
    assert is_same_exercise(WORD_PROBLEM, f"{WORD_PROBLEM} My teacher allowed it.")
    assert is_same_exercise("How do I solve 27 = -8 + 5x?", "Solve 5x - 8 = 27")
    assert is_same_exercise("Solve 5x = 35", "Solve 5x - 8 = 27")  # a line of its working
    assert not is_same_exercise("Solve 5x - 8 = 27", "Solve 2x + 1 = 9")


def test_another_equation_with_the_same_solution_is_another_exercise():
    assert not is_same_exercise("Solve 4x + 1 = 29", "Solve 5x - 8 = 27")
    assert not is_same_exercise("解方程 2x - 3 = 11", "解方程 5x - 8 = 27")
    assert not is_same_exercise("Solve 10x - 16 = 54", "Solve 5x - 8 = 27")


def test_a_line_of_working_is_a_right_step_if_it_has_the_same_solution():
    equation = solve_equation("5x - 8 = 27")
    assert has_same_solution("5x = 35", equation) and has_same_solution("so 5x = 27 + 8", equation)
    assert not has_same_solution("5x = 19", equation) and not has_same_solution("x = 7", equation)


@pytest.mark.parametrize(
    ("message", "intent"),
    [
        ("what is x?", Intent.TELL_ME),
        ("just do it for me", Intent.TELL_ME),
        ("my teacher allowed it", Intent.TELL_ME),
        ("how do I start?", Intent.STUCK),
        ("下一步怎么做", Intent.STUCK),
        ("叶子为什么是绿色的？", Intent.QUESTION),
        ("What is a slope?", Intent.DEFINITION),
        ("Why do plants look green?", Intent.QUESTION),
        ("what does the task mean?", Intent.CLARIFY),
        ("x = 7", Intent.ANSWER),
        ("so 5x = 27 + 8?", Intent.ANSWER),
        ("Solve 2x + 1 = 9", Intent.EXERCISE),
        ("please solve it", Intent.TELL_ME),
    ],
)
def test_messages_during_an_open_exercise_are_classified(message, intent):
    assert classify_exercise_intent(message, "Solve 5x - 8 = 27") is intent


def test_a_word_problem_is_an_exercise():
    assert classify_intent(WORD_PROBLEM, question_open=False) is Intent.EXERCISE
    assert classify_intent("How many chloroplasts does a leaf cell have?", question_open=False) is Intent.QUESTION
