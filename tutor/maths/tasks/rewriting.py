"""Expressions to be rewritten: factoring, expanding, simplifying. One variable, rational coefficients."""

from __future__ import annotations

import random
import re
from fractions import Fraction

from tutor.maths.algebra import Apply, Number, Tree, to_rational, variables
from tutor.maths.linear_equation import format_fraction
from tutor.maths.tasks import printing
from tutor.maths.tasks.answers import ExpressionAnswer
from tutor.maths.tasks.forms import Form, has_form
from tutor.maths.tasks.polynomials import (
    Factors,
    Poly,
    common_divisor,
    content,
    divide,
    factors,
    multiply,
    polynomial_of_terms,
    rational_roots,
    scale,
    to_polynomial,
)
from tutor.maths.tasks.sentences import formula, readings
from tutor.maths.tasks.task import Kind, Step, Task, TaskKind, wording

_X = "x"
MAX_DEGREE_OF_FACTORING = 4


def recognise_factor(sentence: str) -> Task | None:
    for read in readings(sentence, "FACTOR"):
        found = _polynomial(read["a"])
        if found is not None:
            return factor_task(*found, printing.raised(read["a"]))
    return None


def _polynomial(text: str) -> tuple[Poly, str, Tree] | None:
    tree = formula(text) if "=" not in text else None
    names = variables(tree) if tree is not None else frozenset[str]()
    if tree is None or len(names) != 1:
        return None
    (unknown,) = names
    poly = to_polynomial(tree, unknown)
    return (poly, unknown, tree) if poly is not None and len(poly) > 1 else None


def factor_task(poly: Poly, unknown: str, tree: Tree, text: str) -> Task | None:
    """Return the task to factor a polynomial; None for one that has no factors, or is factored already."""
    if not 3 <= len(poly) <= MAX_DEGREE_OF_FACTORING + 1 and not (len(poly) == 2 and abs(content(poly)) != 1):
        return None
    found = factors(poly)
    if found is None or has_form(text, Form.FACTORED):
        return None
    printed = printing.product(found, unknown)
    steps = _factor_steps(poly, found, unknown)
    answer = ExpressionAnswer(tree, printed, Form.FACTORED)
    last = Step(steps[-1].instruction, printed)
    return Task(
        TaskKind.FACTOR, _factoring_variant(poly), wording("ask_factor", a=text), answer, (*steps[:-1], last), text
    )


def _factoring_variant(poly: Poly) -> str:
    """Return what the factoring begins with."""
    if len(poly) == 2 or not poly[0]:
        return "common" if len(poly) <= 3 else "unknown"
    if abs(content(poly)) != 1:
        return "number" if len(poly) == 3 else "unknown"
    if len(poly) != 3:
        return "unknown"
    return "squares" if not poly[1] else "trinomial" if abs(poly[2]) == 1 else "leading"


def _factor_steps(poly: Poly, found: Factors, unknown: str) -> list[Step]:
    steps: list[Step] = []
    shared = found.content
    lowest = next(n for n, one in enumerate(poly) if one)
    inner = scale(poly[lowest:], 1 / shared)
    if abs(shared) != 1 or lowest:
        common = printing.term_sign(shared) if abs(shared) != 1 else "-" if shared < 0 else ""
        common += printing.power(unknown, lowest) if lowest else ""
        shown = f"{common}({printing.polynomial(inner, unknown)})"
        steps.append(Step(wording("step_common_factor", common=common), shown))
        if len(inner) == 2:
            return steps
    elif shared < 0:
        steps.append(Step(wording("step_take_out_minus"), f"-({printing.polynomial(inner, unknown)})"))
    return steps + _inner_steps(inner, unknown)


def _inner_steps(poly: Poly, unknown: str) -> list[Step]:
    """Return how a primitive polynomial with a constant term is split."""
    if len(poly) == 3:
        c, b, a = poly
        shown = {"x": unknown, "a": printing.polynomial((Fraction(0), Fraction(0), a), unknown)}
        if not b:
            return [
                Step(wording("step_see_squares", left=shown["a"], right=format_fraction(-c)), "a² - b²"),
                Step(wording("step_difference_of_squares"), ""),
            ]
        if a == 1:
            return [
                Step(wording("step_two_numbers", product=format_fraction(c), sum=format_fraction(b)), ""),
                Step(wording("step_write_brackets", x=unknown), ""),
            ]
        return _split_middle(a, b, c, unknown)
    roots = rational_roots(poly)
    if not roots:
        return [Step(wording("step_see_square_in", x=printing.power(unknown, 2)), "")]
    root = roots[0]
    part: Poly = (Fraction(-root.numerator), Fraction(root.denominator))
    rest = divide(poly, part)[0]
    shown_part, shown_rest = printing.polynomial(part, unknown), printing.polynomial(rest, unknown)
    return [
        Step(wording("step_try_roots", x=unknown), f"{unknown} = {format_fraction(root)}"),
        Step(wording("step_divide_by_factor", part=shown_part), f"({shown_part})({shown_rest})"),
        Step(wording("step_factor_rest"), ""),
    ]


def _split_middle(a: Fraction, b: Fraction, c: Fraction, unknown: str) -> list[Step]:
    """Return the steps of the ac method: ax² + bx + c with the middle term split."""
    product = int(a * c)
    pair = next(
        (n for n in range(-abs(product), abs(product) + 1) if n and product % n == 0 and n + product // n == b), 0
    )
    square, first, second = printing.power(unknown, 2), Fraction(pair), b - pair
    split = printing.signed_sum([(a, square), (first, unknown), (second, unknown), (c, "")])
    return [
        Step(wording("step_two_numbers", product=str(product), sum=format_fraction(b)), ""),
        Step(wording("step_split_middle", middle=printing.signed_sum([(b, unknown)])), split),
        Step(wording("step_group_pairs"), ""),
    ]


def generate_factor(chance: random.Random, variant: str) -> Task:
    a, b = (chance.choice([n for n in range(-7, 9) if n]) for _ in range(2))
    one, two = (Fraction(a), Fraction(1)), (Fraction(b), Fraction(1))
    by = Fraction(chance.choice((2, 3, 5)))
    poly = {
        "common": scale((Fraction(chance.choice((1, 5, 7))), Fraction(chance.choice((2, 3, 4)))), by),
        "squares": multiply(one, (Fraction(-a), Fraction(1))),
        "leading": multiply((Fraction(a), by), two),
        "number": scale(multiply(one, two), by),
        "unknown": multiply((Fraction(0), Fraction(1)), multiply(one, two)),
    }.get(variant, multiply(one, two))
    text = printing.polynomial(poly, _X)
    tree = formula(text)
    made = factor_task(poly, _X, tree, text) if tree is not None else None
    return made if made is not None and made.variant == variant else generate_factor(chance, variant)


def recognise_expand(sentence: str) -> Task | None:
    for read in readings(sentence, "EXPAND"):
        tree = formula(read["a"]) if "=" not in read["a"] else None
        if tree is not None and variables(tree):
            return expand_task(tree, printing.raised(read["a"]))
    return None


def expand_task(tree: Tree, text: str) -> Task | None:
    """Return the task to multiply out a product; None for what has no brackets."""
    names = variables(tree)
    unknown = next(iter(names))
    poly = to_polynomial(tree, unknown) if len(names) == 1 else None
    if poly is None or has_form(text, Form.EXPANDED):
        return None
    printed = printing.polynomial(poly, unknown)
    answer = ExpressionAnswer(tree, printed, Form.EXPANDED)
    steps = (*_product_steps(tree, unknown), Step(wording("step_collect_terms"), printed))
    return Task(TaskKind.EXPAND, "product", wording("ask_expand", a=text), answer, steps, text)


def _product_steps(tree: Tree, unknown: str) -> list[Step]:
    """Return the steps that multiply out one product of two sums, or a square; a general one for anything else."""
    parts = _two_sums(tree)
    polys = [to_polynomial(part, unknown) for part in parts]
    if len(polys) != 2 or not polys[0] or not polys[1]:
        return [Step(wording("step_multiply_out"), "")]
    left, right = polys[0], polys[1]
    terms = [
        (a * b, printing.power(unknown, n + m) if n + m else "")
        for n, a in reversed([*enumerate(left)])
        for m, b in reversed([*enumerate(right)])
        if a and b
    ]
    shown = printing.polynomial(left, unknown), printing.polynomial(right, unknown)
    steps = []
    if isinstance(tree, Apply) and tree.name == "^":
        steps.append(Step(wording("step_write_square"), f"({shown[0]})({shown[1]})"))
    if len([one for one in left if one]) == 1 or len([one for one in right if one]) == 1:
        outside, inside = (shown[0], shown[1]) if len([one for one in left if one]) == 1 else (shown[1], shown[0])
        return [*steps, Step(wording("step_multiply_each", outside=outside, inside=inside), printing.signed_sum(terms))]
    key = wording("step_each_with_each", left=shown[0], right=shown[1])
    return [*steps, Step(key, printing.signed_sum(terms))]


def _two_sums(tree: Tree) -> tuple[Tree, ...]:
    match tree:
        case Apply("*", (left, right)):
            return (left, right)
        case Apply("^", (base, Number(power))) if power == 2:
            return (base, base)
    return ()


def generate_expand(chance: random.Random, variant: str) -> Task:
    a, b = (chance.choice([n for n in range(-8, 9) if n]) for _ in range(2))
    c = chance.choice((1, 1, 2, 3))
    left = printing.polynomial((Fraction(a), Fraction(c)), _X)
    right = printing.polynomial((Fraction(b), Fraction(1)), _X)
    text = f"({left})({right})"
    tree = formula(text)
    made = expand_task(tree, text) if tree is not None else None
    assert made is not None
    return made


def recognise_simplify(sentence: str) -> Task | None:
    for read in readings(sentence, "SIMPLIFY"):
        tree = formula(read["a"]) if "=" not in read["a"] else None
        if tree is not None and len(variables(tree)) == 1:
            return simplify_task(tree, printing.raised(read["a"]))
    return None


def simplify_task(tree: Tree, text: str) -> Task | None:
    """Return the task to collect the terms of a polynomial or to cancel a fraction of polynomials."""
    (unknown,) = variables(tree)
    poly = to_polynomial(tree, unknown)
    if poly is not None and not _is_quotient(tree):
        return _collect_task(tree, poly, unknown, text) if not has_form(text, Form.EXPANDED) else None
    found = to_rational(tree)
    if found is None or not _is_quotient(tree):
        return None
    top, bottom = (polynomial_of_terms(part, unknown, Fraction(1)) for part in found)
    return _cancel_task(tree, top, bottom, unknown, text) if top and bottom and len(bottom) > 1 else None


def _is_quotient(tree: Tree) -> bool:
    return isinstance(tree, Apply) and tree.name == "/" and bool(variables(tree.args[1]))


def _collect_task(tree: Tree, poly: Poly, unknown: str, text: str) -> Task:
    printed = printing.polynomial(poly, unknown)
    steps = []
    if "(" in text:
        steps.append(Step(wording("step_multiply_out"), ""))
    elif isinstance(tree, Apply) and tree.name in ("*", "^"):
        steps.append(Step(wording("step_add_exponents"), ""))
    steps.append(Step(wording("step_collect_terms"), printed))
    answer = ExpressionAnswer(tree, printed, Form.EXPANDED)
    return Task(TaskKind.SIMPLIFY, "collect", wording("ask_simplify", a=text), answer, tuple(steps), text)


def _cancel_task(tree: Tree, top: Poly, bottom: Poly, unknown: str, text: str) -> Task | None:
    shared = common_divisor(top, bottom)
    if len(shared) < 2:
        return None
    over, under = divide(top, shared)[0], divide(bottom, shared)[0]
    outside = content(under)
    over, under = scale(over, 1 / outside), scale(under, 1 / outside)
    parts = factors(top), factors(bottom), factors(shared)
    if parts[0] is None or parts[1] is None or parts[2] is None:
        return None
    above, below, common = (printing.product(part, unknown) for part in parts if part)
    numerator, denominator = printing.polynomial(over, unknown), printing.polynomial(under, unknown)
    printed = numerator if under == (Fraction(1),) else f"({numerator})/({denominator})"
    steps = [
        Step(wording("step_factor_numerator"), above),
        Step(wording("step_factor_denominator"), below),
        Step(wording("step_cancel", common=common), printed),
    ]
    answer = ExpressionAnswer(tree, printed, Form.LOWEST_TERMS)
    return Task(TaskKind.SIMPLIFY, "cancel", wording("ask_simplify", a=text), answer, tuple(steps), text)


def generate_simplify(chance: random.Random, variant: str) -> Task:
    numbers = chance.sample([n for n in range(-7, 8) if n], 3)
    a, b, c = (Fraction(n) for n in numbers)
    if variant == "cancel":
        one, two, three = ((n, Fraction(1)) for n in (a, b, c))
        top, bottom = printing.polynomial(multiply(one, two), _X), printing.polynomial(multiply(one, three), _X)
        text = f"({top})/({bottom})"
    else:
        text = re.sub(r"\+ -", "- ", f"{abs(a)}({_X} + {abs(b)}) + {chance.randint(2, 6)}{_X} + {c}")
    tree = formula(text)
    made = simplify_task(tree, text) if tree is not None else None
    assert made is not None
    return made


FACTOR = Kind(
    TaskKind.FACTOR,
    ("trinomial", "common", "squares", "leading", "number", "unknown"),
    recognise_factor,
    generate_factor,
)
EXPAND = Kind(TaskKind.EXPAND, ("product",), recognise_expand, generate_expand)
SIMPLIFY = Kind(TaskKind.SIMPLIFY, ("collect", "cancel"), recognise_simplify, generate_simplify)
