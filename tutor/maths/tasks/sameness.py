"""Whether two formulas are the same function: exactly as rational functions, otherwise at many sample points."""

from __future__ import annotations

import cmath
from collections.abc import Iterator

from tutor.maths.algebra import Apply, Tree, Variable, evaluate, is_same_rational, variables

_POINTS = (0.37, 1.13, 2.71, 0.83, 1.91, 3.37, 0.59, 4.21)  # positive: logarithms and roots have a value there
_GAP = 1e-8  # relative difference
_MIN_POINTS = 4


def is_same(left: Tree, right: Tree) -> bool | None:
    """Whether two expressions have the same values; None where that cannot be told."""
    exact = is_same_rational(left, right)
    if exact is not None:
        return exact
    gaps = list(_differences(left, right))
    if any(gap > _GAP for gap in gaps):
        return False
    return True if len(gaps) >= _MIN_POINTS else None


def is_same_up_to_constant(left: Tree, right: Tree) -> bool | None:
    """Whether two expressions differ by a number, or by a constant with a name of its own ("+ C")."""
    names = variables(left) - variables(right)
    if len(names) > 1:
        return None
    gap = Apply("+", (left, Apply("neg", (right,))))
    values = [value for point in _points(gap) if (value := _value(gap, point | dict.fromkeys(names, 0.5))) is not None]
    if len(values) < _MIN_POINTS:
        return None
    if any(abs(value - values[0]) > _GAP * max(1.0, abs(value)) for value in values):
        return False
    return _adds(left, next(iter(names))) if names else True


def _adds(tree: Tree, name: str) -> bool | None:
    """Whether a constant is a term of its own, not a factor."""
    terms = tree.args if isinstance(tree, Apply) and tree.name == "+" else (tree,)
    bare = (Variable(name), Apply("neg", (Variable(name),)))
    return True if any(one in bare for one in terms) else None


def _differences(left: Tree, right: Tree) -> Iterator[float]:
    for point in _points(Apply("+", (left, right))):
        one, two = _value(left, point), _value(right, point)
        if one is not None and two is not None:
            yield abs(one - two) / max(1.0, abs(one), abs(two))


def _points(tree: Tree) -> Iterator[dict[str, complex]]:
    names = sorted(variables(tree))
    for shift in range(len(_POINTS)):
        yield {name: complex(_POINTS[(shift + 3 * n) % len(_POINTS)]) for n, name in enumerate(names)}


def _value(tree: Tree, point: dict[str, complex]) -> complex | None:
    try:
        value = evaluate(tree, point)
    except (ArithmeticError, ValueError, KeyError):
        return None
    return value if cmath.isfinite(value) and abs(value.imag) < 1e-9 else None
