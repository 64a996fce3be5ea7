"""Whether a formula has the form that a task asks for: factored, expanded, reduced, a surd in its simplest form."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from fractions import Fraction

from tutor.maths.algebra import Apply, NotAFormula, Number, Tree, parse, to_rational, variables
from tutor.maths.tasks.polynomials import common_divisor, content, factors, polynomial_of_terms, to_polynomial
from tutor.maths.tasks.printing import square_root

_PLAIN_FRACTION = re.compile(r"-?\s*(\d+)\s*/\s*(-?\s*\d+)")
_ROOT_OF = re.compile(r"sqrt\s*\(?\s*(\d+)|√\s*\(?\s*(\d+)")


class Form(StrEnum):
    """The form that an answer must have besides its value."""

    FACTORED = "factored"
    EXPANDED = "expanded"
    LOWEST_TERMS = "lowest_terms"  # of polynomials: nothing left to cancel
    REDUCED = "reduced"  # of a fraction of whole numbers
    SURD = "surd"  # no square factor under a root
    COMPUTED = "computed"  # one number, no operation left


def has_form(text: str, form: Form) -> bool:
    """Whether a formula that has the right value is also in the form."""
    try:
        tree = parse(text)
    except NotAFormula:
        return True  # a mixed number such as "1 1/2": it was read in another way
    match form:
        case Form.FACTORED:
            return _is_factored(tree)
        case Form.EXPANDED:
            return _is_expanded(tree)
        case Form.LOWEST_TERMS:
            return _is_in_lowest_terms(tree)
        case Form.REDUCED:
            return _is_reduced(text)
        case Form.SURD:
            return _is_simple_surd(text)
    return isinstance(_unsigned(tree), Number) or _is_plain_number(text)


def _is_factored(tree: Tree) -> bool:
    """Whether no factor of a product can be split further, and no number taken out of one."""
    names = variables(tree)
    if len(names) != 1:
        return False
    (unknown,) = names
    for part in _factors_of(tree):
        poly = to_polynomial(part, unknown)
        if poly is None:
            return False
        if len(poly) < 2:
            continue
        found = factors(poly)
        if found is None or sum(times for _, times in found.parts) > 1 or abs(content(poly)) != 1:
            return False
    return True


def _factors_of(tree: Tree) -> Iterator[Tree]:
    match tree:
        case Apply("*", args):
            for arg in args:
                yield from _factors_of(arg)
        case Apply("/", (top, bottom)) if not variables(bottom):
            yield from _factors_of(top)
        case Apply("neg", (arg,)):
            yield from _factors_of(arg)
        case Apply("^", (base, Number(power))) if power.denominator == 1 and power > 0:
            yield from _factors_of(base)
        case _:
            yield tree


def _is_expanded(tree: Tree) -> bool:
    """Whether a sum has no brackets left to multiply out and no like terms."""
    terms = tree.args if isinstance(tree, Apply) and tree.name == "+" else (tree,)
    seen: list[object] = []
    for one in terms:
        if _has_sum(one):
            return False
        found = to_rational(one)
        if found is None:
            return True
        if len(found[0]) != 1 or len(found[1]) != 1:
            return False
        seen.append((tuple(found[0]), tuple(found[1])))
    return len(seen) == len(set(seen))


def _has_sum(tree: Tree) -> bool:
    if not isinstance(tree, Apply):
        return False
    return tree.name == "+" or any(_has_sum(arg) for arg in tree.args)


def _is_in_lowest_terms(tree: Tree) -> bool:
    names = variables(tree)
    quotient = _unsigned(tree)
    if not (isinstance(quotient, Apply) and quotient.name == "/") or len(names) != 1:
        return _is_expanded(tree) or _is_factored(tree)
    (unknown,) = names
    parts = [to_rational(arg) for arg in quotient.args]
    polys = [part and polynomial_of_terms(part[0], unknown, Fraction(1)) for part in parts]
    if any(not poly for poly in polys):
        return False
    top, bottom = polys
    assert top and bottom
    return len(common_divisor(top, bottom)) == 1


def _unsigned(tree: Tree) -> Tree:
    return tree.args[0] if isinstance(tree, Apply) and tree.name == "neg" else tree


def _is_reduced(text: str) -> bool:
    """Whether a text is a whole number, a mixed number or a fraction of whole numbers in lowest terms."""
    match = _PLAIN_FRACTION.fullmatch(text.strip().strip("()"))
    if match is None:
        return re.fullmatch(r"-?\s*\d+(?:\s+\d+/\d+)?", text.strip()) is not None
    top, bottom = int(match[1]), int(match[2].replace(" ", ""))
    return bottom > 1 and Fraction(top, bottom).denominator == bottom


def _is_plain_number(text: str) -> bool:
    """Whether a text is a number or a fraction of whole numbers that is no whole number itself."""
    match = _PLAIN_FRACTION.fullmatch(text.strip().strip("()"))
    return _is_reduced(text) or (match is not None and int(match[1]) % int(match[2].replace(" ", "")) != 0)


def _is_simple_surd(text: str) -> bool:
    if re.search(r"\d\.\d", text):
        return False
    roots = [int(one or two) for one, two in _ROOT_OF.findall(text)]
    return len(roots) <= 1 and all(square_root(root)[0] == 1 and root > 1 for root in roots)
