"""Systems of two or three linear equations: "Solve the system x + y = 10, x - y = 2"."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from knowledge.languages import either
from tutor.maths.algebra import to_rational, variables
from tutor.maths.linear_equation import format_fraction
from tutor.maths.tasks import printing
from tutor.maths.tasks.answers import AssignmentAnswer
from tutor.maths.tasks.equations import formula_sides
from tutor.maths.tasks.sentences import readings
from tutor.maths.tasks.task import Kind, Step, Task, TaskKind, wording

_SEPARATOR = re.compile(rf"\s*[,;，；、{{}}]\s*|\s+(?:{either('answers', 'SOLUTION_SEPARATORS')})\s+", re.IGNORECASE)
MAX_UNKNOWNS = 3


@dataclass(frozen=True, slots=True)
class Line:
    """One linear equation: a coefficient for each unknown, in their order, and the right side."""

    factors: tuple[Fraction, ...]
    right: Fraction

    def print(self, names: Sequence[str]) -> str:
        return f"{printing.signed_sum(list(zip(self.factors, names, strict=True)))} = {format_fraction(self.right)}"

    def combined(self, own: Fraction, other: Line, its: Fraction) -> Line:
        """Return own·self + its·other."""
        pairs = zip(self.factors, other.factors, strict=True)
        return Line(tuple(own * a + its * b for a, b in pairs), own * self.right + its * other.right)


def recognise(sentence: str) -> Task | None:
    for read in readings(sentence, "SYSTEM"):
        parts = [part for part in _split(read["a"]) if part]
        if 2 <= len(parts) <= MAX_UNKNOWNS and (found := system_task(parts)):
            return found
    return None


def _split(text: str) -> list[str]:
    """Return the equations of a text; those that only spaces separate too."""
    parts = [part.strip() for part in _SEPARATOR.split(text)]
    if len(parts) > 1 or text.count("=") < 2:
        return parts
    return re.split(r"(?<=[\w)])\s+(?=[-\d(]*[a-z][^=]*=)", text.strip()) if text.count("=") == 2 else parts


def system_task(equations: Sequence[str]) -> Task | None:
    """Return the task of a system with exactly one solution; None for any other."""
    sides = [formula_sides(one) for one in equations]
    if any(pair is None for pair in sides):
        return None
    names = tuple(sorted({name for pair in sides if pair for side in pair for name in variables(side)}))
    if len(names) != len(equations):
        return None
    lines = [_to_line(one, names) for one in equations]
    sound = [line for line in lines if line is not None]
    if len(sound) != len(lines):
        return None
    steps, values = _solve(sound, names)
    if not values:
        return None
    printed = ", ".join(f"{name} = {format_fraction(value)}" for name, value in values)
    shown = ", ".join(printing.raised(" ".join(one.split())) for one in equations)
    answer = AssignmentAnswer(values, printed)
    variant = str(len(names))
    return Task(TaskKind.SYSTEM, variant, wording("ask_system", a=shown), answer, tuple(steps), shown)


def _to_line(text: str, names: Sequence[str]) -> Line | None:
    sides = formula_sides(text)
    assert sides is not None
    factors, right = [Fraction(0)] * len(names), Fraction(0)
    for side, sign in zip(sides, (1, -1), strict=True):
        found = to_rational(side)
        if found is None or set(found[1]) != {()}:
            return None
        for powers, factor in found[0].items():
            value = sign * factor / found[1][()]
            if not powers:
                right -= value
            elif len(powers) == 1 and powers[0][1] == 1:
                factors[names.index(powers[0][0])] += value
            else:
                return None
    return Line(tuple(factors), right)


def _solve(lines: list[Line], names: tuple[str, ...]) -> tuple[list[Step], tuple[tuple[str, Fraction], ...]]:
    """Return the steps of elimination and the solution; ([], ()) where there is not exactly one."""
    steps: list[Step] = []
    found = _eliminate(lines, names, list(range(len(names))), steps)
    if found is None:
        return [], ()
    values = tuple((name, found[n]) for n, name in enumerate(names))
    printed = ", ".join(f"{name} = {format_fraction(value)}" for name, value in values)
    steps[-1] = Step(steps[-1].instruction, printed)
    return steps, values


def _eliminate(
    lines: list[Line], names: tuple[str, ...], left: list[int], steps: list[Step]
) -> dict[int, Fraction] | None:
    if len(left) == 1:
        (at,) = left
        if not lines[0].factors[at]:
            return None
        value = lines[0].right / lines[0].factors[at]
        if lines[0].factors[at] != 1:
            steps.append(Step(wording("step_solve_last", x=names[at]), f"{names[at]} = {format_fraction(value)}"))
        return {at: value}
    at = _easiest_unknown(lines, left)
    pivots = [line for line in lines if line.factors[at]]
    if not pivots:
        return None
    pivot = min(pivots, key=lambda line: abs(line.factors[at]))
    rest = [_without(line, pivot, at, names, steps) for line in lines if line is not pivot]
    found = _eliminate(rest, names, [n for n in left if n != at], steps)
    if found is None:
        return None
    known = sum((pivot.factors[n] * value for n, value in found.items()), Fraction(0))
    value = (pivot.right - known) / pivot.factors[at]
    put = ", ".join(f"{names[n]} = {format_fraction(one)}" for n, one in sorted(found.items()))
    steps.append(
        Step(
            wording("step_put_back", equation=pivot.print(names), x=names[at]),
            f"{put}, {names[at]} = {format_fraction(value)}",
        )
    )
    return {**found, at: value}


def _easiest_unknown(lines: list[Line], left: list[int]) -> int:
    """Return the unknown whose coefficients are equal up to the sign, or the smallest."""
    return min(
        left, key=lambda n: (len({abs(line.factors[n]) for line in lines}), sum(abs(line.factors[n]) for line in lines))
    )


def _without(line: Line, pivot: Line, at: int, names: tuple[str, ...], steps: list[Step]) -> Line:
    """Return the equation without one unknown, and add the step that makes it."""
    if not line.factors[at]:
        return line
    a, b = line.factors[at], pivot.factors[at]
    if sum(map(bool, pivot.factors)) == 1:  # it tells the unknown, so no hint repeats it
        result = line.combined(Fraction(1), pivot, -a / b)
        steps.append(Step(wording("step_put_in", x=names[at], equation=line.print(names)), result.print(names)))
        return result
    shared = Fraction(math.lcm(a.numerator, b.numerator), math.gcd(a.denominator, b.denominator))
    own, its = shared / abs(a), shared / abs(b)
    opposite = (a > 0) != (b > 0)
    result = line.combined(own, pivot, its if opposite else -its)
    key = "step_add_equations" if opposite else "step_subtract_equations"
    one, two = _times(line, own, names), _times(pivot, its, names)
    steps.append(Step(wording(key, x=names[at], one=one, two=two), result.print(names)))
    return result


def _times(line: Line, factor: Fraction, names: tuple[str, ...]) -> str:
    shown = line.print(names)
    return shown if factor == 1 else f"{format_fraction(factor)} · ({shown})"


def generate(chance: random.Random, variant: str) -> Task:
    names = "xyz"[: int(variant)]
    while True:
        values = [chance.choice([n for n in range(-5, 8) if n]) for _ in names]
        rows = [[chance.choice((1, 1, 2, 3, -1, -2)) for _ in names] for _ in names]
        lines = [
            Line(tuple(map(Fraction, row)), Fraction(sum(a * v for a, v in zip(row, values, strict=True))))
            for row in rows
        ]
        made = system_task([line.print(list(names)) for line in lines])
        if made is not None:
            return made


KIND = Kind(TaskKind.SYSTEM, ("2", "3"), recognise, generate)
