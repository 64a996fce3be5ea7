"""When the tutor offers the next hint of an open exercise: after two failed tries, or a long silence. Pure.

An offer gives nothing away; the learner asks for the hint or not. It is made once for each exercise: the page that
shows it remembers its `key`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from tutor.domain import Guidance

FAILED_TRIES = 2
SILENCE_S = 120  # long enough to work on paper


@dataclass(frozen=True, slots=True)
class HintOffer:
    """An offer for one exercise, to be shown after so many seconds without a sign of the learner; 0 means at once."""

    key: str
    after_s: int


def choose_offer(guidances: Sequence[Guidance]) -> HintOffer | None:
    """Return what to offer after the last of a conversation's turns; None while no exercise is open."""
    last = guidances[-1] if guidances else None
    exercise = _open_exercise(last)
    if last is None or not exercise:
        return None
    key = hashlib.sha256(exercise.encode()).hexdigest()[:16]
    return HintOffer(key, 0 if _has_just_failed_again(guidances[-2:]) else SILENCE_S)


def _has_just_failed_again(turns: Sequence[Guidance]) -> bool:
    """Whether the last turn is the one with the second failed try: the turns after it do not offer once more."""
    before = turns[0].wrong if len(turns) > 1 and _open_exercise(turns[0]) == _open_exercise(turns[-1]) else 0
    return turns[-1].wrong >= FAILED_TRIES > before


def _open_exercise(turn: Guidance | None) -> str:
    """Return the question that was posed, or the exercise's text; "" where none is open."""
    if turn is None or turn.closed:
        return ""
    return turn.posed or turn.exercise
