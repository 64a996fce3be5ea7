"""Sums, products and quotients of two fractions, fractions to be reduced, and percentages."""

from __future__ import annotations

import math
import random
import re
from fractions import Fraction

from tutor.maths.linear_equation import format_fraction
from tutor.maths.numbers import parse_number
from tutor.maths.tasks import printing
from tutor.maths.tasks.answers import NumberAnswer
from tutor.maths.tasks.forms import Form
from tutor.maths.tasks.sentences import readings
from tutor.maths.tasks.task import Kind, Step, Task, TaskKind, Wording, wording

_FRACTION = r"\(?(-?\d{1,4})\s*/\s*(\d{1,4})\)?"
_TWO = re.compile(rf"{_FRACTION}\s*([-+*×·÷:]|/(?=\s*\())\s*{_FRACTION}")
_ONE = re.compile(_FRACTION)
_SIGNS = {"×": "·", "*": "·", ":": "÷", "/": "÷"}
MAX_PERCENT_NUMBER = 10**9


def recognise_fraction(sentence: str) -> Task | None:
    for read in (*readings(sentence, "CALCULATE"), *readings(sentence, "SIMPLIFY"), {"a": sentence}):
        if match := _TWO.fullmatch(read["a"]):
            a, b, sign, c, d = match.groups()
            return operation_task((int(a), int(b)), _SIGNS.get(sign, sign), (int(c), int(d)))
    for read in readings(sentence, "SIMPLIFY"):
        if match := _ONE.fullmatch(read["a"]):
            return reduction_task(int(match[1]), int(match[2]))
    return None


def reduction_task(top: int, bottom: int) -> Task | None:
    """Return the task to reduce a fraction; None for one in lowest terms."""
    shared = math.gcd(top, bottom)
    if not bottom or shared == 1:
        return None
    value = Fraction(top, bottom)
    shown = f"{top}/{bottom}"
    answer = NumberAnswer(format_fraction(value), value, must_be=Form.REDUCED)
    steps = (
        Step(wording("step_common_divisor", a=str(top), b=str(bottom)), str(shared)),
        Step(wording("step_divide_both", n=str(shared)), format_fraction(value)),
    )
    return Task(TaskKind.FRACTION, "reduce", wording("ask_simplify", a=shown), answer, steps, shown)


def operation_task(one: tuple[int, int], sign: str, other: tuple[int, int]) -> Task | None:
    """Return the task to work out two fractions with a sign between them."""
    if not one[1] or not other[1] or (sign == "÷" and not other[0]):
        return None
    left, right = Fraction(*one), Fraction(*other)
    shown = f"{one[0]}/{one[1]} {sign} {other[0]}/{other[1]}"
    if sign in "+-":
        value = left + right if sign == "+" else left - right
        steps = _sum_steps(one, sign, other)
    else:
        value = left * right if sign == "·" else left / right
        steps = _product_steps(one, sign, other)
    printed = format_fraction(value)
    if steps[-1].result != printed:
        steps.append(Step(wording("step_reduce"), printed))
    answer = NumberAnswer(printed, value, must_be=Form.REDUCED)
    variant = {"+": "add", "-": "subtract", "·": "multiply", "÷": "divide"}[sign]
    return Task(TaskKind.FRACTION, variant, wording("ask_calculate", a=shown), answer, tuple(steps), shown)


def _sum_steps(one: tuple[int, int], sign: str, other: tuple[int, int]) -> list[Step]:
    steps = []
    shared = math.lcm(one[1], other[1])
    tops = one[0] * shared // one[1], other[0] * shared // other[1]
    if one[1] != other[1]:
        steps.append(Step(wording("step_common_denominator", a=str(one[1]), b=str(other[1])), str(shared)))
        shown = f"{tops[0]}/{shared} {sign} {tops[1]}/{shared}"
        steps.append(Step(wording("step_rewrite_fractions", n=str(shared)), shown))
    total = tops[0] + tops[1] if sign == "+" else tops[0] - tops[1]
    key = "step_add_numerators" if sign == "+" else "step_subtract_numerators"
    return [*steps, Step(wording(key, n=str(shared)), f"{total}/{shared}")]


def _product_steps(one: tuple[int, int], sign: str, other: tuple[int, int]) -> list[Step]:
    steps = []
    if sign == "÷":
        other = (other[1], other[0]) if other[0] > 0 else (-other[1], -other[0])
        turned = f"{one[0]}/{one[1]} · {other[0]}/{other[1]}"
        steps.append(Step(wording("step_reciprocal"), turned))
    return [*steps, Step(wording("step_multiply_fractions"), f"{one[0] * other[0]}/{one[1] * other[1]}")]


def generate_fraction(chance: random.Random, variant: str) -> Task:
    if variant == "reduce":
        top, bottom = chance.choice(((2, 3), (3, 4), (3, 5), (5, 6), (4, 7), (5, 8), (7, 9)))
        by = chance.choice((2, 3, 4, 5, 6))
        made = reduction_task(top * by, bottom * by)
    else:
        sign = {"add": "+", "subtract": "-", "multiply": "·", "divide": "÷"}[variant]
        b, d = chance.sample((2, 3, 4, 5, 6, 8), 2)
        a, c = (chance.choice([n for n in range(1, low) if math.gcd(n, low) == 1]) for low in (b, d))
        if variant == "subtract" and Fraction(a, b) < Fraction(c, d):
            (a, b), (c, d) = (c, d), (a, b)
        made = operation_task((a, b), sign, (c, d))
    assert made is not None
    return made


def recognise_percent(sentence: str) -> Task | None:
    for name, variant in _PERCENT_PATTERNS.items():
        for read in readings(sentence, name):
            a, b = (_number(read[hole]) for hole in "ab")
            if a is not None and b is not None and (made := percent_task(variant, a, b)):
                return made
    return None


_PERCENT_PATTERNS = {
    "PERCENT_WHICH": "which",
    "PERCENT_WHOLE": "whole",
    "PERCENT_OF": "of",
    "PERCENT_CHANGE": "change",
    "PERCENT_MORE": "more",
    "PERCENT_LESS": "less",
}


def _number(text: str) -> Fraction | None:
    found = parse_number(text)
    if found is None or found.is_percent or found.spelled_out or abs(found.value) > MAX_PERCENT_NUMBER:
        return None
    return found.value


def percent_task(variant: str, a: Fraction, b: Fraction) -> Task | None:
    """Return a task about a percentage; what a and b are is told by the variant (see `_PERCENT_PATTERNS`)."""
    if (variant in ("which", "whole") and not b) or (variant == "change" and not a):
        return None
    shown = {"a": printing.decimal(a), "b": printing.decimal(b)}
    prompt = wording(f"ask_percent_{variant}", **shown)
    if variant == "of":
        return _percent(variant, prompt, a / 100 * b, _part_steps(a, b))
    if variant in ("more", "less"):
        part = a * b / 100
        value = a + part if variant == "more" else a - part
        steps = [*_part_steps(b, a), Step(wording(f"step_percent_{variant}", a=shown["a"]), "")]
        return _percent(variant, prompt, value, steps)
    if variant == "which":
        ratio = Step(wording("step_part_over_whole", **shown), f"{shown['a']}/{shown['b']} = {printing.decimal(a / b)}")
        return _percent(variant, prompt, a / b * 100, [ratio, Step(wording("step_times_hundred"), "")])
    if variant == "whole":
        one = Step(wording("step_percent_to_decimal", p=shown["b"]), printing.decimal(b / 100))
        return _percent(variant, prompt, a * 100 / b, [one, Step(wording("step_divide_by_rate", a=shown["a"]), "")])
    steps = [
        Step(wording("step_difference", **shown), printing.decimal(b - a)),
        Step(wording("step_over_old", a=shown["a"]), printing.decimal((b - a) / a)),
        Step(wording("step_times_hundred"), ""),
    ]
    return _percent(variant, prompt, (b - a) / a * 100, steps)


def _part_steps(rate: Fraction, whole: Fraction) -> list[Step]:
    return [
        Step(wording("step_percent_to_decimal", p=printing.decimal(rate)), printing.decimal(rate / 100)),
        Step(wording("step_times_whole", b=printing.decimal(whole)), printing.decimal(rate * whole / 100)),
    ]


def _percent(variant: str, prompt: Wording, value: Fraction, steps: list[Step]) -> Task:
    counts_percent = variant in ("which", "change")
    printed = printing.decimal(value) + (" %" if counts_percent else "")
    answer = NumberAnswer(
        printed,
        value,
        is_percentage=counts_percent,
        must_be=Form.COMPUTED,
        others=(-value,) if variant == "change" and value < 0 else (),  # "a decrease of 5 %"
    )
    last = Step(steps[-1].instruction, printed)
    return Task(TaskKind.PERCENT, variant, prompt, answer, (*steps[:-1], last))


def generate_percent(chance: random.Random, variant: str) -> Task:
    rate = chance.choice((5, 10, 20, 25, 30, 40, 60, 75))
    whole = chance.choice((20, 40, 60, 80, 120, 160, 200, 240))
    part = rate * whole // 100
    pairs = {
        "of": (rate, whole),
        "which": (part, whole),
        "whole": (part, rate),
        "change": (whole, whole + chance.choice((1, -1)) * part),
        "more": (whole, rate),
        "less": (whole, rate),
    }
    made = percent_task(variant, *map(Fraction, pairs[variant]))
    assert made is not None
    return made


FRACTION = Kind(
    TaskKind.FRACTION, ("add", "subtract", "multiply", "divide", "reduce"), recognise_fraction, generate_fraction
)
PERCENT = Kind(
    TaskKind.PERCENT, ("of", "which", "whole", "change", "more", "less"), recognise_percent, generate_percent
)
