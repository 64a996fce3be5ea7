"""The child process of `symbolic.py`: reads two trees from stdin, writes "same", "different" or "unknown".

Only this module imports sympy. It never parses text: each node is built from an allowlist of names.
"""

from __future__ import annotations

import json
import resource
import sys
from typing import Any

CPU_LIMIT_S = 8
MEMORY_LIMIT_BYTES = 1 << 30


def build_expression(node: list[Any]) -> Any:
    """Turn nested lists into a sympy expression; an unknown name raises KeyError."""
    import sympy

    name, *args = node
    if name == "number":
        return sympy.Rational(args[0])
    if name == "variable":
        return {"pi": sympy.pi, "e": sympy.E}.get(args[0]) or sympy.Symbol(args[0], real=True)
    parts = [build_expression(arg) for arg in args]
    known = {
        "+": lambda *a: sympy.Add(*a),
        "*": lambda *a: sympy.Mul(*a),
        "/": lambda a, b: a / b,
        "^": lambda a, b: a**b,
        "neg": lambda a: -a,
        "sqrt": sympy.sqrt,
        "cbrt": sympy.cbrt,
        "sin": sympy.sin,
        "cos": sympy.cos,
        "tan": sympy.tan,
        "sec": sympy.sec,
        "csc": sympy.csc,
        "cot": sympy.cot,
        "arcsin": sympy.asin,
        "arccos": sympy.acos,
        "arctan": sympy.atan,
        "sinh": sympy.sinh,
        "cosh": sympy.cosh,
        "tanh": sympy.tanh,
        "arsinh": sympy.asinh,
        "arcosh": sympy.acosh,
        "artanh": sympy.atanh,
        "ln": sympy.log,
        "log": lambda a: sympy.log(a, 10),
        "exp": sympy.exp,
        "abs": sympy.Abs,
        "floor": sympy.floor,
        "ceil": sympy.ceiling,
        "sign": sympy.sign,
        "factorial": sympy.factorial,
    }
    return known[name](*parts)


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_LIMIT_S, CPU_LIMIT_S))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT_BYTES, MEMORY_LIMIT_BYTES))
    import sympy

    left, right = (build_expression(node) for node in json.loads(sys.stdin.read()))
    gap = sympy.simplify(left - right)
    if gap != 0 and gap.has(sympy.sinh, sympy.cosh, sympy.tanh):
        gap = sympy.simplify(gap.rewrite(sympy.exp))
    sys.stdout.write("same" if gap == 0 else "different" if gap.is_number and gap.is_nonzero else "unknown")


if __name__ == "__main__":
    main()
