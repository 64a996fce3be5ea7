"""Other readings of a formula that people mean: conventions differ between books, schools and calculators.

An answer that is right in another reading only is for a person to decide.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from tutor.maths.notation import ambiguous_readings

_RECIPROCALS = {"sin": "csc", "cos": "sec", "tan": "cot"}
_PLAIN_LOG = re.compile(r"\\?\blog\b(?![_\d])")
_INVERSE_POWER = re.compile(r"\\?\b(sin|cos|tan)\s*(?:\^\s*[({]?\s*[-−]1\s*[)}]?|⁻¹)")
_PREFIXED_ARC = re.compile(r"\ba(sin|cos|tan)\b")
_FLAT_QUOTIENT = re.compile(r"/\s*(\d+)([A-Za-z])")
_FLAT_ROOT = re.compile(r"(√|sqrt\s)\s*(\d+)(?=[A-Za-z])")
_POWER_OF_TEN = re.compile(r"(?<=[\d.])(?=[eE][-+]\d)")
_COMMA_IN_NUMBER = re.compile(r"(?<=\d),(?=\d)")
_IMAGINARY = re.compile(r"(?<![A-Za-z])i(?![A-Za-z])")

_READINGS: tuple[Callable[[str], str], ...] = (
    lambda text: _PLAIN_LOG.sub("ln", text),
    lambda text: _INVERSE_POWER.sub(lambda match: _RECIPROCALS[match[1]], text),
    lambda text: _PREFIXED_ARC.sub(r"a \1", text),
    lambda text: _FLAT_QUOTIENT.sub(r"/(\1\2)", text),
    lambda text: _FLAT_ROOT.sub(r"\1(\2)", text),
    lambda text: _POWER_OF_TEN.sub("*", text),
)


def other_readings(text: str) -> Iterator[str]:
    """Yield what else a formula may mean: log as the natural one, 1/2x as 1/(2x), 2e+1 as 2·e + 1."""
    for reading in _READINGS:
        other = reading(text)
        if other != text:
            yield other
    yield from ambiguous_readings(text)


def separated_values(text: str) -> str:
    """Return a formula with each comma between digits as one between two values: "x=2,5" as "x=2, 5"."""
    return _COMMA_IN_NUMBER.sub(", ", text)


def may_be_complex(text: str) -> bool:
    """Whether the letter i stands alone, which may be the imaginary unit."""
    return bool(_IMAGINARY.search(text))
