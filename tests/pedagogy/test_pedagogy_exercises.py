"""Exercises read from messages, and the hints built for them: right, sharper each time, and never the answer."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.domain import HelpLevel
from tutor.maths.numbers import read_numbers
from tutor.pedagogy.exercise import Undo, keeps_solution, read_exercise, same_exercise, solve
from tutor.pedagogy.hint_text import Ground, another, gapped, rung_text
from tutor.pedagogy.intents import Intent, read_beside, read_intent
from tutor.pedagogy.ladder import Ladder, Rung, climb

STORY = (
    "Tickets cost 6 euros for adults and 4 euros for children. A group of 10 people pays 48 euros. "
    "How many adults are there?"
)
GROUND = Ground("Several steps", "The stroma is where sugar is built.", ("sugar", "built"), "the stroma", "x", "y")
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
def test_what_can_be_worked_out_is(text, key):
    assert read_exercise(text).keys == (key,)


@pytest.mark.parametrize(
    "text", [STORY, "Explain the stroma", "kx + 3 = 2x + 7", "x^2 = 4", "x = x", "Why is x = 5?", ""]
)
def test_what_cannot_be_worked_out_has_no_key(text):
    assert read_exercise(text).keys == ()


@given(a=numbers, b=numbers, c=numbers, d=numbers)
def test_each_step_of_a_solution_keeps_it(a, b, c, d):
    equation = solve(f"{a}x + {b} = {c}x + {d}".replace("+ -", "- "))
    if equation is None:
        assert a == c
        return
    assert Fraction(a) * equation.solution + b == Fraction(c) * equation.solution + d
    for step in equation.steps:
        left = solve(step.leaves)
        assert left is not None and left.solution == equation.solution


def test_the_first_step_undoes_what_stands_in_the_way():
    steps = read_exercise("Solve 5x - 8 = 27").equation.steps
    assert [(step.undo, step.operand, step.leaves) for step in steps] == [
        (Undo.ADD, "8", "5x = 35"),
        (Undo.DIVIDE, "5", "x = 7"),
    ]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    "text", ["Solve 5x - 8 = 27", "7x - 6 = 4x + 9", "2(x - 3) = 10", "x/3 = 8", STORY, "homework: stroma"]
)
def test_no_hint_below_the_answer_holds_it_and_each_is_another(language, text):
    exercise, ladder, said = read_exercise(text), Ladder(HelpLevel.MODERATE), []
    for _ in range(6):
        ladder = climb(ladder)
        hint = rung_text(exercise, ladder, GROUND, language)
        if not exercise.keys and ladder.rung is not Rung.SIMILAR:
            given = {m.value for m in read_numbers(text)} | {Fraction(1), Fraction(2)}  # [1], and 两 of 两边
            assert not {m.value for m in read_numbers(hint)} - given
        for key in exercise.keys:
            assert f"{exercise.equation.unknown} = {key}" not in hint
        said.append(hint)
    assert len(set(said)) == len(said)


def test_only_a_high_help_course_reaches_the_whole_solution():
    exercise = read_exercise("Solve 5x - 8 = 27")
    assert "x = 7" in rung_text(exercise, Ladder(HelpLevel.HIGH, Rung.ANSWER), Ground(), "en")
    with pytest.raises(ValueError, match="above the top"):
        Ladder(HelpLevel.LOW, Rung.STEP)


@given(seed=st.integers(0, 500), kind=st.sampled_from([{}, {"easier": True}, {"harder": True}]))
@pytest.mark.parametrize(
    "text", ["5x - 8 = 27", "7x - 6 = 4x + 9", "2(x - 3) = 10", "x/3 = 8", "x + 7 = 12", "6x = 42"]
)
def test_a_fresh_equation_never_has_the_solution_of_the_one_at_hand(text, seed, kind):
    equation = solve(text)
    assert another(equation, seed, **kind).solution != equation.solution


def test_a_sentence_loses_its_point():
    assert (
        gapped("The Calvin cycle builds sugar from air.", ("sugar", "cycle"))
        == "The Calvin _____ builds _____ from air."
    )


def test_the_same_exercise_pasted_again_is_recognised():
    assert same_exercise("Solve 5x - 8 = 27", "please, just solve  5x-8=27 now!!")
    assert same_exercise(STORY, f"{STORY} My teacher allowed it.")
    assert not same_exercise("Solve 5x - 8 = 27", "Solve 2x + 1 = 9")


def test_a_line_of_working_is_a_right_step_if_it_keeps_the_solution():
    equation = solve("5x - 8 = 27")
    assert keeps_solution("5x = 35", equation) and keeps_solution("so 5x = 27 + 8", equation)
    assert not keeps_solution("5x = 19", equation) and not keeps_solution("x = 7", equation)


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
def test_what_a_message_is_beside_an_open_exercise(message, intent):
    assert read_beside(message, "Solve 5x - 8 = 27") is intent


def test_a_story_with_numbers_and_a_question_is_an_exercise():
    assert read_intent(STORY, question_open=False) is Intent.EXERCISE
    assert read_intent("How many chloroplasts does a leaf cell have?", question_open=False) is Intent.QUESTION
