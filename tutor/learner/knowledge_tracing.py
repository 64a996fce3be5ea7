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
from tutor.learner.answer_history import AnswerHistory, SkillHistory
from tutor.learner.bayesian_knowledge_tracing import BktParams, predict_right
from tutor.learner.course_delta import CourseDelta
from tutor.learner.evidence import DEFAULT_EXPECTATION
from tutor.learner.feature_counts import Count
from tutor.learner.logit import logit, sigmoid

SIGNAL_NAMES = (
    *("usual", "expected", "surplus", "short", "middle", "long"),
    *("skill_short", "skill_middle", "skill_long", "skill_answers", "skill_rights", "skill_wrongs"),
    *("streak", "gap", "same_skill"),
)
SHRINKAGE = 10.0  # answers as which the wider rate counts
VARIANCE_TERMS = ("always", "few_on_skill", "few_at_all", "few_on_item")  # what makes a chance unsure
Z_95 = 1.96  # standard deviations to each side: nineteen times in twenty
MAX_COUNT, MAX_STREAK, MAX_GAP = 10, 5, 50  # where counts, streaks and gaps stop to matter
DIFFICULTY_LOG_ODDS = 1.5  # log-odds between the easiest and the hardest item, before anybody has answered either
EMPTY_SKILL_HISTORY = SkillHistory()
WEIGHTS_PATH = Path(__file__).with_name("tracing.json")


@dataclass(frozen=True, slots=True)
class SuccessChance:
    """How likely a right answer without help is; the true share lies between `low` and `high` 19 times in 20."""

    probability: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class BaseRates:
    """How likely anybody is to be right on an item, and on its skill, by the course's answers so far."""

    expected: float = DEFAULT_EXPECTATION
    usual: float = DEFAULT_EXPECTATION
    tries: int = 0


@dataclass(frozen=True, slots=True)
class TracingWeights:
    """What was learnt in other courses: one weight a signal, and one variance for each of `DOUBT`."""

    version: str
    weights: tuple[float, ...]
    bias: float
    variances: tuple[float, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Tracer:
    """What predicts in one course: weights from other courses, and what its own answers add once there are enough."""

    weights: TracingWeights
    course_delta: CourseDelta | None = None

    def predict(self, history: AnswerHistory, item: str, skill: str, base: BaseRates) -> float:
        """Return the probability, in (0, 1), of a right answer without help; nothing has faded."""
        own = self.course_delta.log_odds_delta(history, item, skill) if self.course_delta else 0.0
        return sigmoid(log_odds(signals(history, skill, base), self.weights) + own)


def base_rates(on_item: Count, on_skill: Count) -> BaseRates:
    """Return the rates that counts of unaided answers lead to."""
    (answers, rights), (of_skill, right_of_skill) = on_item, on_skill
    usual = (right_of_skill + SHRINKAGE * DEFAULT_EXPECTATION) / (of_skill + SHRINKAGE)
    return BaseRates((rights + SHRINKAGE * usual) / (answers + SHRINKAGE), usual, answers)


def adjust_for_difficulty(base: BaseRates, difficulty: float) -> BaseRates:
    """Return the rates of an item that an author calls easy (0) or hard (1); what answers say outweighs it."""
    lean = DIFFICULTY_LOG_ODDS * (0.5 - difficulty) * SHRINKAGE / (SHRINKAGE + base.tries)
    return replace(base, expected=sigmoid(logit(base.expected) + lean))


def predict_success(
    history: AnswerHistory,
    skill: str,
    base: BaseRates,
    retained: float = 1.0,
    placement: float | None = None,
    *,
    item: str = "",
    tracer: Tracer | None = None,
) -> SuccessChance:
    """Return how likely she is right next on an item with these rates; without `item`, on a usual one of the skill.

    `kept` is the share of what she knew of the skill that is still there (`review.retained`): what has faded counts as
    if she had never practised it. `placed` is how known a placement holds a skill on which nothing was answered.
    """
    tracer = tracer or Tracer(default_weights())
    if placement is None:
        right = _predict_with_forgetting(history, item, skill, base, retained, tracer)
    else:
        right = sigmoid(logit(predict_right(placement, BktParams())) + logit(base.expected) - logit(base.usual))
    half = Z_95 * math.sqrt(sum(map(_product, tracer.weights.variances, variance_terms(history, skill, base))))
    return SuccessChance(right, sigmoid(logit(right) - half), sigmoid(logit(right) + half))


def _predict_with_forgetting(
    history: AnswerHistory, item: str, skill: str, base: BaseRates, retained: float, tracer: Tracer
) -> float:
    right = tracer.predict(history, item, skill, base)
    if retained >= 1:
        return right
    others = {name: trail for name, trail in history.skills.items() if name != skill}
    untouched = tracer.predict(replace(history, skills=others), item, skill, base)
    return retained * right + (1 - retained) * min(right, untouched)


def signals(history: AnswerHistory, skill: str, base: BaseRates) -> tuple[float, ...]:
    """Return the row that `NAMES` names; every number is bounded, so that no long history leads out of sight."""
    trail = history.skills.get(skill, EMPTY_SKILL_HISTORY)
    return (
        logit(base.usual),
        logit(base.expected),
        history.surplus / (history.answers + 5),
        *history.surprise,
        *trail.surprise,
        math.log1p(min(trail.answers, MAX_COUNT)),
        math.log1p(min(trail.rights, MAX_COUNT)),
        math.log1p(min(trail.answers - trail.rights, MAX_COUNT)),
        float(max(-MAX_STREAK, min(MAX_STREAK, trail.streak))),
        math.log1p(min(history.answers - trail.last_index, MAX_GAP)) if trail.answers else 0.0,
        float(history.last_skill == skill),
    )


def variance_terms(history: AnswerHistory, skill: str, base: BaseRates) -> tuple[float, ...]:
    """Return what `DOUBT` names: the more answers, the smaller."""
    on_skill = history.skills.get(skill, EMPTY_SKILL_HISTORY).answers
    return 1.0, 1 / (1 + on_skill), 1 / (1 + history.answers), 1 / (1 + base.tries)


def log_odds(row: Sequence[float], weights: TracingWeights) -> float:
    return weights.bias + sum(map(_product, weights.weights, row))


@cache
def default_weights() -> TracingWeights:
    """Return the weights that ship with the house."""
    return weights_from_json(json.loads(WEIGHTS_PATH.read_text("utf-8")))


def weights_from_json(plain: Mapping[str, Any]) -> TracingWeights:
    """Return the weights; raises ModelUnusable when they were fitted for other signals."""
    if tuple(plain.get("signals", ())) != SIGNAL_NAMES or tuple(plain.get("doubts", ())) != VARIANCE_TERMS:
        raise ModelUnusable("these tracing weights were fitted for other signals; run python -m bench.fit_tracing")
    return TracingWeights(plain["version"], tuple(plain["weights"]), plain["bias"], tuple(plain["doubt"]))


def _product(a: float, b: float) -> float:
    return a * b
