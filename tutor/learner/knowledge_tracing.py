"""Tracing: how likely is the next answer to be right, and how sure is that?

A logistic model on what a learner's own history says (counts, recency, running surprise) and on how likely anybody is
to be right. Its weights were learnt in other courses and ship with the house (`tracing.json` says from which); no
signal names an item or a skill, so a new course begins with them. How hard its items are is learnt from its own
answers, drawn to what is usual while there are few; what else they show, once there are some hundred, is
`course_delta.py`. Whether a skill counts as known is `bayesian_knowledge_tracing.py`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from tutor.errors import ModelUnusable
from tutor.learner.answer_history import History, SkillTrail
from tutor.learner.bayesian_knowledge_tracing import Knowing, chance_right
from tutor.learner.course_delta import Coursewise
from tutor.learner.evidence import UNTRIED
from tutor.learner.logit import logit, squash

NAMES = (
    *("usual", "expected", "surplus", "short", "middle", "long"),
    *("skill_short", "skill_middle", "skill_long", "skill_answers", "skill_rights", "skill_wrongs"),
    *("streak", "gap", "same_skill"),
)
DRAWN = 10.0  # answers as which the wider rate counts
DOUBT = ("always", "few_on_skill", "few_at_all", "few_on_item")  # what makes a chance unsure
WIDTH = 1.96  # standard deviations to each side: nineteen times in twenty
MANY, STREAK, LONG_AGO = 10, 5, 50  # where counts, streaks and gaps stop to matter
BY_EYE = 1.5  # log-odds between the easiest and the hardest item, before anybody has answered either
NEW_SKILL = SkillTrail()
WEIGHTS = Path(__file__).with_name("tracing.json")

Count = tuple[int, int]  # answers, right answers


@dataclass(frozen=True, slots=True)
class Chance:
    """How likely a right answer without help is; the true share lies between `low` and `high` 19 times in 20."""

    right: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Rates:
    """How likely anybody is to be right on an item, and on its skill, by the course's answers so far."""

    expected: float = UNTRIED
    usual: float = UNTRIED
    tries: int = 0


@dataclass(frozen=True, slots=True)
class Weights:
    """What was learnt in other courses: one weight a signal, and one variance for each of `DOUBT`."""

    version: str
    weights: tuple[float, ...]
    bias: float
    doubt: tuple[float, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Tracer:
    """What predicts in one course: weights from other courses, and what its own answers add once there are enough."""

    weights: Weights
    course: Coursewise | None = None

    def right(self, history: History, item: str, skill: str, found: Rates) -> float:
        """Return the probability, in (0, 1), of a right answer without help; nothing has faded."""
        own = self.course.adds(history, item, skill) if self.course else 0.0
        return squash(score(signals(history, skill, found), self.weights) + own)


def rates(on_item: Count, on_skill: Count) -> Rates:
    """Return the rates that counts of unaided answers lead to."""
    (answers, rights), (of_skill, right_of_skill) = on_item, on_skill
    usual = (right_of_skill + DRAWN * UNTRIED) / (of_skill + DRAWN)
    return Rates((rights + DRAWN * usual) / (answers + DRAWN), usual, answers)


def leaning(found: Rates, difficulty: float) -> Rates:
    """Return the rates of an item that an author calls easy (0) or hard (1); what answers say outweighs it."""
    lean = BY_EYE * (0.5 - difficulty) * DRAWN / (DRAWN + found.tries)
    return replace(found, expected=squash(logit(found.expected) + lean))


def chance(
    history: History,
    skill: str,
    found: Rates,
    kept: float = 1.0,
    placed: float | None = None,
    *,
    item: str = "",
    tracer: Tracer | None = None,
) -> Chance:
    """Return how likely she is right next on an item with these rates; without `item`, on a usual one of the skill.

    `kept` is the share of what she knew of the skill that is still there (`review.retained`): what has faded counts as
    if she had never practised it. `placed` is how known a placement holds a skill on which nothing was answered.
    """
    tracer = tracer or Tracer(shipped())
    if placed is None:
        right = _kept(history, item, skill, found, kept, tracer)
    else:
        right = squash(logit(chance_right(placed, Knowing())) + logit(found.expected) - logit(found.usual))
    half = WIDTH * math.sqrt(sum(map(_product, tracer.weights.doubt, doubts(history, skill, found))))
    return Chance(right, squash(logit(right) - half), squash(logit(right) + half))


def _kept(history: History, item: str, skill: str, found: Rates, kept: float, tracer: Tracer) -> float:
    right = tracer.right(history, item, skill, found)
    if kept >= 1:
        return right
    others = {name: trail for name, trail in history.skills.items() if name != skill}
    untouched = tracer.right(replace(history, skills=others), item, skill, found)
    return kept * right + (1 - kept) * min(right, untouched)


def signals(history: History, skill: str, found: Rates) -> tuple[float, ...]:
    """Return the row that `NAMES` names; every number is bounded, so that no long history leads out of sight."""
    trail = history.skills.get(skill, NEW_SKILL)
    return (
        logit(found.usual),
        logit(found.expected),
        history.surplus / (history.answers + 5),
        *history.surprise,
        *trail.surprise,
        math.log1p(min(trail.answers, MANY)),
        math.log1p(min(trail.rights, MANY)),
        math.log1p(min(trail.answers - trail.rights, MANY)),
        float(max(-STREAK, min(STREAK, trail.streak))),
        math.log1p(min(history.answers - trail.last_at, LONG_AGO)) if trail.answers else 0.0,
        float(history.skill == skill),
    )


def doubts(history: History, skill: str, found: Rates) -> tuple[float, ...]:
    """Return what `DOUBT` names: the more answers, the smaller."""
    on_skill = history.skills.get(skill, NEW_SKILL).answers
    return 1.0, 1 / (1 + on_skill), 1 / (1 + history.answers), 1 / (1 + found.tries)


def score(row: Sequence[float], weights: Weights) -> float:
    return weights.bias + sum(map(_product, weights.weights, row))


@cache
def shipped() -> Weights:
    """Return the weights that ship with the house."""
    return read_weights(json.loads(WEIGHTS.read_text("utf-8")))


def read_weights(plain: Mapping[str, Any]) -> Weights:
    """Return the weights; raises ModelUnusable when they were fitted for other signals."""
    if tuple(plain.get("signals", ())) != NAMES or tuple(plain.get("doubts", ())) != DOUBT:
        raise ModelUnusable("these tracing weights were fitted for other signals; run python -m bench.fit_tracing")
    return Weights(plain["version"], tuple(plain["weights"]), plain["bias"], tuple(plain["doubt"]))


def _product(a: float, b: float) -> float:
    return a * b
