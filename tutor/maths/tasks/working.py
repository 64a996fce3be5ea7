"""Lines of working: which of them is the first that does not hold.

A line of an equation has the same solutions as the task; a line of an expression has its value; any line whose sides
are numbers must be true. A line that cannot be read says nothing.
"""

from __future__ import annotations

import re
from fractions import Fraction

from tutor.maths.algebra import Apply, NotAFormula, Number, Tree, Variable, exact_constant, parse, variables
from tutor.maths.tasks.answers import AssignmentAnswer, ExpressionAnswer, SolutionsAnswer
from tutor.maths.tasks.polynomials import Poly, derivative, subtract, to_polynomial, value_at
from tutor.maths.tasks.sameness import is_same
from tutor.maths.tasks.task import Check, Task
from tutor.maths.tasks.values import plain_answer

MAX_LINES = 20
_NUMBERING = re.compile(r"^\s*(?:\d{1,2}[.)](?=\s)|[-*•](?=\s)|(?:⇒|=>|→|∴))\s*")
_ROUNDED = Fraction(1, 100)
_INEQUALITY = re.compile(r"[<>≤≥]")


def first_wrong_line(task: Task, text: str) -> str:
    """Return the first line of several that does not hold, as it was written; "" where none is found wrong."""
    lines = [line for line in (raw.strip() for raw in re.split(r"\n|;", text)) if line][:MAX_LINES]
    if len(lines) < 2:
        return ""
    return next((line for line in lines if line_holds(task, line) is False), "")


def line_holds(task: Task, line: str) -> bool | None:
    """Whether one line of working holds; None where that cannot be told."""
    plain = _NUMBERING.sub("", line)
    if _INEQUALITY.search(plain):
        return None
    sides = [plain_answer(side) for side in plain.split("=")]
    trees = [_parse(side) for side in sides if side]
    if not trees or any(tree is None for tree in trees):
        return True if task.answer.check(plain) is Check.RIGHT else None
    sound = [tree for tree in trees if tree is not None]
    if not any(variables(tree) for tree in sound):
        return _numbers_agree(sound) if len(sound) > 1 else None
    return _formulas_hold(task, sound)


def _parse(text: str) -> Tree | None:
    try:
        return parse(text)
    except NotAFormula:
        return None


def _numbers_agree(trees: list[Tree]) -> bool | None:
    """Whether the sides of a line of numbers are equal, perhaps rounded to two decimals."""
    values = [exact_constant(tree) for tree in trees]
    if any(value is None for value in values):
        return None
    sound = [value for value in values if value is not None]
    return all(abs(one - sound[0]) <= _ROUNDED * max(Fraction(1), abs(one)) / 2 for one in sound[1:])


def _formulas_hold(task: Task, trees: list[Tree]) -> bool | None:
    if isinstance(task.answer, ExpressionAnswer) and not task.answer.up_to_constant and task.subject:
        verdicts = [is_same(tree, task.answer.tree) for tree in trees]
        return False if False in verdicts else True if True in verdicts else None
    if len(trees) != 2:
        return None
    gap = Apply("+", (trees[0], Apply("neg", (trees[1],))))
    if isinstance(task.answer, SolutionsAnswer) and task.answer.is_exact and task.answer.numbers:
        return _has_solutions(gap, task.answer)
    return _fits(gap, task.answer) if isinstance(task.answer, AssignmentAnswer) else None


def _has_solutions(gap: Tree, answer: SolutionsAnswer) -> bool | None:
    """Whether an equation has all solutions of the task, or is a statement of one of them."""
    poly = to_polynomial(gap, answer.unknown) if variables(gap) == {answer.unknown} else None
    if poly is None or len(poly) < 2:
        return None
    good = [value_at(poly, number) == 0 for number in answer.numbers]
    if len(poly) == 2 and len(answer.numbers) > 1:
        return any(good)  # one of several solutions
    return all(good) and _simple(poly) <= len(answer.numbers)


def _simple(poly: Poly) -> int:
    """Return the most solutions that an equation can have, a double one counted once where it is easy to see."""
    degree = len(poly) - 1
    if degree == 2 and not subtract(_square_of(poly), poly):
        return 1
    return degree


def _square_of(poly: Poly) -> Poly:
    """Return the square with the same leading coefficient and the root of the derivative."""
    slope = derivative(poly)
    root = -slope[0] / slope[1]
    return (poly[2] * root * root, -2 * poly[2] * root, poly[2])


def _fits(gap: Tree, answer: AssignmentAnswer) -> bool | None:
    """Whether the solution of a system satisfies an equation."""
    values = dict(answer.values)
    if not variables(gap) <= set(values):
        return None
    put = _put(gap, values)
    exact = exact_constant(put)
    return None if exact is None else exact == 0


def _put(tree: Tree, values: dict[str, Fraction]) -> Tree:
    match tree:
        case Variable(name) if name in values:
            return Number(values[name])
        case Apply(name, args):
            return Apply(name, tuple(_put(arg, values) for arg in args))
    return tree
