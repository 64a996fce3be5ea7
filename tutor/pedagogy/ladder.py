"""The hint ladder: how much help the next turn gives. Pure.

Each turn gives one more rung, up to the top that the course's help level sets; there the hints get sharper. Pressure
for the answer climbs like any other turn.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum

from tutor.domain import HelpLevel


class Rung(IntEnum):
    """One step of the hint ladder; each contains more help than the one before."""

    NONE = 0  # no hint yet
    GAP = 1  # what is missing
    QUESTION = 2  # a guiding question
    SIMILAR = 3  # a similar exercise with its solution
    STEP = 4  # the next step
    ANSWER = 5  # the answer with its explanation


TOP_RUNG = {HelpLevel.LOW: Rung.QUESTION, HelpLevel.MODERATE: Rung.STEP, HelpLevel.HIGH: Rung.ANSWER}


@dataclass(frozen=True, slots=True)
class Ladder:
    """A learner's rung for one exercise; `sharpness` counts further hints given at the top rung."""

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
    """Return the ladder one rung up; at the top, with a sharper hint."""
    if ladder.at_top:
        return replace(ladder, sharpness=ladder.sharpness + 1)
    return replace(ladder, rung=Rung(ladder.rung + 1), sharpness=0)
