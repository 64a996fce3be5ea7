"""Powers, roots and logarithms of numbers: "27^(2/3)", "Simplify √50", "log_2(8)", "Solve 2^x = 32"."""

from __future__ import annotations

import math
import random
import re
from fractions import Fraction

from tutor.maths.linear_equation import format_fraction
from tutor.maths.tasks import printing
from tutor.maths.tasks.answers import NumberAnswer, SolutionsAnswer
from tutor.maths.tasks.forms import Form
from tutor.maths.tasks.sentences import readings
from tutor.maths.tasks.task import Kind, Step, Task, TaskKind, Wording, wording

_POWER = re.compile(r"\(?(-?\d{1,4}|\d{1,3}/\d{1,3})(\)?)\s*\^\s*\(?(-?\d{1,2}(?:/\d)?)\)?")
_ROOT = re.compile(r"(\d{0,3})\s*\*?\s*(?:√|sqrt|\\sqrt)\s*[({]?\s*(\d{1,7})\s*[)}]?")
_CUBE_ROOT = re.compile(r"(?:∛|cbrt)\s*\(?\s*(\d{1,7})\s*\)?")
_LOGARITHM = re.compile(r"\\?log\s*_?\s*[({]?(\d{1,3})[)}]?(?:\s*\(\s*|\s+)(\d{1,7}|1/\d{1,5})\s*\)?")
_LOG_EQUATION = re.compile(r"\\?log\s*_?\s*[({]?(\d{1,3})[)}]?\s*(?:\(\s*([a-z])\s*\)|\s?([a-z]))\s*=\s*(-?\d{1,2})")
_POWER_EQUATION = re.compile(r"(\d{1,3})\s*\^\s*\(?([a-z])\)?\s*=\s*(\d{1,7})")
MAX_VALUE = 10**9


def recognise_power(sentence: str) -> Task | None:
    for read in (*readings(sentence, "CALCULATE"), *readings(sentence, "SIMPLIFY")):
        if match := _POWER.fullmatch(read["a"]):
            return power_task(match[1], match[3], bool(match[2]))
        if match := _ROOT.fullmatch(read["a"]):
            return root_task(int(match[2]), int(match[1] or 1))
        if match := _CUBE_ROOT.fullmatch(read["a"]):
            return cube_root_task(int(match[1]))
    for read in readings(sentence, "SQUARE_ROOT"):
        if re.fullmatch(r"\d{1,7}", read["a"]):
            return root_task(int(read["a"]), 1)
    for read in readings(sentence, "CUBE_ROOT"):
        if re.fullmatch(r"\d{1,7}", read["a"]):
            return cube_root_task(int(read["a"]))
    return None


def power_task(base_text: str, exponent_text: str, in_brackets: bool) -> Task | None:
    """Return the task to work out a power of a number; None where the value is not rational or very large."""
    base, exponent = Fraction(base_text), Fraction(exponent_text)
    if (base < 0 or base.denominator > 1) and not in_brackets:
        return None  # -2^2 has its sign outside
    shown = f"({base_text})" if in_brackets and (base < 0 or base.denominator > 1) else base_text
    text = f"{shown}^{exponent_text}" if exponent.denominator == 1 and exponent > 0 else f"{shown}^({exponent_text})"
    text = printing.raised(text)
    root = _exact_root(base, exponent.denominator)
    if root is None or not base or exponent in (0, 1) or abs(exponent) > 20:
        return None
    value = root ** int(exponent.numerator)
    if max(abs(value.numerator), value.denominator) > MAX_VALUE:
        return None
    steps: list[Step] = []
    size = abs(exponent.numerator)
    if exponent.denominator > 1:
        steps.append(Step(wording("step_root_first", n=str(exponent.denominator), a=shown), format_fraction(root)))
    if exponent < 0:
        steps.append(Step(wording("step_negative_exponent"), ""))
    if size > 1:
        steps.append(Step(wording("step_multiply_out_power", n=str(size)), ""))
    last = Step(steps[-1].instruction, format_fraction(value))
    variant = "fraction" if exponent.denominator > 1 else "negative" if exponent < 0 else "power"
    answer = NumberAnswer(format_fraction(value), value, must_be=Form.COMPUTED)
    return Task(TaskKind.POWER, variant, wording("ask_calculate", a=text), answer, (*steps[:-1], last), text)


def _exact_root(base: Fraction, degree: int) -> Fraction | None:
    if degree == 1:
        return base
    if base <= 0:
        return None
    top, bottom = (round(part ** (1 / degree)) for part in (base.numerator, base.denominator))
    return Fraction(top, bottom) if Fraction(top, bottom) ** degree == base else None


def root_task(inside: int, outside: int) -> Task | None:
    """Return the task to simplify a multiple of a square root; None where nothing can be taken out."""
    times, rest = printing.square_root(inside) if inside else (0, 1)
    if times == 1 and rest == inside:
        return None
    text = f"{outside if outside > 1 else ''}√{inside}"
    printed = printing.surd(Fraction(times * outside), rest)
    if rest == 1:
        value = Fraction(times * outside)
        steps = [Step(wording("step_which_square", a=str(inside)), format_fraction(Fraction(times)))]
        if outside > 1:
            steps.append(Step(wording("step_times_outside", n=str(outside)), printed))
        answer = NumberAnswer(printed, value, must_be=Form.COMPUTED)
        return Task(TaskKind.POWER, "square", wording("ask_calculate", a=text), answer, tuple(steps), text)
    square = str(times * times)
    steps = [
        Step(wording("step_square_factor", a=str(inside)), f"{inside} = {square} · {rest}"),
        Step(wording("step_split_root"), f"√{inside} = √{square} · √{rest}"),
        Step(wording("step_take_root_out"), printed),
    ]
    number = Fraction(times * outside * math.sqrt(rest))
    answer = NumberAnswer(printed, number, is_exact=False, must_be=Form.SURD)
    return Task(TaskKind.POWER, "surd", wording("ask_simplify", a=text), answer, tuple(steps), text)


def cube_root_task(inside: int) -> Task | None:
    """Return the task to find the cube root of a cube; None for any other number."""
    root = round(inside ** (1 / 3))
    if root**3 != inside or inside < 2:
        return None
    answer = NumberAnswer(str(root), Fraction(root), must_be=Form.COMPUTED)
    steps = (Step(wording("step_which_cube", a=str(inside)), str(root)),)
    return Task(TaskKind.POWER, "cube", wording("ask_calculate", a=f"∛{inside}"), answer, steps, f"∛{inside}")


def generate_power(chance: random.Random, variant: str) -> Task:
    made: Task | None = None
    if variant == "square":
        made = root_task(chance.randint(4, 15) ** 2, 1)
    elif variant == "cube":
        made = cube_root_task(chance.randint(2, 9) ** 3)
    elif variant == "surd":
        made = root_task(chance.randint(2, 6) ** 2 * chance.choice((2, 3, 5, 6, 7)), 1)
    elif variant == "fraction":
        root, degree = chance.choice(((2, 3), (3, 2), (4, 2), (5, 2), (2, 4), (3, 3)))
        made = power_task(str(root**degree), f"{chance.choice((3, 5) if degree != 3 else (2, 4))}/{degree}", False)
    else:
        exponent = chance.randint(2, 5)
        made = power_task(str(chance.randint(2, 6)), str(-exponent if variant == "negative" else exponent), False)
    return made if made is not None else generate_power(chance, variant)


def recognise_logarithm(sentence: str) -> Task | None:
    for read in readings(sentence, "CALCULATE"):
        if match := _LOGARITHM.fullmatch(read["a"]):
            return logarithm_task(int(match[1]), Fraction(match[2]))
    for read in readings(sentence, "SOLVE"):
        if match := _LOG_EQUATION.fullmatch(read["a"]):
            return log_equation_task(int(match[1]), match[2] or match[3], int(match[4]))
        if match := _POWER_EQUATION.fullmatch(read["a"]):
            return power_equation_task(int(match[1]), match[2], int(match[3]))
    return None


def _log_name(base: int) -> str:
    return f"log_{base}"


def _exponent(base: int, value: Fraction) -> int | None:
    if base < 2 or value <= 0:
        return None
    return next((n for n in range(-12, 25) if Fraction(base) ** n == value), None)


def logarithm_task(base: int, value: Fraction) -> Task | None:
    """Return the task to find a logarithm that is a whole number; None for any other."""
    exponent = _exponent(base, value)
    if exponent is None:
        return None
    text = f"{_log_name(base)}({format_fraction(value)})"
    steps = (
        Step(
            wording("step_ask_exponent", base=str(base), a=format_fraction(value)),
            f"{base}^? = {format_fraction(value)}",
        ),
        Step(wording("step_try_powers", base=str(base)), str(exponent)),
    )
    answer = NumberAnswer(str(exponent), Fraction(exponent), must_be=Form.COMPUTED)
    return Task(TaskKind.LOGARITHM, "value", wording("ask_calculate", a=text), answer, steps, text)


def log_equation_task(base: int, unknown: str, exponent: int) -> Task | None:
    """Return the task to solve log_base(x) = exponent."""
    if base < 2 or abs(exponent) > 12:
        return None
    value = Fraction(base) ** exponent
    text = f"{_log_name(base)}({unknown}) = {exponent}"
    printed = f"{unknown} = {format_fraction(value)}"
    power = printing.power(str(base), exponent)
    steps = (
        Step(wording("step_exponential_form", base=str(base), x=unknown), f"{unknown} = {power}"),
        Step(wording("step_work_out_power"), printed),
    )
    answer = SolutionsAnswer(unknown, printed, (value,))
    return Task(TaskKind.LOGARITHM, "equation", _ask_solve(text), answer, steps, text)


def power_equation_task(base: int, unknown: str, value: int) -> Task | None:
    """Return the task to solve base^x = value."""
    if base < 2 or value < 1:
        return None
    text = f"{base}^{unknown} = {value}"
    exponent = _exponent(base, Fraction(value))
    if exponent is not None:
        printed = f"{unknown} = {exponent}"
        steps = (
            Step(wording("step_same_base", base=str(base), a=str(value)), ""),
            Step(wording("step_compare_exponents", x=unknown), printed),
        )
        return Task(
            TaskKind.LOGARITHM,
            "exponent",
            _ask_solve(text),
            SolutionsAnswer(unknown, printed, (Fraction(exponent),)),
            steps,
            text,
        )
    number = math.log(value) / math.log(base)
    printed = f"{unknown} = log({value})/log({base}) ≈ {printing.rounded(number, 4)}"
    steps = (
        Step(wording("step_take_logs"), f"{unknown} · log({base}) = log({value})"),
        Step(wording("step_divide_logs", base=str(base)), printed),
    )
    answer = SolutionsAnswer(unknown, printed, (Fraction(number),), is_exact=False)
    return Task(TaskKind.LOGARITHM, "exponent", _ask_solve(text), answer, steps, text)


def _ask_solve(text: str) -> Wording:
    return wording("ask_solve", a=text)


def generate_logarithm(chance: random.Random, variant: str) -> Task:
    base, exponent = chance.choice((2, 3, 4, 5, 10)), chance.randint(2, 4)
    if variant == "equation":
        made = log_equation_task(base, "x", exponent)
    elif variant == "exponent":
        made = power_equation_task(base, "x", base**exponent)
    else:
        made = logarithm_task(base, Fraction(base**exponent))
    assert made is not None
    return made


POWER = Kind(
    TaskKind.POWER, ("power", "negative", "fraction", "square", "cube", "surd"), recognise_power, generate_power
)
LOGARITHM = Kind(TaskKind.LOGARITHM, ("value", "equation", "exponent"), recognise_logarithm, generate_logarithm)
