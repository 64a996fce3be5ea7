"""The history: what a learner's answers so far leave behind for the next prediction.

State in, state out; the states are values. Only unaided answers enter it: what help achieved is
`bayesian_knowledge_tracing.py`'s
business. `expected` is how likely the item was to be solved by anyone, so that a hard item failed weighs little and
an easy one much.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

SKILL_DECAYS = (0.6, 0.85, 0.95)  # how much of each running mean survives one answer on the skill
OVERALL_DECAYS = (0.7, 0.9, 0.98)  # the same over all answers
MAX_LATEST = 12  # answers that are remembered one by one

Means = tuple[float, float, float]
ItemOutcome = tuple[str, bool]  # an item, answered rightly


@dataclass(frozen=True, slots=True)
class SkillHistory:
    """What is left of the answers on one skill; `surprise` are running means of outcome minus expectation."""

    answers: int = 0
    rights: int = 0
    surprise: Means = (0.0, 0.0, 0.0)
    latest: tuple[bool, ...] = ()  # up to four, the newest last
    streak: int = 0  # positive: right in a row; negative: wrong in a row
    last_index: int = 0  # the number of the answer, counted over all skills


@dataclass(frozen=True, slots=True)
class ItemHistory:
    """What is left of the answers on one item."""

    answers: int
    rights: int
    last_right: bool
    last_index: int


@dataclass(frozen=True, slots=True)
class AnswerHistory:
    """Everything that the tracer remembers of one learner."""

    answers: int = 0
    surplus: float = 0.0  # sum of outcome minus expectation
    surprise: Means = (0.0, 0.0, 0.0)
    latest: tuple[ItemOutcome, ...] = ()  # up to LATEST, the newest first
    last_skill: str | None = None  # the one practised last
    run: tuple[bool, ...] = ()  # outcomes since this skill was taken up, up to eight, the newest last
    skills: Mapping[str, SkillHistory] = field(default_factory=dict)
    items: Mapping[str, ItemHistory] = field(default_factory=dict)


def append_answer(history: AnswerHistory, item: str, skill: str, expected: float, *, right: bool) -> AnswerHistory:
    """Return the history after one unaided answer."""
    surprise = right - expected
    at = history.answers + 1
    return AnswerHistory(
        answers=at,
        surplus=history.surplus + surprise,
        surprise=_update_means(history.surprise, surprise, OVERALL_DECAYS),
        latest=((item, right), *history.latest[: MAX_LATEST - 1]),
        last_skill=skill,
        run=(*history.run, right)[-8:] if history.last_skill == skill else (right,),
        skills={**history.skills, skill: _update_skill(history.skills.get(skill, SkillHistory()), surprise, at, right)},
        items={**history.items, item: _update_item(history.items.get(item), at, right)},
    )


def _update_skill(trail: SkillHistory, surprise: float, at: int, right: bool) -> SkillHistory:
    return SkillHistory(
        answers=trail.answers + 1,
        rights=trail.rights + right,
        surprise=_update_means(trail.surprise, surprise, SKILL_DECAYS),
        latest=(*trail.latest, right)[-4:],
        streak=max(trail.streak, 0) + 1 if right else min(trail.streak, 0) - 1,
        last_index=at,
    )


def _update_item(trail: ItemHistory | None, at: int, right: bool) -> ItemHistory:
    if trail is None:
        return ItemHistory(1, int(right), right, at)
    return ItemHistory(trail.answers + 1, trail.rights + right, right, at)


def _update_means(means: Means, value: float, decays: Means) -> Means:
    a, b, c = (m * old + (1 - m) * value for m, old in zip(decays, means, strict=True))
    return a, b, c
