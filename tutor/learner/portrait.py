"""The portrait: what may be said of a learner in a course, each statement with the answers that made it.

Statements are drawn from her record and hedged by how much they rest on; nothing is guessed from her mood, her words
or her manner. A statement that she deleted stays away until as many new answers speak for it as a statement needs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tutor.learner.mastery import KNOWN
from tutor.learner.overview import Overview, SkillLine

ENOUGH = 3  # unaided answers that a statement on a skill needs
SURE = 6  # from here on it is said without "it seems"
NAMED = 3  # skills of a kind that the block names


class Says(StrEnum):
    """What a statement says."""

    STRONG = "strong"
    WEAK = "weak"
    MIXED_UP = "mixed_up"
    PACE = "pace"


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing said of a learner: `rights` of `answers`, the last of them on `last`."""

    key: str  # names it for deleting
    says: Says
    skill: str | None
    rights: int
    answers: int
    last: date | None
    text: str = ""  # of a misconception, in the item's words
    passage_id: str | None = None

    @property
    def sure(self) -> bool:
        return self.answers >= SURE


def statements(seen: Overview, dropped: Mapping[str, int]) -> tuple[Statement, ...]:
    """Return what may be said, without what she deleted."""
    return tuple(s for s in _all(seen) if s.key not in dropped or s.answers >= dropped[s.key] + ENOUGH)


def _all(seen: Overview) -> Iterator[Statement]:
    for line in sorted(seen.skills, key=lambda line: -line.known):
        if line.mastery.unaided >= ENOUGH and line.mastery.known >= KNOWN:
            yield _on(line, Says.STRONG)
    for line in sorted(seen.skills, key=lambda line: line.known):
        if line.mastery.unaided >= ENOUGH and line.mastery.known < 0.5:
            yield _on(line, Says.WEAK)
    for mistake in seen.mistakes:
        key = f"{Says.MIXED_UP.value}:{mistake.item_id}:{mistake.text}"
        yield Statement(
            key, Says.MIXED_UP, mistake.skill, 0, mistake.times, mistake.last, mistake.text, mistake.passage_id
        )
    if seen.total.answers:
        days = len(seen.days)
        yield Statement(Says.PACE.value, Says.PACE, None, days, seen.total.answers, max(seen.days))


def _on(line: SkillLine, says: Says) -> Statement:
    day = line.notes[-1].day if line.notes else None
    mastery = line.mastery
    return Statement(f"{says.value}:{line.skill}", says, line.skill, mastery.unaided_right, mastery.unaided, day)
