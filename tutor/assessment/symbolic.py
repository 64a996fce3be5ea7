"""Are two formulas equal? Exactly as rational functions, else at sample points, else by sympy in a child process.

The child gets our own tree as JSON, builds it from a whitelist, has a limit of time and memory, and its silence
means "unknown". A difference at a sample point is proof; agreement at all of them is not.
"""

from __future__ import annotations

import cmath
import json
import subprocess
import sys
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any

from tutor.maths.algebra import Apply, Number, Tree, Variable, evaluate, same_rational, variables

TIME_LIMIT_S = 20.0  # wall clock; the child limits its own CPU time, waiting for a busy machine is not its fault
_POINTS = (0.37, 1.13, 2.71, -0.59, 0.83, 1.91, -1.37)
_CHILD = "tutor.assessment.symbolic_worker"
_ROOT = Path(__file__).resolve().parents[2]


class Sameness(StrEnum):
    SAME = "same"
    DIFFERENT = "different"
    UNKNOWN = "unknown"


def compare(left: Tree, right: Tree, *, time_limit_s: float = TIME_LIMIT_S) -> Sameness:
    """Decide whether two expressions are the same function of their variables."""
    exact = same_rational(left, right)
    if exact is not None:
        return Sameness.SAME if exact else Sameness.DIFFERENT
    gaps = list(_gaps(left, right))
    if any(gap > 1e-6 for gap in gaps):
        return Sameness.DIFFERENT
    if len(gaps) < 2:
        return Sameness.UNKNOWN
    return _ask_child(left, right, time_limit_s)


def _gaps(left: Tree, right: Tree) -> Iterator[float]:
    """Relative differences at the sample points where both sides have a real value."""
    names = sorted(variables(left) | variables(right))
    for shift in range(len(_POINTS)):
        at = {name: complex(_POINTS[(shift + 3 * n) % len(_POINTS)]) for n, name in enumerate(names)}
        try:
            one, two = evaluate(left, at), evaluate(right, at)
        except (ArithmeticError, ValueError, KeyError):
            continue
        if cmath.isfinite(one) and cmath.isfinite(two) and abs(one.imag) + abs(two.imag) < 1e-9:
            yield abs(one - two) / max(1.0, abs(one), abs(two))


def _ask_child(left: Tree, right: Tree, time_limit_s: float) -> Sameness:
    question = json.dumps([as_json(left), as_json(right)])
    try:
        done = subprocess.run(
            [sys.executable, "-m", _CHILD],
            input=question,
            capture_output=True,
            text=True,
            timeout=time_limit_s,
            cwd=_ROOT,
            env={"PYTHONPATH": str(_ROOT), "OMP_NUM_THREADS": "1"},
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Sameness.UNKNOWN
    answer = done.stdout.strip()
    return Sameness(answer) if done.returncode == 0 and answer in set(Sameness) else Sameness.UNKNOWN


def as_json(tree: Tree) -> list[Any]:
    """The tree as nested lists of strings: ["number", "1/2"], ["variable", "x"], ["+", ...]."""
    match tree:
        case Number(value):
            return ["number", str(value)]
        case Variable(name):
            return ["variable", name]
        case Apply(name, args):
            return [name, *(as_json(arg) for arg in args)]
