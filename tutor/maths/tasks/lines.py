"""Straight lines and values of functions: slope, intercept, the equation of a line, f(4)."""

from __future__ import annotations

import random
import re
from fractions import Fraction

from tutor.maths.algebra import exact_constant, to_rational, variables
from tutor.maths.linear_equation import format_fraction
from tutor.maths.tasks import printing
from tutor.maths.tasks.answers import LineAnswer, NumberAnswer
from tutor.maths.tasks.equations import formula_sides
from tutor.maths.tasks.forms import Form
from tutor.maths.tasks.polynomials import Poly, to_polynomial, trimmed, value_at
from tutor.maths.tasks.sentences import formula, readings
from tutor.maths.tasks.task import Kind, Step, Task, TaskKind, Wording, wording

Point = tuple[Fraction, Fraction]

_NUMBER = r"\s*(-?\s?\d{1,4}(?:\.\d{1,3}|/\d{1,3})?)\s*"
_POINT = re.compile(rf"[A-Z]?\({_NUMBER},{_NUMBER}\)")
_POINTS = re.compile(rf"{_POINT.pattern}\W{{0,3}}\w{{0,3}}\s*{_POINT.pattern}")


def recognise(sentence: str) -> Task | None:
    for name, make in (("SLOPE", slope_task), ("LINE_THROUGH", line_through_task)):
        for read in readings(sentence, name):
            if match := _POINTS.fullmatch(read["a"]):
                x1, y1, x2, y2 = (Fraction(one.replace(" ", "")) for one in match.groups())
                return make((x1, y1), (x2, y2)) if x1 != x2 else None
    for read in readings(sentence, "LINE_WITH_SLOPE"):
        slope = _constant(read["b"])
        if slope is not None and (match := _POINT.fullmatch(read["a"])):
            return line_with_slope_task(
                slope, (Fraction(match[1].replace(" ", "")), Fraction(match[2].replace(" ", "")))
            )
    for name, variant in (("SLOPE_OF", "slope_of"), ("INTERCEPT", "intercept")):
        for read in readings(sentence, name):
            if found := _read_line(read["a"]):
                return equation_task(variant, *found, printing.raised(read["a"]))
    return _recognise_value(sentence)


def _recognise_value(sentence: str) -> Task | None:
    for read in readings(sentence, "FUNCTION_VALUE"):
        tree, at = formula(read["a"], needs_maths=False), _constant(read["b"])
        poly = to_polynomial(tree, "x") if tree is not None else None
        if at is not None and poly is not None and len(poly) > 1:
            return value_task(poly, at, printing.raised(read["a"]))
    return None


def _constant(text: str) -> Fraction | None:
    tree = formula(text, needs_maths=False)
    return exact_constant(tree) if tree is not None else None


def _read_line(text: str) -> tuple[Fraction, Fraction] | None:
    """Return slope and intercept of an equation in x and y."""
    sides = formula_sides(text)
    if sides is None or "y" not in variables(sides[0]) | variables(sides[1]):
        return None
    sums: dict[tuple[tuple[str, int], ...], Fraction] = {}
    for side, sign in zip(sides, (1, -1), strict=True):
        found = to_rational(side)
        if found is None or set(found[1]) != {()}:
            return None
        for key, factor in found[0].items():
            sums[key] = sums.get(key, Fraction(0)) + sign * factor / found[1][()]
    x, y, one = (sums.pop(key, Fraction(0)) for key in ((("x", 1),), (("y", 1),), ()))
    return (-x / y, -one / y) if y and not any(sums.values()) else None


def _show(point: Point) -> str:
    return f"({format_fraction(point[0])}, {format_fraction(point[1])})"


def _slope_steps(one: Point, two: Point) -> list[Step]:
    rise, run = two[1] - one[1], two[0] - one[0]
    return [
        Step(wording("step_rise", a=_show(one), b=_show(two)), format_fraction(rise)),
        Step(wording("step_run", a=_show(one), b=_show(two)), format_fraction(run)),
        Step(wording("step_rise_over_run"), format_fraction(rise / run)),
    ]


def slope_task(one: Point, two: Point) -> Task:
    slope = (two[1] - one[1]) / (two[0] - one[0])
    prompt = wording("ask_slope", a=_show(one), b=_show(two))
    answer = NumberAnswer(format_fraction(slope), slope, must_be=Form.COMPUTED)
    return Task(TaskKind.LINE, "slope", prompt, answer, tuple(_slope_steps(one, two)))


def _line(slope: Fraction, intercept: Fraction) -> str:
    return f"y = {printing.signed_sum([(slope, 'x'), (intercept, '')])}"


def line_through_task(one: Point, two: Point) -> Task:
    slope = (two[1] - one[1]) / (two[0] - one[0])
    prompt = wording("ask_line_through", a=_show(one), b=_show(two))
    return _line_task("through", prompt, slope, one, _slope_steps(one, two))


def line_with_slope_task(slope: Fraction, point: Point) -> Task:
    prompt = wording("ask_line_with_slope", m=format_fraction(slope), a=_show(point))
    return _line_task("with_slope", prompt, slope, point, [])


def _line_task(variant: str, prompt: Wording, slope: Fraction, point: Point, steps: list[Step]) -> Task:
    intercept = point[1] - slope * point[0]
    shown = printing.signed_sum([(slope, "x")])
    form = f"y = {shown} + b" if slope else "y = b"
    at_point = f"{format_fraction(point[1])} = {format_fraction(slope)} · {printing.in_brackets(point[0])} + b"
    steps = [
        *steps,
        Step(wording("step_slope_form", m=format_fraction(slope)) if not steps else wording("step_put_slope"), form),
        Step(wording("step_put_point", a=_show(point)), at_point),
        Step(wording("step_solve_intercept"), _line(slope, intercept)),
    ]
    return Task(TaskKind.LINE, variant, prompt, LineAnswer(slope, intercept, _line(slope, intercept)), tuple(steps))


def equation_task(variant: str, slope: Fraction, intercept: Fraction, text: str) -> Task:
    """Return the task to read the slope or the intercept off an equation."""
    value = slope if variant == "slope_of" else intercept
    steps = []
    if variant == "intercept":
        steps.append(Step(wording("step_put_zero"), ""))
        steps.append(Step(wording("step_solve_for_y"), format_fraction(value)))
    else:
        if not re.fullmatch(r"y\s*=.*", text):
            steps.append(Step(wording("step_solve_for_y"), _line(slope, intercept)))
        steps.append(Step(wording("step_read_slope"), format_fraction(value)))
    answer = NumberAnswer(format_fraction(value), value, must_be=Form.COMPUTED)
    return Task(TaskKind.LINE, variant, wording(f"ask_{variant}", a=text), answer, tuple(steps))


def value_task(poly: Poly, at: Fraction, text: str) -> Task:
    """Return the task to find the value of a polynomial function at a point."""
    value, point = value_at(poly, at), format_fraction(at)
    put = re.sub(r"(?<=\d)x", "·x", text.replace(" ", "")).replace(
        "x", printing.in_brackets(at) if at >= 0 else f"({point})"
    )
    put = re.sub(r"(?<=[^\s(])([+-])(?=[^\s])", r" \1 ", put)
    steps = (
        Step(wording("step_put_value", n=point), put),
        Step(wording("step_work_out_in_order"), format_fraction(value)),
    )
    answer = NumberAnswer(format_fraction(value), value, must_be=Form.COMPUTED)
    return Task(TaskKind.LINE, "value", wording("ask_function_value", a=text, b=point), answer, steps)


def generate(chance: random.Random, variant: str) -> Task:
    slope, intercept = Fraction(chance.choice((1, 2, 3, 4, -1, -2, -3))), Fraction(chance.randint(-6, 8) or 2)
    one, two = (Fraction(n) for n in chance.sample(range(-4, 7), 2))
    points = (one, slope * one + intercept), (two, slope * two + intercept)
    if variant == "slope":
        return slope_task(*points)
    if variant == "through":
        return line_through_task(*points)
    if variant == "with_slope":
        return line_with_slope_task(slope, points[0])
    if variant == "value":
        poly = trimmed((intercept, slope, Fraction(chance.choice((0, 1, 2)))))
        return value_task(poly, Fraction(chance.randint(2, 5)), printing.polynomial(poly, "x"))
    a = chance.choice((2, 3, 4))
    text = _line(slope, intercept) if variant == "intercept" else f"{-slope * a}x + {a}y = {intercept * a}"
    return equation_task(variant, slope, intercept, text.replace("1x", "x") if abs(slope * a) == 1 else text)


KIND = Kind(TaskKind.LINE, ("slope", "slope_of", "intercept", "through", "with_slope", "value"), recognise, generate)
