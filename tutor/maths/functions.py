"""The functions and constants that formulas may use, their other spellings, and names that are never products."""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable, Mapping


def _real(function: Callable[[float], float]) -> Callable[[complex], complex]:
    """Return a function of real numbers as one of complex numbers; ValueError off the real line."""

    def apply(z: complex) -> complex:
        if abs(z.imag) > 1e-12:
            raise ValueError("the function has real arguments")
        return complex(function(z.real))

    return apply


FUNCTIONS: Mapping[str, Callable[[complex], complex]] = {
    "sqrt": cmath.sqrt,
    "cbrt": _real(math.cbrt),
    "sin": cmath.sin,
    "cos": cmath.cos,
    "tan": cmath.tan,
    "sec": lambda z: 1 / cmath.cos(z),
    "csc": lambda z: 1 / cmath.sin(z),
    "cot": lambda z: 1 / cmath.tan(z),
    "arcsin": cmath.asin,
    "arccos": cmath.acos,
    "arctan": cmath.atan,
    "sinh": cmath.sinh,
    "cosh": cmath.cosh,
    "tanh": cmath.tanh,
    "arsinh": cmath.asinh,
    "arcosh": cmath.acosh,
    "artanh": cmath.atanh,
    "ln": cmath.log,
    "log": cmath.log10,
    "exp": cmath.exp,
    "abs": lambda z: complex(abs(z)),
    "floor": _real(math.floor),
    "ceil": _real(math.ceil),
    "sign": _real(lambda x: (x > 0) - (x < 0)),
    "factorial": _real(lambda x: math.gamma(x + 1)),
}
TRIGONOMETRIC = frozenset({"sin", "cos", "tan", "sec", "csc", "cot"})
INVERSES: Mapping[str, str] = {
    "sin": "arcsin",
    "cos": "arccos",
    "tan": "arctan",
    "sinh": "arsinh",
    "cosh": "arcosh",
    "tanh": "artanh",
}
CONSTANTS: Mapping[str, float] = {"pi": math.pi, "e": math.e}
ALIASES: Mapping[str, str] = {
    "asin": "arcsin",
    "acos": "arccos",
    "atan": "arctan",
    "asinh": "arsinh",
    "acosh": "arcosh",
    "atanh": "artanh",
    "arcsinh": "arsinh",
    "arccosh": "arcosh",
    "arctanh": "artanh",
    "cosec": "csc",
    "ctg": "cot",
    "tg": "tan",
    "arctg": "arctan",
    "lg": "log",
    "sgn": "sign",
    "ceiling": "ceil",
    "fact": "factorial",
}
# Names of functions that are not computed here; without this list they would be read as products of letters.
RESERVED = frozenset(
    """
    min max mod lim det gcd lcm hcf sup inf arg dim ker deg rank curl grad div erf sech csch coth arcsec arccsc arccot
    sh ch th ei si ci li re im tr lb id sum prod int var cov std avg mean round trunc sinc cis
    """.split()
)
GREEK: Mapping[str, str] = {
    "alpha": "α",
    "beta": "β",
    "gamma": "γ",
    "delta": "δ",
    "epsilon": "ε",
    "varepsilon": "ε",
    "zeta": "ζ",
    "eta": "η",
    "theta": "θ",
    "vartheta": "θ",
    "kappa": "κ",
    "lambda": "λ",
    "mu": "µ",
    "nu": "ν",
    "xi": "ξ",
    "rho": "ρ",
    "sigma": "σ",
    "tau": "τ",
    "phi": "φ",
    "varphi": "φ",
    "chi": "χ",
    "psi": "ψ",
    "omega": "ω",
    "Gamma": "Γ",
    "Delta": "Δ",
    "Theta": "Θ",
    "Lambda": "Λ",
    "Xi": "Ξ",
    "Sigma": "Σ",
    "Phi": "Φ",
    "Psi": "Ψ",
    "Omega": "Ω",
}
