"""Predicts the next answer: how likely it is to be right, with a 95% interval.

A logistic model on a learner's own history (counts, recency, running surprise) and on how likely anybody is to be
right. Its weights were fitted on other courses and ship with the product (`tracing.json` says which); no signal names
an item or a skill, so a new course starts with them. How hard its items are comes from its own answers, shrunk to the
usual rate while there are few; what else some hundred answers show is added by `course_delta.py`. Whether a skill
counts as known is decided in `bayesian_knowledge_tracing.py`.
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
SHRINKAGE = 10.0  # weight of the wider rate, in answers
VARIANCE_TERMS = ("always", "few_on_skill", "few_at_all", "few_on_item")  # sources of uncertainty
Z_95 = 1.96  # standard deviations to each side of a 95% interval
MAX_COUNT, MAX_STREAK, MAX_GAP = 10, 5, 50  # where counts, streaks and gaps are cut off
DIFFICULTY_LOG_ODDS = 1.5  # between the easiest and the hardest item by the author, before anybody has answered
EMPTY_SKILL_HISTORY = SkillHistory()
WEIGHTS_PATH = Path(__file__).with_name("tracing.json")


@dataclass(frozen=True, slots=True)
class SuccessChance:
    """Probability of a right answer without help, with its 95% interval."""

    probability: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class BaseRates:
    """How likely anybody is to be right on an item (`expected`) and on its skill (`usual`), by the course's answers."""

    expected: float = DEFAULT_EXPECTATION
    usual: float = DEFAULT_EXPECTATION
    tries: int = 0


@dataclass(frozen=True, slots=True)
class TracingWeights:
    """What was fitted on other courses: one weight a signal, and one variance for each of `VARIANCE_TERMS`."""

    version: str
    weights: tuple[float, ...]
    bias: float
    variances: tuple[float, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Tracer:
    """Predicts in one course: weights from other courses, plus the course delta once there are enough answers."""

    weights: TracingWeights
    course_delta: CourseDelta | None = None

    def predict(self, history: AnswerHistory, item: str, skill: str, base: BaseRates) -> float:
        """Return the probability, in (0, 1), of a right answer without help, without forgetting."""
        own = self.course_delta.log_odds_delta(history, item, skill) if self.course_delta else 0.0
        return sigmoid(log_odds(signals(history, skill, base), self.weights) + own)


def base_rates(on_item: Count, on_skill: Count) -> BaseRates:
    """Return the rates from counts of unaided answers."""
    (answers, rights), (of_skill, right_of_skill) = on_item, on_skill
    usual = (right_of_skill + SHRINKAGE * DEFAULT_EXPECTATION) / (of_skill + SHRINKAGE)
    return BaseRates((rights + SHRINKAGE * usual) / (answers + SHRINKAGE), usual, answers)


def adjust_for_difficulty(base: BaseRates, difficulty: float) -> BaseRates:
    """Return the rates of an item that its author rated easy (0) to hard (1); answers soon outweigh the rating."""
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
    """Return how likely the learner is right on an item with these rates; without `item`, on a usual item of the skill.

    `retained` is the share of the skill that is still remembered (`spaced_repetition.retained_share`); the forgotten
    part counts as never practised. `placement` is the estimate of a placement for a skill without answers.
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
    others = {name: found for name, found in history.skills.items() if name != skill}
    untouched = tracer.predict(replace(history, skills=others), item, skill, base)
    return retained * right + (1 - retained) * min(right, untouched)


def signals(history: AnswerHistory, skill: str, base: BaseRates) -> tuple[float, ...]:
    """Return the row that `SIGNAL_NAMES` names; every number is bounded, however long the history."""
    found = history.skills.get(skill, EMPTY_SKILL_HISTORY)
    return (
        logit(base.usual),
        logit(base.expected),
        history.surplus / (history.answers + 5),
        *history.surprise,
        *found.surprise,
        math.log1p(min(found.answers, MAX_COUNT)),
        math.log1p(min(found.rights, MAX_COUNT)),
        math.log1p(min(found.answers - found.rights, MAX_COUNT)),
        float(max(-MAX_STREAK, min(MAX_STREAK, found.streak))),
        math.log1p(min(history.answers - found.last_index, MAX_GAP)) if found.answers else 0.0,
        float(history.last_skill == skill),
    )


def variance_terms(history: AnswerHistory, skill: str, base: BaseRates) -> tuple[float, ...]:
    """Return the row that `VARIANCE_TERMS` names: the more answers, the smaller."""
    on_skill = history.skills.get(skill, EMPTY_SKILL_HISTORY).answers
    return 1.0, 1 / (1 + on_skill), 1 / (1 + history.answers), 1 / (1 + base.tries)


def log_odds(row: Sequence[float], weights: TracingWeights) -> float:
    return weights.bias + sum(map(_product, weights.weights, row))


@cache
def default_weights() -> TracingWeights:
    """Return the weights that ship with the product."""
    return weights_from_json(json.loads(WEIGHTS_PATH.read_text("utf-8")))


def weights_from_json(plain: Mapping[str, Any]) -> TracingWeights:
    """Return the weights; raises ModelUnusable when they were fitted on other signals."""
    if tuple(plain.get("signals", ())) != SIGNAL_NAMES or tuple(plain.get("doubts", ())) != VARIANCE_TERMS:
        raise ModelUnusable("the tracing weights were fitted on other signals; run python -m bench.fit_tracing")
    return TracingWeights(plain["version"], tuple(plain["weights"]), plain["bias"], tuple(plain["doubt"]))


def _product(a: float, b: float) -> float:
    return a * b
