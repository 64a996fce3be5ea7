"""Equations in one unknown, linear and quadratic: "Solve x² - 5x + 6 = 0", "Find the roots of x² - 9"."""

from __future__ import annotations

import math
import random
from fractions import Fraction

from tutor.maths.algebra import Apply, Tree, variables
from tutor.maths.linear_equation import Equation, format_fraction, solve_equation
from tutor.maths.tasks import printing
from tutor.maths.tasks.answers import SolutionsAnswer
from tutor.maths.tasks.polynomials import Poly, content, factors, rational_roots, scale, subtract, to_polynomial
from tutor.maths.tasks.sentences import formula, readings
from tutor.maths.tasks.task import Kind, Step, Task, TaskKind, wording


def recognise_linear(sentence: str) -> Task | None:
    for read in readings(sentence, "SOLVE"):
        equation = solve_equation(read["a"]) if formula_sides(read["a"]) else None
        if equation is not None:
            return linear_task(equation)
    return None


def linear_task(equation: Equation) -> Task | None:
    """Return a solved linear equation as a task; None for one that has nothing to solve, as "x = 3"."""
    if not equation.steps:
        return None
    steps = tuple(
        Step(wording(f"step_linear_{step.operation.value}", n=step.operand, x=equation.unknown), step.result)
        for step in equation.steps
    )
    answer = SolutionsAnswer(
        equation.unknown, f"{equation.unknown} = {format_fraction(equation.solution)}", (equation.solution,)
    )
    prompt = wording("ask_linear", a=equation.text)
    return Task(TaskKind.LINEAR, "linear", prompt, answer, steps, equation.text)


def generate_linear(chance: random.Random, variant: str) -> Task:
    a, b, x = chance.randint(2, 9), chance.randint(1, 12), chance.randint(2, 12)
    c = chance.randint(1, a - 1)
    shapes = (f"{a}x + {b} = {a * x + b}", f"{a}x - {b} = {a * x - b}", f"{a}(x + {b}) = {a * (x + b)}")
    shape = chance.choice((*shapes, f"{a}x + {b} = {c}x + {(a - c) * x + b}"))
    equation = solve_equation(shape)
    made = linear_task(equation) if equation is not None else None
    assert made is not None
    return made


def recognise_quadratic(sentence: str) -> Task | None:
    for read in readings(sentence, "SOLVE"):
        sides = formula_sides(read["a"], needs_equals=read["a"].count("=") == 1)
        if sides is None:
            continue
        names = variables(sides[0]) | variables(sides[1])
        if len(names) != 1:
            continue
        (unknown,) = names
        polys = [to_polynomial(side, unknown) for side in sides]
        if polys[0] is None or polys[1] is None:
            continue
        if len(subtract(polys[0], polys[1])) == 3:
            return quadratic_task((polys[0], polys[1]), unknown, _spaced(read["a"]), sides)
    return None


def formula_sides(text: str, *, needs_equals: bool = True) -> tuple[Tree, Tree] | None:
    """Return both sides of an equation as trees; without its sign the right side is 0."""
    sides = text.split("=")
    if len(sides) != 2 and (needs_equals or len(sides) != 1):
        return None
    trees = [formula(side, needs_maths=False) for side in (*sides, "0")[:2]]
    return (trees[0], trees[1]) if trees[0] is not None and trees[1] is not None else None


def quadratic_task(polys: tuple[Poly, Poly], unknown: str, text: str, sides: tuple[Tree, Tree]) -> Task | None:
    """Return the task to solve left = right, of degree two."""
    poly = subtract(*polys)
    shown = text if "=" in text else f"{text} = 0"
    steps = list(_quadratic_steps(poly, unknown, is_standard=not polys[1] and not _has_brackets(sides[0])))
    a, b, c = poly[2], poly[1], poly[0]
    below = b * b - 4 * a * c
    if below < 0:
        none = SolutionsAnswer(unknown, "∅", ())
        return _quadratic("none", unknown, shown, none, steps)
    roots = sorted(set(rational_roots(poly)))
    if roots:
        printed = " or ".join(f"{unknown} = {format_fraction(root)}" for root in roots)
        variant = "squares" if not b else "product"
        return _quadratic(variant, unknown, shown, SolutionsAnswer(unknown, printed, tuple(roots)), steps)
    root = Fraction(math.sqrt(below))
    values = tuple((-b + sign * root) / (2 * a) for sign in (-1, 1))
    printed = f"{unknown} = {_irrational_root(a, b, below)}"
    answer = SolutionsAnswer(unknown, printed, values, is_exact=False)
    return _quadratic("formula" if b else "squares", unknown, shown, answer, steps)


def _quadratic(variant: str, unknown: str, text: str, answer: SolutionsAnswer, steps: list[Step]) -> Task:
    last = Step(steps[-1].instruction, answer.printed)
    return Task(TaskKind.QUADRATIC, variant, wording("ask_quadratic", a=text), answer, (*steps[:-1], last), text)


def _irrational_root(a: Fraction, b: Fraction, below: Fraction) -> str:
    """Return "(5 ± √17)/2" or "±√5"."""
    whole = math.lcm(a.denominator, b.denominator)
    outside, inside = printing.square_root(int(below * whole * whole * below.denominator**2) // below.denominator**2)
    shared = Fraction(math.gcd(int(b * whole), outside, int(2 * a * whole)))
    top, times, bottom = -b * whole / shared, Fraction(outside) / shared, 2 * a * whole / shared
    if bottom < 0:
        top, bottom = -top, -bottom
    root = printing.surd(times, inside)
    if not top:
        return f"±{root}" if bottom == 1 else f"±{root}/{bottom}"
    text = f"{top} ± {root}"
    return text if bottom == 1 else f"({text})/{bottom}"


def _quadratic_steps(poly: Poly, unknown: str, *, is_standard: bool) -> list[Step]:
    steps: list[Step] = []
    standard = f"{printing.polynomial(poly, unknown)} = 0"
    if not is_standard:
        steps.append(Step(wording("step_standard_form"), standard))
    a, b, c = poly[2], poly[1], poly[0]
    if not b and c:
        square = -c / a
        steps.append(Step(wording("step_isolate_square", x=unknown), f"{unknown}² = {format_fraction(square)}"))
        return [*steps, Step(wording("step_negative_square" if square < 0 else "step_both_roots"), "")]
    found = factors(poly) if rational_roots(poly) else None
    if found is None:
        return [*steps, *_formula_steps(a, b, c)]
    product = f"{printing.product(found, unknown)} = 0"
    if not c:
        steps.append(Step(wording("step_take_out_unknown", x=unknown), product))
    elif abs(content(poly)) == 1 and abs(a) == 1:
        if a < 0:
            steps.append(
                Step(wording("step_turn_signs"), f"{printing.polynomial(scale(poly, Fraction(-1)), unknown)} = 0")
            )
            b, c, product = -b, -c, f"{printing.product(factors(scale(poly, Fraction(-1))) or found, unknown)} = 0"
        steps.append(Step(wording("step_two_numbers", product=format_fraction(c), sum=format_fraction(b)), ""))
        steps.append(Step(wording("step_write_brackets", x=unknown), product))
    else:
        steps.append(Step(wording("step_factor_left"), product))
    return [*steps, Step(wording("step_zero_product"), "")]


def _formula_steps(a: Fraction, b: Fraction, c: Fraction) -> list[Step]:
    shown = {name: format_fraction(value) for name, value in (("a", a), ("b", b), ("c", c))}
    below = b * b - 4 * a * c
    steps = [
        Step(wording("step_name_coefficients"), ", ".join(f"{name} = {value}" for name, value in shown.items())),
        Step(wording("step_discriminant"), f"b² - 4ac = {format_fraction(below)}"),
    ]
    return [*steps, Step(wording("step_no_real_root" if below < 0 else "step_quadratic_formula"), "")]


def _has_brackets(tree: Tree) -> bool:
    if not isinstance(tree, Apply):
        return False
    is_product = tree.name in ("*", "^") and any(isinstance(arg, Apply) and arg.name == "+" for arg in tree.args)
    return is_product or any(_has_brackets(arg) for arg in tree.args)


def _spaced(text: str) -> str:
    """Return an equation with raised digits, as books print it."""
    return printing.raised(" = ".join(" ".join(side.split()) for side in text.split("=")))


def generate_quadratic(chance: random.Random, variant: str) -> Task:
    one, two = chance.sample([n for n in range(-7, 9) if n], 2)
    b, c = -(one + two), one * two
    if variant == "squares":
        b, c = 0, -one * one
    elif variant == "formula":
        b, c = 2 * chance.randint(-4, 4), chance.choice((1, 2, 3, -1, -2, -3))
    elif variant == "none":
        b, c = chance.choice((1, 2, 3, -2)), chance.randint(4, 9)
    made = recognise_from(f"{printing.polynomial((Fraction(c), Fraction(b), Fraction(1)), 'x')} = 0")
    return made if made is not None and made.variant == variant else generate_quadratic(chance, variant)


def recognise_from(equation: str) -> Task | None:
    """Return the task to solve a quadratic equation."""
    sides = formula_sides(equation)
    assert sides is not None
    polys = [to_polynomial(side, "x") for side in sides]
    assert polys[0] is not None and polys[1] is not None
    return quadratic_task((polys[0], polys[1]), "x", equation, sides)


LINEAR = Kind(TaskKind.LINEAR, ("linear",), recognise_linear, generate_linear)
QUADRATIC = Kind(TaskKind.QUADRATIC, ("formula", "product", "squares", "none"), recognise_quadratic, generate_quadratic)
