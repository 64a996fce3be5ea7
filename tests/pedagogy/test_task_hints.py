"""Hints for mathematical tasks: of their own kind, one step at a time, never the answer before the last rung."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutor.domain import HelpLevel
from tutor.locales import CATALOGS
from tutor.maths.tasks.catalog import KINDS, generate_task, recognise_task
from tutor.maths.tasks.task import TaskKind
from tutor.pedagogy.exercise import is_same_exercise, parse_exercise, sets_task
from tutor.pedagogy.hint_text import HintContext, hint_for_rung
from tutor.pedagogy.ladder import Ladder, Rung
from tutor.pedagogy.task_answers import Progress, judge_message
from tutor.pedagogy.task_hints import say, shows_answer, similar_task_example, task_hint

VARIANTS = [(kind.name, variant) for kind in KINDS for variant in kind.variants]


@pytest.mark.parametrize(("kind", "variant"), VARIANTS)
@given(seed=st.integers(0, 10_000))
@settings(max_examples=8, deadline=None)
def test_no_hint_below_the_last_rung_contains_the_answer(kind: TaskKind, variant: str, seed: int) -> None:
    task = generate_task(kind, seed, variant)
    for language in CATALOGS:
        for rung in (Rung.GAP, Rung.QUESTION):
            assert not shows_answer(task_hint(task, Ladder(HelpLevel.MODERATE, rung), language), task, language)
        for sharpness in range(len(task.steps) + 2):
            hint = task_hint(task, Ladder(HelpLevel.MODERATE, Rung.STEP, sharpness), language)
            assert hint
            assert not shows_answer(hint, task, language), hint


@pytest.mark.parametrize(("kind", "variant"), VARIANTS)
@given(seed=st.integers(0, 10_000))
@settings(max_examples=3, deadline=None)
def test_the_parallel_example_has_another_answer(kind: TaskKind, variant: str, seed: int) -> None:
    task = generate_task(kind, seed, variant)
    hint = task_hint(task, Ladder(HelpLevel.MODERATE, Rung.SIMILAR), "en")
    worked = [line for line in hint.splitlines() if line[:1].isdigit()]
    assert worked[-1].rpartition("→ ")[2] != task.answer.texts[0]


@pytest.mark.parametrize(("kind", "variant"), VARIANTS)
def test_the_parallel_example_is_of_the_same_kind_and_worked_to_its_end(kind: TaskKind, variant: str) -> None:
    task = generate_task(kind, 1, variant)
    example = similar_task_example(task, "en")
    asked, *steps = [line for line in example.splitlines() if line]
    problem = asked.removeprefix("A similar task: ")
    found = recognise_task(problem)
    assert found is not None and found.kind is kind and (variant == "none" or found.variant == variant)
    assert steps[-1].endswith(found.answer.texts[0])
    assert say(task.prompt, "en").rstrip(".") != problem.rstrip(".")


def test_the_steps_come_one_by_one() -> None:
    exercise = parse_exercise("Find the median of 9, 2, 4")
    hints = [hint_for_rung(exercise, Ladder(HelpLevel.MODERATE, Rung.STEP, n), HintContext(), "en") for n in range(3)]
    assert "Put the values in order" in hints[0] and "middle" not in hints[0]
    assert "2, 4, 9" in hints[1] or "The number of values is odd" in hints[1]
    assert "last step" in hints[2]


@pytest.mark.parametrize(
    ("task", "working", "line"),
    [
        ("Solve x^2 - 5x + 6 = 0", "(x - 2)(x - 3) = 0\nx = 2 or x = -3", ""),
        ("Solve x^2 - 5x + 6 = 0", "(x - 1)(x - 6) = 0\nx = 1 or x = 6", "(x - 1)(x - 6) = 0"),
        ("Expand (x+2)(x-5)", "x^2 - 5x + 2x - 10\nx^2 - 7x - 10", "x^2 - 7x - 10"),
        ("Solve the system x + y = 10, x - y = 2", "2x = 12\nx = 5\ny = 5", "x = 5"),
        ("Find the mean of 3, 5, 7", "3 + 5 + 7 = 16\n16/3 = 5.33", "3 + 5 + 7 = 16"),
        ("What is 15 % of 80?", "0.15 * 80 = 12\n12", ""),
    ],
)
def test_the_first_line_that_does_not_hold_is_named(task: str, working: str, line: str) -> None:
    found = parse_exercise(task).task
    assert found is not None
    assert judge_message(found, working).wrong_line == line


@pytest.mark.parametrize(
    ("task", "message", "progress"),
    [
        ("Solve x^2 - 5x + 6 = 0", "(x-2)(x-3) = 0", Progress.RIGHT_STEP),
        ("Solve x^2 - 5x + 6 = 0", "(x-1)(x-6) = 0", Progress.WRONG),
        ("Find the mean of 3, 5, 7", "3 + 5 + 7 = 15", Progress.RIGHT_STEP),
        ("Find the mean of 3, 5, 7", "15", Progress.WRONG),
        ("Find the mean of 3, 5, 7", "3 + 5 + 7 = 15\n15 / 3 = 5", Progress.SOLVED),
        ("Factor x² + 5x + 6", "x² + 2x + 3x + 6", Progress.UNFINISHED),
        ("Factor x² + 5x + 6", "I have no plan", Progress.UNREADABLE),
        ("Factor x² + 5x + 6", "it is (x+2)(x+3)!", Progress.SOLVED),
    ],
)
def test_a_right_step_is_told_from_the_answer(task: str, message: str, progress: Progress) -> None:
    found = parse_exercise(task).task
    assert found is not None
    assert judge_message(found, message).progress is progress


def test_a_task_is_the_same_in_other_words() -> None:
    assert is_same_exercise("Please factor x^2 + 5x + 6.", "Factor x² + 5x + 6")
    assert not is_same_exercise("Factor x^2 + 5x + 6", "Factor x^2 + 6x + 5")


def test_a_bare_formula_sets_no_task() -> None:
    assert sets_task("Factor x^2 + 5x + 6") and sets_task("因式分解 x^2+5x+6")
    assert not sets_task("3/4 + 1/6") and not sets_task("log_2(8)")
