"""Decides whether two formulas are equal: as rational functions, at sample points, or by sympy in a child process.

The child gets our own tree as JSON, builds it from an allowlist, and has limits of time and memory; no answer means
"unknown". A difference at a sample point is proof; agreement at all of them is not.
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

from tutor.maths.algebra import Apply, Number, Tree, Variable, evaluate, is_same_rational, variables

TIME_LIMIT_S = 20.0  # wall clock; the child limits its own CPU time
_SAMPLE_POINTS = (0.37, 1.13, 2.71, -0.59, 0.83, 1.91, -1.37)
_WORKER_MODULE = "tutor.assessment.symbolic_worker"
_ROOT = Path(__file__).resolve().parents[2]


class Equivalence(StrEnum):
    SAME = "same"
    DIFFERENT = "different"
    UNKNOWN = "unknown"


def check_equivalence(left: Tree, right: Tree, *, time_limit_s: float = TIME_LIMIT_S) -> Equivalence:
    """Decide whether two expressions are the same function of their variables."""
    exact = is_same_rational(left, right)
    if exact is not None:
        return Equivalence.SAME if exact else Equivalence.DIFFERENT
    gaps = list(_sample_differences(left, right))
    if any(gap > 1e-6 for gap in gaps):
        return Equivalence.DIFFERENT
    if len(gaps) < 2:
        return Equivalence.UNKNOWN
    return _run_worker(left, right, time_limit_s)


def agrees_at_samples(left: Tree, right: Tree, gap: float = 1e-6) -> bool:
    """Whether two expressions have the same values at the sample points, up to a relative difference; no proof."""
    gaps = list(_sample_differences(left, right))
    return len(gaps) > 1 and max(gaps) <= gap


def _sample_differences(left: Tree, right: Tree) -> Iterator[float]:
    """Yield relative differences at the sample points where both sides have a real value."""
    names = sorted(variables(left) | variables(right))
    for shift in range(len(_SAMPLE_POINTS)):
        at = {name: complex(_SAMPLE_POINTS[(shift + 3 * n) % len(_SAMPLE_POINTS)]) for n, name in enumerate(names)}
        try:
            one, two = evaluate(left, at), evaluate(right, at)
        except (ArithmeticError, ValueError, KeyError):
            continue
        if cmath.isfinite(one) and cmath.isfinite(two) and abs(one.imag) + abs(two.imag) < 1e-9:
            yield abs(one - two) / max(1.0, abs(one), abs(two))


def _run_worker(left: Tree, right: Tree, time_limit_s: float) -> Equivalence:
    question = json.dumps([to_json(left), to_json(right)])
    try:
        done = subprocess.run(
            [sys.executable, "-m", _WORKER_MODULE],
            input=question,
            capture_output=True,
            text=True,
            timeout=time_limit_s,
            cwd=_ROOT,
            env={"PYTHONPATH": str(_ROOT), "OMP_NUM_THREADS": "1"},
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Equivalence.UNKNOWN
    answer = done.stdout.strip()
    return Equivalence(answer) if done.returncode == 0 and answer in set(Equivalence) else Equivalence.UNKNOWN


def to_json(tree: Tree) -> list[Any]:
    """Return the tree as nested lists of strings: ["number", "1/2"], ["variable", "x"], ["+", ...]."""
    match tree:
        case Number(value):
            return ["number", str(value)]
        case Variable(name):
            return ["variable", name]
        case Apply(name, args):
            return [name, *(to_json(arg) for arg in args)]
