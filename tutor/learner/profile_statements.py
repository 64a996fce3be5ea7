"""Statements about a learner in a course, each with the answers behind it.

Statements come from the learner's record only, never from their mood, words or manner, and are worded by how much
evidence they have. A statement the learner deleted stays away until as many new answers support it as a new statement
needs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tutor.learner.activity_log import ObservedMisconception
from tutor.learner.bayesian_knowledge_tracing import MASTERY_THRESHOLD
from tutor.learner.overview import LearnerOverview, SkillOverview

MIN_ANSWERS = 3  # unaided answers that a statement about a skill needs
CONFIDENT_ANSWERS = 6  # answers from which a statement is made without "it seems"
MAX_NAMED_SKILLS = 3  # strong and weak skills each in the prompt block


class StatementKind(StrEnum):
    """What a statement is about."""

    STRONG = "strong"
    WEAK = "weak"
    MIXED_UP = "mixed_up"
    PACE = "pace"


@dataclass(frozen=True, slots=True)
class ProfileStatement:
    """A statement about a learner: `rights` of the latest `answers`, the last of them on `last`."""

    key: str  # identifies it for deletion
    says: StatementKind
    skill: str | None
    rights: int
    answers: int
    last: date | None
    rests_on: int  # number of answers behind it
    text: str = ""  # of a misconception, in the item's words
    passage_id: str | None = None

    @property
    def is_confident(self) -> bool:
        return self.rests_on >= CONFIDENT_ANSWERS


def build_statements(overview: LearnerOverview, dropped: Mapping[str, int]) -> tuple[ProfileStatement, ...]:
    """Return the statements, without those the learner deleted; `dropped` gives their evidence at that time."""
    return tuple(
        s for s in _all_statements(overview) if s.key not in dropped or s.rests_on >= dropped[s.key] + MIN_ANSWERS
    )


def _all_statements(overview: LearnerOverview) -> Iterator[ProfileStatement]:
    assessed = [line for line in overview.skills if line.mastery.unaided >= MIN_ANSWERS]
    for line in sorted(assessed, key=lambda line: -line.known_now):
        if line.mastery.probability >= MASTERY_THRESHOLD and _recent_success_rate(line) >= 0.6:
            yield _skill_statement(line, StatementKind.STRONG)
    for line in sorted(assessed, key=lambda line: line.known_now):
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
    """Return a statement that quotes the latest answers, since they decide it."""
    day, latest = line.recent_answers[-1].day if line.recent_answers else None, line.mastery.latest
    return ProfileStatement(
        f"{kind.value}:{line.skill}", kind, line.skill, sum(latest), len(latest), day, line.mastery.unaided
    )


def _misconception_statements(overview: LearnerOverview) -> Iterator[ProfileStatement]:
    """Yield one statement for each misconception, however many items showed it."""
    grouped: dict[tuple[str, str], list[ObservedMisconception]] = {}
    for each in overview.misconceptions:
        grouped.setdefault((each.skill, each.text), []).append(each)
    for (skill, text), held in grouped.items():
        newest, times = max(held, key=lambda each: each.last), sum(each.times for each in held)
        key = f"{StatementKind.MIXED_UP.value}:{skill}:{text}"
        yield ProfileStatement(
            key, StatementKind.MIXED_UP, skill, 0, times, newest.last, times, text, newest.passage_id
        )
