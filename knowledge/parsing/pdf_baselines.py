"""Raised and lowered characters of a PDF line, by the baselines on which they stand."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from statistics import median
from typing import Any

import pypdfium2.raw as raw

from knowledge.parsing.runs import Run, join_runs

_SMALL = 0.9  # of the line's height: raised and lowered characters are smaller
_RISE, _FALL = 0.14, 0.06  # of the line's height
_SPACE = -1

Glyph = tuple[str, int, float, float]  # character, its index on the page (_SPACE for a space), bottom, top


def line_text(text_page: Any, turn: int, glyphs: Sequence[Glyph], bottom: float, top: float) -> str:
    """Return the text of a line whose usual characters reach from `bottom` to `top`."""
    height = max(top - bottom, 1.0)
    small = [index for _, index, low, high in glyphs if index != _SPACE and high - low < _SMALL * height]
    if not small:
        return "".join(glyph[0] for glyph in glyphs)
    usual = [index for _, index, low, high in glyphs if index != _SPACE and high - low >= _SMALL * height]
    base = median(_baseline(text_page, index, turn) for index in usual[:40]) if usual else 0.0
    shifts = {index: _shift(_baseline(text_page, index, turn) - base, height) for index in small} if usual else {}
    runs: list[Run] = []
    for number, (sign, index, _, _) in enumerate(glyphs):
        if index == _SPACE:  # inside a raised group it belongs to it
            following = glyphs[number + 1][1] if number + 1 < len(glyphs) else _SPACE
            before = runs[-1].shift if runs else 0
            runs.append(Run(sign, before if before == shifts.get(following, 0) else 0))
        else:
            runs.append(Run(sign, shifts.get(index, 0)))
    return join_runs(runs)


def _shift(rise: float, height: float) -> int:
    return 1 if rise > _RISE * height else -1 if rise < -_FALL * height else 0


def _baseline(text_page: Any, index: int, turn: int) -> float:
    """Return the height of a character's baseline on the upright page."""
    x, y = ctypes.c_double(), ctypes.c_double()
    raw.FPDFText_GetCharOrigin(text_page, index, x, y)
    return (y.value, x.value, -y.value, -x.value)[turn]
