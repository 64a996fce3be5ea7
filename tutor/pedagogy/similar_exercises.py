"""Fresh exercises of the same kind as a given one, with another solution. Pure; one seed always gives one exercise."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from functools import partial

from tutor.maths.linear_equation import Equation, EquationOperation, solve_equation
from tutor.maths.tasks.catalog import similar_tasks
from tutor.maths.tasks.task import Task
from tutor.pedagogy.exercise import parse_exercise

_INTEGER = re.compile(r"(?<![\d.^])\d+(?![\d.])")  # no power, no part of a decimal
_SMALL_NUMBERS = (2, 3, 4, 5, 6, 7, 8, 9)
_ARITHMETIC_SEEDS = range(1, 5)


def make_similar_equation(equation: Equation, seed: int, *, easier: bool = False, harder: bool = False) -> Equation:
    """Return an equation that begins with the same operation; `easier` has one step, `harder` x on both sides."""
    x = equation.unknown
    value = next(Fraction(n) for n in _rotate(_SMALL_NUMBERS, seed) if Fraction(n) != equation.solution)
    a, b, c = _rotate(_SMALL_NUMBERS, seed + 3)[:3]
    first = equation.steps[0].operation
    if easier or (len(equation.steps) == 1 and first in (EquationOperation.ADD, EquationOperation.SUBTRACT)):
        text = f"{x} + {b} = {value + b}"
    elif harder:
        text = f"{a}({x} + {b}) = {c}{x} + {a * (value + b) - c * value}"
    elif first is EquationOperation.MULTIPLY:
        text = f"{x}/{a} = {value}"
    elif first is EquationOperation.EXPAND:
        text = f"{a}({x} + {b}) = {a * (value + b)}"
    elif first is EquationOperation.COLLECT:
        text = f"{a + c}{x} - {b} = {c}{x} + {a * value - b}"
    elif len(equation.steps) == 1:
        text = f"{a}{x} = {a * value}"
    else:
        text = (
            f"{a}{x} - {b} = {a * value - b}" if first is EquationOperation.ADD else f"{a}{x} + {b} = {a * value + b}"
        )
    made = solve_equation(text.replace("+ -", "- "))
    assert made is not None
    if made.solution == equation.solution:
        return make_similar_equation(equation, seed + 1, easier=easier, harder=harder)
    return made


def make_similar_task(task: Task, seed: int) -> Task | None:
    """Return a fresh task of the same kind; None when none is found."""
    return next(similar_tasks(task, seed), None)


def make_similar_arithmetic(formula: str) -> str:
    """Return arithmetic of the same form with another value; "" when none is found."""
    old = parse_exercise(formula).value
    for seed in _ARITHMETIC_SEEDS:
        made = _INTEGER.sub(partial(_shift_number, seed), formula)
        value = parse_exercise(made).value
        if value is not None and value != old:
            return made
    return ""


def _shift_number(by: int, number: re.Match[str]) -> str:
    return str(int(number[0]) + 1 + (number.start() + by) % 3)


def _rotate(values: Sequence[int], offset: int) -> tuple[int, ...]:
    offset %= len(values)
    return (*values[offset:], *values[:offset])
