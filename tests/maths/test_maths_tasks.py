"""Mathematical tasks: recognised from a message, their own solution is right, other answers are not."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutor.locales import CATALOGS, t
from tutor.maths.tasks.catalog import KINDS, generate_task, recognise_task
from tutor.maths.tasks.task import Check, Task, TaskKind, Wording

seeds = st.integers(0, 10_000)
VARIANTS = [(kind.name, variant) for kind in KINDS for variant in kind.variants]


def said(wording: Wording, language: str) -> str:
    return t(language, wording.key, **dict(wording.fields))


def task(text: str) -> Task:
    found = recognise_task(text)
    assert found is not None, text
    return found


@pytest.mark.parametrize(("kind", "variant"), VARIANTS)
@given(seed=seeds)
@settings(max_examples=15, deadline=None)
def test_a_generated_task_is_read_back_in_each_language_and_its_solution_is_right(
    kind: TaskKind, variant: str, seed: int
) -> None:
    made = generate_task(kind, seed, variant)
    assert made.kind is kind
    for language in CATALOGS:
        again = task(said(made.prompt, language))
        assert (again.kind, again.answer.texts) == (made.kind, made.answer.texts)
        assert all(said(step.instruction, language) for step in made.steps)
    assert made.answer.check(made.answer.texts[0]) is Check.RIGHT
    assert made.steps[-1].result.endswith(made.answer.texts[0])


@pytest.mark.parametrize(("kind", "variant"), VARIANTS)
@given(seed=seeds, other=seeds)
@settings(max_examples=15, deadline=None)
def test_the_answer_of_another_task_is_not_right(kind: TaskKind, variant: str, seed: int, other: int) -> None:
    one, two = generate_task(kind, seed, variant), generate_task(kind, other, variant)
    if one.answer.texts[0] != two.answer.texts[0]:
        assert one.answer.check(two.answer.texts[0]) is not Check.RIGHT


@pytest.mark.parametrize(
    ("text", "kind", "right", "wrong"),
    [
        ("Solve 5x - 8 = 27", "linear", ["x = 7", "7", "7/1"], ["8", "x = -7"]),
        (
            "Solve x^2 - 5x + 6 = 0",
            "quadratic",
            ["x=2 or x=3", "{2, 3}", "3 and 2", "x1 = 2, x2 = 3"],
            ["2, 4", "x = 6"],
        ),
        ("Find the roots of x² - 2", "quadratic", ["±√2", "x = √2 or x = -√2", "1.41 and -1.41"], ["2 and -2", "±1.5"]),
        ("Solve x^2 + x + 4 = 0", "quadratic", ["no real solution", "无实数解", "none"], ["x = 1"]),
        (
            "Solve the system x + y = 10, x - y = 2",
            "system",
            ["x=6, y=4", "(6, 4)", "y = 4 and x = 6"],
            ["x=4, y=6", "(4, 6)"],
        ),
        (
            "Factor x² + 5x + 6",
            "factor",
            ["(x+2)(x+3)", "(x + 3)(x + 2)", "(-x-2)(-x-3)"],
            ["(x+1)(x+6)", "(x-2)(x-3)"],
        ),
        ("Expand (x+2)(x-5)", "expand", ["x^2 - 3x - 10", "x² - 10 - 3x"], ["x^2 - 7x - 10", "x^2 + 3x - 10"]),
        ("Simplify (x^2-9)/(x-3)", "simplify", ["x+3", "3 + x"], ["x - 3", "x"]),
        ("Simplify 12/18", "fraction", ["2/3"], ["3/4", "6"]),
        ("Calculate 3/4 + 1/6", "fraction", ["11/12"], ["4/10", "10/12"]),
        ("What is 15 % of 80?", "percent", ["12", "12.0", "= 12"], ["120", "12 %"]),
        ("12 is what percent of 80?", "percent", ["15", "15 %", "0.15"], ["0.15 %", "20"]),
        ("Simplify √50", "power", ["5√2", "5*sqrt(2)"], ["2√5", "25√2"]),
        ("Calculate 27^(2/3)", "power", ["9"], ["18", "3"]),
        ("Calculate log_2(8)", "logarithm", ["3"], ["4", "2.5"]),
        ("Solve 2^x = 10", "logarithm", ["x = 3.32", "ln(10)/ln(2)", "3.3219"], ["5", "3.5"]),
        ("Solve -2x + 3 < 11", "inequality", ["x > -4", "-4 < x", "(-4, ∞)"], ["x < -4", "x ≥ -4", "x > 4"]),
        ("Solve x^2 - 4 >= 0", "inequality", ["x <= -2 or x >= 2", "(-∞, -2] ∪ [2, ∞)"], ["-2 <= x <= 2", "x >= 2"]),
        ("Find the slope of the line through (1,2) and (4,0)", "line", ["-2/3", "m = -2/3", "-0.67"], ["2/3", "-3/2"]),
        (
            "Find the equation of the line through (1,3) and (2,5)",
            "line",
            ["y = 2x + 1", "2x - y = -1"],
            ["y = 2x - 1"],
        ),
        ("Differentiate 3x^2", "derivative", ["6x", "f'(x) = 6x", "x*6"], ["6", "3x", "6x^2"]),
        ("Differentiate x^2 + 3sin x", "derivative", ["2x + 3cos x", "3cos(x) + 2x"], ["2x - 3cos x"]),
        ("Integrate 3x^2", "integral", ["x^3 + C", "x^3", "C + x³"], ["x^3/3 + C", "6x", "3x^3 + C"]),
        ("Integrate 2x from 0 to 3", "integral", ["9"], ["6", "9.5"]),
        ("Find the mean of 3, 5, 7", "statistics", ["5", "mean = 5"], ["6", "4"]),
        ("Find the mode of 2, 3, 3, 5, 5", "statistics", ["3 and 5", "5, 3"], ["2", "3, 5, 2"]),
        ("Find the first quartile of 1, 2, 3, 4, 5, 6, 7", "statistics", ["2"], ["3", "1"]),
        ("Find the standard deviation of 2, 4, 4, 4, 5, 5, 7, 9", "statistics", ["2", "2.14", "2.1381"], ["4", "2.5"]),
        (
            "A fair die is rolled. What is the probability of rolling an even number?",
            "probability",
            ["1/2", "0.5", "50%", "3/6"],
            ["1/3", "5%"],
        ),
        ("Convert 2.5 km to m", "conversion", ["2500", "2500 m", "2.5e3 m", "250000 cm"], ["250", "25 m"]),
        ("因式分解 x^2+5x+6", "factor", ["(x+2)(x+3)"], ["(x+1)(x+6)"]),
        ("求 3, 5, 7 的平均数", "statistics", ["5", "答案是5"], ["6"]),
        ("80 的 15% 是多少？", "percent", ["12", "是12"], ["15"]),
        ("求导 3x^2", "derivative", ["6x"], ["3x"]),
        ("解方程组 x + y = 10, x - y = 2", "system", ["x=6，y=4"], ["x=4，y=6"]),
    ],
)
def test_any_equivalent_form_is_right_and_other_values_are_wrong(
    text: str, kind: str, right: list[str], wrong: list[str]
) -> None:
    found = task(text)
    assert found.kind.value == kind
    assert [found.answer.check(answer) for answer in right] == [Check.RIGHT] * len(right)
    checks = [found.answer.check(answer) for answer in wrong]
    assert Check.RIGHT not in checks and checks.count(Check.WRONG) >= len(wrong) - 1


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Factor 2x^2 + 10x + 12", "(2x+4)(x+3)"),
        ("Factor x² + 5x + 6", "x² + 2x + 3x + 6"),
        ("Expand (x+2)(x-5)", "x^2 - 5x + 2x - 10"),
        ("Simplify 12/18", "6/9"),
        ("Simplify √50", "√50"),
        ("Find the mean of 3, 5, 7", "15/3"),
        ("Solve x^2 - 5x + 6 = 0", "x = 2"),
        ("Solve the system x + y = 10, x - y = 2", "x = 6"),
        ("What is 15 % of 80?", "0.15 * 80"),
    ],
)
def test_the_right_value_in_another_form_is_unfinished(text: str, answer: str) -> None:
    assert task(text).answer.check(answer) is Check.UNFINISHED


@pytest.mark.parametrize("answer", ["no idea", "the cat", "a number", "?", "(x+2", ""])
@pytest.mark.parametrize("text", ["Factor x² + 5x + 6", "Find the mean of 3, 5, 7", "Solve x² = 9", "Solve 2x > 4"])
def test_what_cannot_be_read_is_neither_right_nor_wrong(text: str, answer: str) -> None:
    assert task(text).answer.check(answer) is Check.UNREADABLE


def test_a_quartile_by_another_rule_is_left_open() -> None:
    """1 to 5: the halves without the median give 1.5, with it 2."""
    quartile = task("Find the first quartile of 1, 2, 3, 4, 5").answer
    assert quartile.check("1.5") is Check.RIGHT
    assert quartile.check("2") is Check.UNREADABLE


@pytest.mark.parametrize(
    "text",
    [
        "What is the mean?",
        "What is the slope of a line?",
        "Factor analysis reduces many variables to a few.",
        "How do I factor?",
        "Simplify it",
        "Expand on this",
        "What is 5?",
        "Explain how to factor x^2 + 5x + 6 and why it works with 2 and 3",
        "The mean of 3, 5, 7 is 5.",
        "Why is 15 % of 80 the same as 80 % of 15?",
        "Convert the sentence to the passive",
        "Convert 3 apples to pears",
        "What is a derivative?",
        "Solve world hunger",
        "In 1990, 15% of 80 countries had no vote. What is the reason?",
        "A shop sells 15 shirts for 80 euros. What is the mean price?",
        "Find the mean",
        "什么是平均数？",
        "平均数和中位数有什么区别？",
        "(x+2)(x+3)",
        "x = 6, y = 4",
        "Calculate the area of a circle with radius 3",
        "Find the range of f(x) = x^2",
        "What is the probability of rain?",
        "What is the standard deviation of the sampling distribution in chapter 7?",
        "Integrate the two theories of 1905 and 1915",
        "Compare x^2 and 2^x",
        "Prove that x^2 + 5x + 6 = (x+2)(x+3)",
    ],
)
def test_what_is_no_task_of_these_kinds_is_not_taken_for_one(text: str) -> None:
    assert recognise_task(text) is None


@pytest.mark.parametrize(
    "text", ["a " * 200, "find " * 80, "1, " * 130, "(" * 400, "求" * 400, "what is the mean of " * 20]
)
def test_a_long_message_is_read_at_once(text: str) -> None:
    start = time.perf_counter()
    recognise_task(text)
    assert time.perf_counter() - start < 1.0
