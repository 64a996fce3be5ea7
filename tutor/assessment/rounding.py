"""The rule of rounding: two values agree where they are the same, rounded to the last digit that both of them show.

It holds both ways: the answer may be the key rounded, or the key may be the answer rounded. They must agree in three
significant figures or more to be the same value; fewer are too few to tell. A number without a point may be a count,
and counts are exact.
"""

from __future__ import annotations

from enum import StrEnum
from fractions import Fraction

from tutor.assessment.quantities import Quantity

ENOUGH_FIGURES = 3
TIE_SLACK = Fraction(1, 10**9)  # relative: for values that are not exact, such as pi


class Agreement(StrEnum):
    """How two values agree."""

    ROUNDED = "rounded"  # in enough figures
    ANSWER_COARSE = "answer_coarse"  # as far as the answer goes, which is not far enough
    KEY_COARSE = "key_coarse"  # as far as the key goes: the answer is more exact than the key
    NONE = "none"


def compare_rounded(answer: Quantity, key: Quantity) -> Agreement:
    """Compare two quantities of the same dimension, each with the digits that it shows."""
    given, wanted = answer.in_base_units(), key.in_base_units()
    mine, its = _step(answer), _step(key)
    gap = abs(given - wanted)
    if mine is None and its is None:
        return Agreement.ROUNDED if gap == 0 else Agreement.NONE
    step = max(mine or Fraction(0), its or Fraction(0))
    if gap > step / 2 * (1 + TIE_SLACK):
        return _compare_trailing_zeros(answer, key)
    if not wanted or not given:
        return Agreement.NONE
    if mine and its and gap <= min(mine, its) / 2:
        return Agreement.ROUNDED
    is_answer_coarse = step == mine and mine != its
    figures = _figures(wanted if not is_answer_coarse else given, step)
    if is_answer_coarse:
        return Agreement.ROUNDED if figures >= ENOUGH_FIGURES else Agreement.ANSWER_COARSE
    if key.is_integer:
        return Agreement.KEY_COARSE if figures >= ENOUGH_FIGURES else Agreement.NONE
    if figures >= ENOUGH_FIGURES:
        return Agreement.ROUNDED
    return Agreement.KEY_COARSE if figures == ENOUGH_FIGURES - 1 else Agreement.NONE


def _compare_trailing_zeros(answer: Quantity, key: Quantity) -> Agreement:
    """Compare where the zeros at the end of an answer may stand for digits that were rounded away: 1230 for 1234."""
    if not answer.is_integer or not answer.value or answer.step is None:
        return Agreement.NONE
    step, figures = answer.step, abs(answer.value / answer.step)
    while figures % 10 == 0:
        step, figures = step * 10, figures / 10
    is_close = abs(answer.in_base_units() - key.in_base_units()) <= step * answer.scale() / 2
    enough = figures >= 10 ** (ENOUGH_FIGURES - 1)
    return Agreement.KEY_COARSE if is_close and enough and step != answer.step else Agreement.NONE


def _step(quantity: Quantity) -> Fraction | None:
    return None if quantity.step is None else quantity.step * quantity.scale()


def _figures(value: Fraction, step: Fraction) -> int:
    """Return how many significant figures a value has down to a step."""
    count, size = 0, abs(value) / step
    while size >= 1 and count < 2 * ENOUGH_FIGURES:
        count, size = count + 1, size / 10
    return count
