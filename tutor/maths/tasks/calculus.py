"""Derivatives and simple integrals: sums of simple terms, and powers of a linear expression by the chain rule."""

from __future__ import annotations

import random
from fractions import Fraction

from tutor.maths.algebra import Apply, Number, Tree, variables
from tutor.maths.linear_equation import format_fraction
from tutor.maths.tasks import printing
from tutor.maths.tasks.answers import ExpressionAnswer, NumberAnswer
from tutor.maths.tasks.forms import Form
from tutor.maths.tasks.polynomials import Poly, to_polynomial
from tutor.maths.tasks.sentences import formula, readings
from tutor.maths.tasks.task import Kind, Step, Task, TaskKind, Wording, wording
from tutor.maths.tasks.terms import SimpleTerm, print_terms, read_terms
from tutor.maths.tasks.values import value_of

MAX_TERMS = 6


def recognise_derivative(sentence: str) -> Task | None:
    for read in readings(sentence, "DERIVATIVE"):
        tree, x = _function_of(_right_side(read["a"]))
        if tree is not None and (made := derivative_task(tree, x, printing.raised(_right_side(read["a"])))):
            return made
    return None


def _right_side(text: str) -> str:
    """Return "3x^2" of "y = 3x^2" or "f(x) = 3x^2"."""
    left, equals, right = text.partition("=")
    is_name = left.replace(" ", "") in ("y", "f(x)", "g(x)", "h(x)", "s(t)", "f(t)")
    return right.strip() if equals and is_name else text


def _function_of(text: str) -> tuple[Tree | None, str]:
    tree = formula(text, needs_maths=False)
    names = variables(tree) if tree is not None else frozenset[str]()
    return (tree, next(iter(names))) if len(names) == 1 else (None, "")


def derivative_task(tree: Tree, x: str, text: str) -> Task | None:
    """Return the task to differentiate; None for a function that is not treated here."""
    chain = _power_of_linear(tree, x)
    if chain is not None:
        return _chain_task(*chain, x, text)
    terms = read_terms(tree, x)
    if not terms or len(terms) > MAX_TERMS:
        return None
    results = [one.derivative() for one in terms]
    steps = [Step(wording("step_multiply_out"), print_terms(terms, x))] if "(" in text and _is_polynomial(terms) else []
    if len(terms) > 1:
        steps.append(Step(wording("step_term_by_term"), ""))
    for one, result in zip(terms, results, strict=True):
        shown = print_terms([result], x) if result.factor else "0"
        steps.append(Step(_rule(one, x), f"({print_terms([one], x)})' = {shown}"))
    variant = "term" if len(terms) == 1 else "terms"
    return _derivative(variant, x, text, print_terms(results, x), steps)


def _is_polynomial(terms: list[SimpleTerm]) -> bool:
    return all(one.name == "power" and one.inner.denominator == 1 and one.inner >= 0 for one in terms)


def _rule(term: SimpleTerm, x: str) -> Wording:
    shown = print_terms([term], x)
    if term.name == "power" and not term.inner:
        return wording("step_constant_rule", a=shown)
    if term.name == "power":
        return wording("step_power_rule", a=shown, n=format_fraction(term.inner))
    return wording(f"step_rule_{term.name}", a=shown)


def _power_of_linear(tree: Tree, x: str) -> tuple[Poly, int] | None:
    match tree:
        case Apply("^", (Apply("+") as base, Number(power))) if power.denominator == 1 and 2 < abs(power) <= 12:
            poly = to_polynomial(base, x)
            return (poly, int(power)) if poly is not None and len(poly) == 2 else None
    return None


def _chain_task(poly: Poly, power: int, x: str, text: str) -> Task | None:
    inner = f"({printing.polynomial(poly, x)})"
    outer = printing.power(inner, power - 1)
    printed = printing.signed_sum([(power * poly[1], outer)])
    steps = [
        Step(wording("step_see_inner", a=inner), f"u = {printing.polynomial(poly, x)}"),
        Step(wording("step_outer_derivative", n=str(power)), f"{power}{printing.power('u', power - 1)}"),
        Step(wording("step_inner_derivative"), f"u' = {format_fraction(poly[1])}"),
        Step(wording("step_multiply_both"), ""),
    ]
    return _derivative("chain", x, text, printed, steps)


def _derivative(variant: str, x: str, text: str, printed: str, steps: list[Step]) -> Task | None:
    tree = formula(printed, needs_maths=False)
    if tree is None:
        return None
    if len(steps) > 1 and variant == "terms" and steps[-1].result != printed:
        steps = [*steps, Step(wording("step_write_sum"), "")]
    last = Step(steps[-1].instruction, printed)
    prompt = wording("ask_derivative", a=text)
    return Task(TaskKind.DERIVATIVE, variant, prompt, ExpressionAnswer(tree, printed), (*steps[:-1], last))


def generate_derivative(chance: random.Random, variant: str) -> Task:
    if variant == "chain":
        inner = (Fraction(chance.randint(1, 7)), Fraction(chance.randint(2, 5)))
        text = printing.power(f"({printing.polynomial(inner, 'x')})", chance.randint(3, 6))
    elif variant == "term":
        text = printing.signed_sum([(Fraction(chance.randint(2, 9)), printing.power("x", chance.randint(2, 6)))])
    else:
        poly = [Fraction(chance.choice((-5, -3, -2, 0, 2, 3, 4, 7))) for _ in range(3)]
        text = printing.polynomial((*poly, Fraction(chance.randint(1, 5))), "x")
    tree = formula(text)
    made = derivative_task(tree, "x", text) if tree is not None else None
    return made if made is not None and made.variant == variant else generate_derivative(chance, variant)


def recognise_integral(sentence: str) -> Task | None:
    for name in ("DEFINITE_INTEGRAL", "INTEGRAL"):
        for read in readings(sentence, name):
            text = read["a"].rstrip("· ")
            tree, x = _function_of(_right_side(text))
            if tree is None:
                continue
            limits = [_limit(read[hole]) for hole in "bc"] if "b" in read else []
            if None not in limits and (
                made := integral_task(tree, x, printing.raised(text), [one for one in limits if one is not None])
            ):
                return made
    return None


def _limit(text: str) -> Fraction | None:
    tree = formula(text, needs_maths=False)
    value = value_of(tree) if tree is not None else None
    return value.number if value is not None and value.is_exact else None


def integral_task(tree: Tree, x: str, text: str, limits: list[Fraction]) -> Task | None:
    """Return the task to integrate, between limits where there are two; None for what is not treated here."""
    terms = read_terms(tree, x)
    if not terms or len(terms) > MAX_TERMS:
        return None
    results = [one.integral() for one in terms]
    sound = [one for one in results if one is not None]
    if len(sound) != len(results):
        return None
    steps = [Step(wording("step_multiply_out"), print_terms(terms, x))] if "(" in text and _is_polynomial(terms) else []
    if len(terms) > 1:
        steps.append(Step(wording("step_term_by_term"), ""))
    for one, result in zip(terms, sound, strict=True):
        steps.append(Step(_integral_rule(one, x), f"∫ {print_terms([one], x)} d{x} = {print_terms([result], x)}"))
    primitive = print_terms(sound, x)
    if limits:
        return _definite(terms, sound, x, text, limits, steps)
    steps.append(Step(wording("step_add_constant"), f"{primitive} + C"))
    parsed = formula(primitive.replace("ln x", "ln(x)"), needs_maths=False)
    if parsed is None:
        return None
    answer = ExpressionAnswer(parsed, f"{primitive} + C", up_to_constant=True)
    variant = "term" if len(terms) == 1 else "indefinite"
    return Task(TaskKind.INTEGRAL, variant, wording("ask_integral", a=text, x=x), answer, tuple(steps))


def _integral_rule(term: SimpleTerm, x: str) -> Wording:
    shown = print_terms([term], x)
    if term.name == "power" and term.inner != -1:
        return wording("step_power_integral", a=shown, n=format_fraction(term.inner))
    return wording(f"step_integral_{'inverse' if term.name == 'power' else term.name}", a=shown)


def _definite(
    terms: list[SimpleTerm], results: list[SimpleTerm], x: str, text: str, limits: list[Fraction], steps: list[Step]
) -> Task | None:
    """Return the task of a definite integral of a polynomial."""
    if not _is_polynomial(terms):
        return None
    low, high = limits
    at = [sum((one.factor * limit ** int(one.inner) for one in results), Fraction(0)) for limit in (low, high)]
    value = at[1] - at[0]
    shown = format_fraction(low), format_fraction(high)
    steps = [
        *steps,
        Step(wording("step_put_upper", n=shown[1]), format_fraction(at[1])),
        Step(wording("step_put_lower", n=shown[0]), format_fraction(at[0])),
        Step(wording("step_upper_minus_lower"), format_fraction(value)),
    ]
    prompt = wording("ask_definite_integral", a=text, b=shown[0], c=shown[1])
    answer = NumberAnswer(format_fraction(value), value, must_be=Form.COMPUTED)
    return Task(TaskKind.INTEGRAL, "definite", prompt, answer, tuple(steps))


def generate_integral(chance: random.Random, variant: str) -> Task:
    square, plain, number = 3 * chance.randint(1, 3), 2 * chance.randint(-3, 4), chance.randint(1, 6)
    poly = (Fraction(number), Fraction(plain), Fraction(square))
    text = printing.polynomial(poly if variant != "term" else (Fraction(0), Fraction(0), Fraction(square)), "x")
    low = chance.randint(0, 1)
    limits = [Fraction(low), Fraction(low + chance.randint(1, 2))] if variant == "definite" else []
    tree = formula(text)
    made = integral_task(tree, "x", text, limits) if tree is not None else None
    fits = made is not None and made.variant == variant and made.answer.texts[0] != "0"  # 0 is an exponent in its hints
    return made if made is not None and fits else generate_integral(chance, variant)


DERIVATIVE = Kind(TaskKind.DERIVATIVE, ("terms", "term", "chain"), recognise_derivative, generate_derivative)
INTEGRAL = Kind(TaskKind.INTEGRAL, ("indefinite", "term", "definite"), recognise_integral, generate_integral)
