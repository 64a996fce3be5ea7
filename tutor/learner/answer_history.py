"""Summary of a learner's answers so far, from which the next answer is predicted.

State in, state out; the states are immutable. Only unaided answers enter; aided ones are the business of
`bayesian_knowledge_tracing.py`. `expected` is the probability that anybody solves the item, so that failing a hard item
counts little and failing an easy one counts much.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

SKILL_DECAYS = (0.6, 0.85, 0.95)  # how much of each running mean survives one answer on the skill
OVERALL_DECAYS = (0.7, 0.9, 0.98)  # the same over all answers
MAX_LATEST = 12  # answers that are stored one by one

Means = tuple[float, float, float]
ItemOutcome = tuple[str, bool]  # item, answered correctly


@dataclass(frozen=True, slots=True)
class SkillHistory:
    """Summary of the answers on one skill; `surprise` holds running means of outcome minus expectation."""

    answers: int = 0
    rights: int = 0
    surprise: Means = (0.0, 0.0, 0.0)
    latest: tuple[bool, ...] = ()  # up to four, the newest last
    streak: int = 0  # positive: right in a row; negative: wrong in a row
    last_index: int = 0  # the number of the answer, counted over all skills


@dataclass(frozen=True, slots=True)
class ItemHistory:
    """Summary of the answers on one item."""

    answers: int
    rights: int
    last_right: bool
    last_index: int


@dataclass(frozen=True, slots=True)
class AnswerHistory:
    """Everything the tracer stores about one learner."""

    answers: int = 0
    surplus: float = 0.0  # sum of outcome minus expectation
    surprise: Means = (0.0, 0.0, 0.0)
    latest: tuple[ItemOutcome, ...] = ()  # up to MAX_LATEST, the newest first
    last_skill: str | None = None  # the one practised last
    run: tuple[bool, ...] = ()  # outcomes since the last change of skill, up to eight, the newest last
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


def _update_skill(history: SkillHistory, surprise: float, at: int, right: bool) -> SkillHistory:
    return SkillHistory(
        answers=history.answers + 1,
        rights=history.rights + right,
        surprise=_update_means(history.surprise, surprise, SKILL_DECAYS),
        latest=(*history.latest, right)[-4:],
        streak=max(history.streak, 0) + 1 if right else min(history.streak, 0) - 1,
        last_index=at,
    )


def _update_item(history: ItemHistory | None, at: int, right: bool) -> ItemHistory:
    if history is None:
        return ItemHistory(1, int(right), right, at)
    return ItemHistory(history.answers + 1, history.rights + right, right, at)


def _update_means(means: Means, value: float, decays: Means) -> Means:
    a, b, c = (m * old + (1 - m) * value for m, old in zip(decays, means, strict=True))
    return a, b, c
