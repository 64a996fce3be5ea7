"""The hint ladder: how much help the next turn gives, one rung a turn and sharper each time. Pure.

The course's help level decides the top. Pressure climbs like any other turn and never past the top.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum

from tutor.domain import HelpLevel


class Rung(IntEnum):
    """What a hint may contain; each holds more than the one before."""

    NONE = 0  # nothing was given yet
    GAP = 1  # name what is missing
    QUESTION = 2  # one guiding question
    SIMILAR = 3  # a worked example of a similar problem
    STEP = 4  # the next step
    ANSWER = 5  # the answer, explained


TOP_RUNG = {HelpLevel.LOW: Rung.QUESTION, HelpLevel.MODERATE: Rung.STEP, HelpLevel.HIGH: Rung.ANSWER}
ASKING = frozenset({Rung.QUESTION})


@dataclass(frozen=True, slots=True)
class Ladder:
    """Where a learner stands on the ladder of one exercise; `sharpness` counts hints given at the top rung."""

    level: HelpLevel
    rung: Rung = Rung.NONE
    sharpness: int = 0

    def __post_init__(self) -> None:
        if self.rung > TOP_RUNG[self.level]:
            raise ValueError(f"rung {self.rung.name} is above the top of help level {self.level.value}")

    @property
    def top(self) -> Rung:
        return TOP_RUNG[self.level]

    @property
    def at_top(self) -> bool:
        return self.rung is self.top


def climb(ladder: Ladder) -> Ladder:
    """One rung up; at the top the hint only gets sharper."""
    if ladder.at_top:
        return replace(ladder, sharpness=ladder.sharpness + 1)
    return replace(ladder, rung=Rung(ladder.rung + 1), sharpness=0)


def with_level(ladder: Ladder, level: HelpLevel) -> Ladder:
    """The same ladder after the instructor changed the level: lowered to the new top where it is above."""
    return Ladder(level, Rung(min(ladder.rung, TOP_RUNG[level])), 0)


def may_reveal(ladder: Ladder) -> bool:
    """Whether this turn's reply may hold the answer; everything else goes through the leak guard."""
    return ladder.rung is Rung.ANSWER
