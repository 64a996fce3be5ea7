"""Linear and quadratic inequalities in one unknown: "Solve 2x + 3 < 11", "Solve x² - 5x + 6 > 0"."""

from __future__ import annotations

import random
import re
from fractions import Fraction

from tutor.maths.algebra import variables
from tutor.maths.linear_equation import format_fraction
from tutor.maths.tasks import printing
from tutor.maths.tasks.intervals import IntervalsAnswer, NumberRange
from tutor.maths.tasks.polynomials import Poly, rational_roots, subtract, to_polynomial
from tutor.maths.tasks.sentences import formula, readings
from tutor.maths.tasks.task import Kind, Step, Task, TaskKind, wording

_SIGN = re.compile(r"\s*(<=|>=|=<|=>|≤|≥|⩽|⩾|<|>|\\leq?|\\geq?)\s*")
_SIGNS = {
    "<=": "≤",
    "=<": "≤",
    ">=": "≥",
    "=>": "≥",
    "⩽": "≤",
    "⩾": "≥",
    "\\le": "≤",
    "\\leq": "≤",
    "\\ge": "≥",
    "\\geq": "≥",
}
_TURNED = {"<": ">", ">": "<", "≤": "≥", "≥": "≤"}


def recognise(sentence: str) -> Task | None:
    for read in readings(sentence, "SOLVE"):
        sides = _SIGN.split(read["a"])
        if len(sides) == 3 and (made := inequality_task(sides[0], _SIGNS.get(sides[1], sides[1]), sides[2])):
            return made
    return None


def inequality_task(left: str, sign: str, right: str) -> Task | None:
    """Return the task to solve left < right (or another sign); None unless it is linear or quadratic."""
    trees = formula(left, needs_maths=False), formula(right, needs_maths=False)
    if trees[0] is None or trees[1] is None:
        return None
    names = variables(trees[0]) | variables(trees[1])
    if len(names) != 1:
        return None
    (unknown,) = names
    polys = [to_polynomial(tree, unknown) for tree in trees if tree is not None]
    if polys[0] is None or polys[1] is None:
        return None
    text = printing.raised(f"{' '.join(left.split())} {sign} {' '.join(right.split())}")
    gap = subtract(polys[0], polys[1])
    if len(gap) == 2:
        return _linear(polys[0], sign, polys[1], unknown, text)
    return _quadratic(gap, sign, unknown, text) if len(gap) == 3 else None


def _task(variant: str, unknown: str, text: str, intervals: tuple[NumberRange, ...], steps: list[Step]) -> Task:
    answer = IntervalsAnswer(unknown, intervals)
    last = Step(steps[-1].instruction, answer.texts[0])
    prompt = wording("ask_inequality", a=text)
    return Task(TaskKind.INEQUALITY, variant, prompt, answer, (*steps[:-1], last), text)


def _linear(left: Poly, sign: str, right: Poly, unknown: str, text: str) -> Task | None:
    (b, a), (d, c) = ((*poly, Fraction(0), Fraction(0))[:2] for poly in (left, right))
    steps = []
    shown = f"{printing.polynomial(left, unknown)} {sign} {printing.polynomial(right, unknown)}"
    if "(" in text:
        steps.append(Step(wording("step_multiply_out"), shown))
    if c:
        a, c = a - c, Fraction(0)
        side = printing.signed_sum([(a, unknown), (b, "")])
        steps.append(Step(wording("step_unknown_to_left", x=unknown), f"{side} {sign} {format_fraction(d)}"))
    if b:
        d, b = d - b, Fraction(0)
        side = printing.signed_sum([(a, unknown)])
        steps.append(Step(wording("step_number_to_right"), f"{side} {sign} {format_fraction(d)}"))
    value = d / a
    if a != 1:
        key = "step_divide_and_turn" if a < 0 else "step_divide_keep"
        steps.append(Step(wording(key, n=format_fraction(a)), ""))
    if not steps:
        return None
    sign = _TURNED[sign] if a < 0 else sign
    closed = sign in "≤≥"
    found = NumberRange(None, value, False, closed) if sign in "<≤" else NumberRange(value, None, closed, False)
    return _task("linear", unknown, text, (found,), steps)


def _quadratic(gap: Poly, sign: str, unknown: str, text: str) -> Task | None:
    """Return the task of a quadratic inequality with two rational roots; None for any other."""
    roots = rational_roots(gap)
    if len(roots) != 2 or roots[0] == roots[1]:
        return None
    low, high = roots
    closed = sign in "≤≥"
    between = (gap[2] > 0) == (sign in "<≤")
    found = (
        (NumberRange(low, high, closed, closed),)
        if between
        else (NumberRange(None, low, False, closed), NumberRange(high, None, closed, False))
    )
    standard = f"{printing.polynomial(gap, unknown)} {sign} 0"
    steps = [] if standard == text else [Step(wording("step_standard_inequality"), standard)]
    roots_text = ", ".join(format_fraction(root) for root in roots)
    steps.append(Step(wording("step_roots_of_sides", a=f"{printing.polynomial(gap, unknown)} = 0"), roots_text))
    steps.append(Step(wording("step_test_between"), ""))
    return _task("quadratic", unknown, text, found, steps)


def generate(chance: random.Random, variant: str) -> Task:
    if variant == "quadratic":
        low, high = sorted(chance.sample(range(-6, 8), 2))
        poly = (Fraction(low * high), Fraction(-low - high), Fraction(1))
        made = inequality_task(printing.polynomial(poly, "x"), chance.choice("<>≤≥"), "0")
    else:
        a, b, x = chance.choice((2, 3, 4, 5, -2, -3)), chance.randint(1, 12), chance.randint(-6, 9)
        left = printing.polynomial((Fraction(b), Fraction(a)), "x")
        made = inequality_task(left, chance.choice("<>≤≥"), str(a * x + b))
    return made if made is not None else generate(chance, variant)


KIND = Kind(TaskKind.INEQUALITY, ("linear", "quadratic"), recognise, generate)
