"""The portrait: what may be said of a learner in a course, each statement with the answers that made it.

Statements are drawn from her record and hedged by how much they rest on; nothing is guessed from her mood, her words
or her manner. A statement that she deleted stays away until as many new answers speak for it as a statement needs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tutor.learner.activity_log import ObservedMisconception
from tutor.learner.bayesian_knowledge_tracing import MASTERY_THRESHOLD
from tutor.learner.overview import LearnerOverview, SkillOverview

MIN_ANSWERS = 3  # unaided answers that a statement on a skill needs
CONFIDENT_ANSWERS = 6  # from here on it is said without "it seems"
MAX_NAMED_SKILLS = 3  # skills of a kind that the block names


class StatementKind(StrEnum):
    """What a statement says."""

    STRONG = "strong"
    WEAK = "weak"
    MIXED_UP = "mixed_up"
    PACE = "pace"


@dataclass(frozen=True, slots=True)
class ProfileStatement:
    """One thing said of a learner: `rights` of the latest `answers`, the last of them on `last`."""

    key: str  # names it for deleting
    says: StatementKind
    skill: str | None
    rights: int
    answers: int
    last: date | None
    rests_on: int  # all answers that bear on it
    text: str = ""  # of a misconception, in the item's words
    passage_id: str | None = None

    @property
    def is_confident(self) -> bool:
        return self.rests_on >= CONFIDENT_ANSWERS


def build_statements(overview: LearnerOverview, dropped: Mapping[str, int]) -> tuple[ProfileStatement, ...]:
    """Return what may be said, without what she deleted."""
    return tuple(
        s for s in _all_statements(overview) if s.key not in dropped or s.rests_on >= dropped[s.key] + MIN_ANSWERS
    )


def _all_statements(overview: LearnerOverview) -> Iterator[ProfileStatement]:
    judged = [line for line in overview.skills if line.mastery.unaided >= MIN_ANSWERS]
    for line in sorted(judged, key=lambda line: -line.known_now):
        if line.mastery.probability >= MASTERY_THRESHOLD and _recent_success_rate(line) >= 0.6:
            yield _skill_statement(line, StatementKind.STRONG)
    for line in sorted(judged, key=lambda line: line.known_now):
        if line.mastery.probability < 0.5 and _recent_success_rate(line) <= 0.5:
            yield _skill_statement(line, StatementKind.WEAK)
    yield from _misconception_statements(overview)
    if overview.total.answers:
        total = overview.total.answers
        yield ProfileStatement(
            StatementKind.PACE.value, StatementKind.PACE, None, len(overview.days), total, max(overview.days), total
        )


def _recent_success_rate(line: SkillOverview) -> float:
    return sum(line.mastery.latest) / len(line.mastery.latest)


def _skill_statement(line: SkillOverview, kind: StatementKind) -> ProfileStatement:
    """Say the latest answers, for they are what the judgement turns on."""
    day, latest = line.recent_answers[-1].day if line.recent_answers else None, line.mastery.latest
    return ProfileStatement(
        f"{kind.value}:{line.skill}", kind, line.skill, sum(latest), len(latest), day, line.mastery.unaided
    )


def _misconception_statements(overview: LearnerOverview) -> Iterator[ProfileStatement]:
    """One statement a misconception, however many items showed it."""
    grouped: dict[tuple[str, str], list[ObservedMisconception]] = {}
    for mistake in overview.misconceptions:
        grouped.setdefault((mistake.skill, mistake.text), []).append(mistake)
    for (skill, text), held in grouped.items():
        newest, times = max(held, key=lambda m: m.last), sum(mistake.times for mistake in held)
        key = f"{StatementKind.MIXED_UP.value}:{skill}:{text}"
        yield ProfileStatement(
            key, StatementKind.MIXED_UP, skill, 0, times, newest.last, times, text, newest.passage_id
        )
