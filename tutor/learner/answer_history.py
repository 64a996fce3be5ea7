"""The history: what a learner's answers so far leave behind for the next prediction.

State in, state out; the states are values. Only unaided answers enter it: what help achieved is
`bayesian_knowledge_tracing.py`'s
business. `expected` is how likely the item was to be solved by anyone, so that a hard item failed weighs little and
an easy one much.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

SKILL_MEMORIES = (0.6, 0.85, 0.95)  # how much of each running mean survives one answer on the skill
WHOLE_MEMORIES = (0.7, 0.9, 0.98)  # the same over all answers
LATEST = 12  # answers that are remembered one by one

Means = tuple[float, float, float]
Seen = tuple[str, bool]  # an item, answered rightly


@dataclass(frozen=True, slots=True)
class SkillTrail:
    """What is left of the answers on one skill; `surprise` are running means of outcome minus expectation."""

    answers: int = 0
    rights: int = 0
    surprise: Means = (0.0, 0.0, 0.0)
    latest: tuple[bool, ...] = ()  # up to four, the newest last
    streak: int = 0  # positive: right in a row; negative: wrong in a row
    last_at: int = 0  # the number of the answer, counted over all skills


@dataclass(frozen=True, slots=True)
class ItemTrail:
    """What is left of the answers on one item."""

    answers: int
    rights: int
    right_last: bool
    last_at: int


@dataclass(frozen=True, slots=True)
class History:
    """Everything that the tracer remembers of one learner."""

    answers: int = 0
    surplus: float = 0.0  # sum of outcome minus expectation
    surprise: Means = (0.0, 0.0, 0.0)
    latest: tuple[Seen, ...] = ()  # up to LATEST, the newest first
    skill: str | None = None  # the one practised last
    run: tuple[bool, ...] = ()  # outcomes since this skill was taken up, up to eight, the newest last
    skills: Mapping[str, SkillTrail] = field(default_factory=dict)
    items: Mapping[str, ItemTrail] = field(default_factory=dict)


def advance(history: History, item: str, skill: str, expected: float, *, right: bool) -> History:
    """Return the history after one unaided answer."""
    surprise = right - expected
    at = history.answers + 1
    return History(
        answers=at,
        surplus=history.surplus + surprise,
        surprise=_blend(history.surprise, surprise, WHOLE_MEMORIES),
        latest=((item, right), *history.latest[: LATEST - 1]),
        skill=skill,
        run=(*history.run, right)[-8:] if history.skill == skill else (right,),
        skills={**history.skills, skill: _after(history.skills.get(skill, SkillTrail()), surprise, at, right)},
        items={**history.items, item: _again(history.items.get(item), at, right)},
    )


def _after(trail: SkillTrail, surprise: float, at: int, right: bool) -> SkillTrail:
    return SkillTrail(
        answers=trail.answers + 1,
        rights=trail.rights + right,
        surprise=_blend(trail.surprise, surprise, SKILL_MEMORIES),
        latest=(*trail.latest, right)[-4:],
        streak=max(trail.streak, 0) + 1 if right else min(trail.streak, 0) - 1,
        last_at=at,
    )


def _again(trail: ItemTrail | None, at: int, right: bool) -> ItemTrail:
    if trail is None:
        return ItemTrail(1, int(right), right, at)
    return ItemTrail(trail.answers + 1, trail.rights + right, right, at)


def _blend(means: Means, value: float, memories: Means) -> Means:
    a, b, c = (m * old + (1 - m) * value for m, old in zip(memories, means, strict=True))
    return a, b, c
