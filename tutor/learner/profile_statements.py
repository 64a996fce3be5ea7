"""The portrait: what may be said of a learner in a course, each statement with the answers that made it.

Statements are drawn from her record and hedged by how much they rest on; nothing is guessed from her mood, her words
or her manner. A statement that she deleted stays away until as many new answers speak for it as a statement needs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tutor.learner.activity_log import Mistake
from tutor.learner.bayesian_knowledge_tracing import KNOWN
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
    """One thing said of a learner: `rights` of the latest `answers`, the last of them on `last`."""

    key: str  # names it for deleting
    says: Says
    skill: str | None
    rights: int
    answers: int
    last: date | None
    rests_on: int  # all answers that bear on it
    text: str = ""  # of a misconception, in the item's words
    passage_id: str | None = None

    @property
    def sure(self) -> bool:
        return self.rests_on >= SURE


def statements(seen: Overview, dropped: Mapping[str, int]) -> tuple[Statement, ...]:
    """Return what may be said, without what she deleted."""
    return tuple(s for s in _all(seen) if s.key not in dropped or s.rests_on >= dropped[s.key] + ENOUGH)


def _all(seen: Overview) -> Iterator[Statement]:
    judged = [line for line in seen.skills if line.mastery.unaided >= ENOUGH]
    for line in sorted(judged, key=lambda line: -line.known):
        if line.mastery.known >= KNOWN and _lately(line) >= 0.6:
            yield _on(line, Says.STRONG)
    for line in sorted(judged, key=lambda line: line.known):
        if line.mastery.known < 0.5 and _lately(line) <= 0.5:
            yield _on(line, Says.WEAK)
    yield from _mix_ups(seen)
    if seen.total.answers:
        total = seen.total.answers
        yield Statement(Says.PACE.value, Says.PACE, None, len(seen.days), total, max(seen.days), total)


def _lately(line: SkillLine) -> float:
    return sum(line.mastery.latest) / len(line.mastery.latest)


def _on(line: SkillLine, says: Says) -> Statement:
    """Say the latest answers, for they are what the judgement turns on."""
    day, latest = line.notes[-1].day if line.notes else None, line.mastery.latest
    return Statement(
        f"{says.value}:{line.skill}", says, line.skill, sum(latest), len(latest), day, line.mastery.unaided
    )


def _mix_ups(seen: Overview) -> Iterator[Statement]:
    """One statement a misconception, however many items showed it."""
    grouped: dict[tuple[str, str], list[Mistake]] = {}
    for mistake in seen.mistakes:
        grouped.setdefault((mistake.skill, mistake.text), []).append(mistake)
    for (skill, text), held in grouped.items():
        newest, times = max(held, key=lambda m: m.last), sum(mistake.times for mistake in held)
        key = f"{Says.MIXED_UP.value}:{skill}:{text}"
        yield Statement(key, Says.MIXED_UP, skill, 0, times, newest.last, times, text, newest.passage_id)
