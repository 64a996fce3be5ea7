"""Conversions of units: "Convert 2.5 km to m", "How many minutes are in 3 hours?", temperatures included."""

from __future__ import annotations

import random
import re
from fractions import Fraction

from tutor.maths.numbers import parse_number
from tutor.maths.tasks import printing
from tutor.maths.tasks.answers import NumberAnswer
from tutor.maths.tasks.forms import Form
from tutor.maths.tasks.sentences import readings
from tutor.maths.tasks.task import Kind, Step, Task, TaskKind, wording
from tutor.maths.units import Unit, parse_unit

_QUANTITY = re.compile(r"(-?[\d.,]*\d)\s*(.+)")
_FRIENDLY = (
    ("km", "m"),
    ("m", "cm"),
    ("kg", "g"),
    ("h", "min"),
    ("L", "mL"),
    ("min", "s"),
    ("cm", "mm"),
    ("t", "kg"),
)


def recognise(sentence: str) -> Task | None:
    for read in readings(sentence, "CONVERT"):
        match = _QUANTITY.fullmatch(read["a"])
        number = parse_number(match[1]) if match else None
        if match is None or number is None or number.is_percent:
            continue
        if made := conversion_task(number.value, match[2].strip(), read["b"]):
            return made
    return None


def conversion_task(number: Fraction, source: str, target: str) -> Task | None:
    """Return the task to convert a quantity; None where the units are not known or measure different things."""
    one, other = parse_unit(source), parse_unit(target)
    if one is None or other is None or not one.dimension or one.dimension != other.dimension or one == other:
        return None
    if one.offset or other.offset:
        return _temperature(number, (source, one), (target, other))
    rate = one.factor / other.factor
    value = number * rate
    if max(value.numerator.bit_length(), value.denominator.bit_length()) > 80:
        return None
    shown = printing.decimal(number)
    equal = f"1 {source} = {_show(rate)} {target}" if rate >= 1 else f"1 {target} = {_show(1 / rate)} {source}"
    sum_text = f"{shown} · {_show(rate)}" if rate >= 1 else f"{shown} ÷ {_show(1 / rate)}"
    key = "step_multiply_by_rate" if rate >= 1 else "step_divide_by_rate_of_units"
    steps = (
        Step(wording("step_units_equal", a=source, b=target), equal),
        Step(wording(key), f"{sum_text} = {_show(value)} {target}"),
    )
    return _task("unit", number, source, target, value, steps)


def _show(value: Fraction) -> str:
    if (value * 10**printing.MAX_DECIMALS).denominator == 1:
        return printing.decimal(value)
    exact = next((n for n in range(5, 13) if (value * 10**n).denominator == 1), None)
    return f"{float(value):.{exact}f}" if exact else f"{float(value):.6g}"


def _temperature(number: Fraction, one: tuple[str, Unit], other: tuple[str, Unit]) -> Task:
    base = number * one[1].factor + one[1].offset
    value = (base - other[1].offset) / other[1].factor
    steps = (
        Step(wording("step_temperature_rule", a=one[0], b=other[0]), ""),
        Step(wording("step_put_temperature", n=printing.decimal(number)), f"{_show(value)} {other[0]}"),
    )
    return _task("temperature", number, one[0], other[0], value, steps)


def _task(variant: str, number: Fraction, source: str, target: str, value: Fraction, steps: tuple[Step, ...]) -> Task:
    prompt = wording("ask_convert", a=f"{printing.decimal(number)} {source}", b=target)
    printed = f"{_show(value)} {target}"
    answer = NumberAnswer(printed, value, unit=target, must_be=Form.COMPUTED)
    return Task(TaskKind.CONVERSION, variant, prompt, answer, steps)


def generate(chance: random.Random, variant: str) -> Task:
    if variant == "temperature":
        made = conversion_task(Fraction(chance.choice((5, 10, 15, 20, 25, 30, 40))), "°C", "°F")
    else:
        source, target = chance.choice(_FRIENDLY)
        number = Fraction(chance.choice((2, 3, 4, 5, 7, 12))) + chance.choice((Fraction(0), Fraction(1, 2)))
        made = conversion_task(number, source, target)
    assert made is not None
    return made


KIND = Kind(TaskKind.CONVERSION, ("unit", "temperature"), recognise, generate)
