"""How likely a learner still remembers a skill, and when to review it.

FSRS gives each memory its stability and difficulty. How this learner forgets is a small logistic layer on top: it
starts as exactly FSRS and is updated with each of the learner's own reviews (a Gaussian over the weights, one step a
review). Nothing is trained on other learners. Only unaided answers are reviews.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

import numpy as np
from fsrs import Card, Rating, Scheduler, State

from tutor.learner.logit import FloatArray, logit, sigmoid

MIN_SPACED_DAYS = 0.9  # an earlier answer is practice: it changes the memory but does not test it
TARGET_RECALL = 0.9  # probability of recall at which a review is due
MAX_INTERVAL_DAYS = 365.0
TYPICAL_RECALL = 0.85  # usual recall under FSRS; only the surplus over it is a feature
PRIOR_VARIANCE = 0.3  # of each weight before the first review
RECALL_FEATURES = (
    *("always", "fsrs", "stability", "difficulty", "reviews", "lapses", "failed_last", "streak", "gap_before"),
    *("lately", "long_run", "failed_first", "same_day", "spaced", "surplus"),
)
FSRS_COLUMN = RECALL_FEATURES.index("fsrs")


@dataclass(frozen=True, slots=True)
class MemoryState:
    """Summary of one learner's reviews of one skill."""

    stability: float  # days until recall has fallen to 90%, by FSRS
    difficulty: float  # 1 to 10
    last_at: datetime
    reviews: int
    lapses: int
    recalled_last: bool
    recalled_first: bool
    streak: int = 0
    same_day: int = 0  # answers since the last spaced one
    gap_days: float = 0.0  # before the last spaced one
    spaced: int = 0
    spaced_recalled: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class ForgettingModel:
    """How one learner forgets, from their reviews: a Gaussian over the weights of `RECALL_FEATURES`."""

    mean: FloatArray
    covariance: FloatArray
    lately: float = 0.0  # running mean of recalled minus expected, over about 20 reviews
    long_run: float = 0.0  # the same over about 100 reviews


def initial_forgetting_model() -> ForgettingModel:
    """Return the model of a learner without reviews: exactly FSRS."""
    mean = np.zeros(len(RECALL_FEATURES))
    mean[FSRS_COLUMN] = 1.0
    return ForgettingModel(mean, np.eye(len(RECALL_FEATURES)) * PRIOR_VARIANCE)


def recall_probability(memory: MemoryState, forgetting: ForgettingModel, at: datetime) -> float:
    """Return the probability of recall at that time; it falls as time passes."""
    return sigmoid(float(_bounded_weights(forgetting) @ _recall_features(memory, forgetting, _days_since(memory, at))))


def retained_share(memory: MemoryState, forgetting: ForgettingModel, at: datetime) -> float:
    """Return the probability of recall relative to that right after the last answer."""
    return recall_probability(memory, forgetting, at) / recall_probability(memory, forgetting, memory.last_at)


def due_at(memory: MemoryState, forgetting: ForgettingModel) -> datetime:
    """Return when recall will have fallen to TARGET_RECALL: after a day at least and a year at most."""
    weights = _bounded_weights(forgetting)
    rest = float(weights @ _recall_features(memory, forgetting, days=memory.stability)) - weights[FSRS_COLUMN] * logit(
        0.9
    )
    shown = sigmoid((logit(TARGET_RECALL) - rest) / weights[FSRS_COLUMN])  # recall by FSRS at that time
    decay, factor = _forgetting_curve()
    days = memory.stability / factor * (shown ** (1 / decay) - 1)
    return memory.last_at + timedelta(days=min(max(days, 1.0), MAX_INTERVAL_DAYS))


def new_memory(at: datetime, *, is_long_known: bool = False) -> MemoryState:
    """Return the memory of a skill that has just become known, or was known before the course."""
    return _first_review(Rating.Easy if is_long_known else Rating.Good, at)


def update_memory(
    memory: MemoryState | None, forgetting: ForgettingModel, *, recalled: bool, at: datetime
) -> tuple[MemoryState, ForgettingModel]:
    """Return the memory and the forgetting model after one unaided answer."""
    if memory is None:
        return _first_review(_rating(recalled=recalled), at), forgetting
    days = _days_since(memory, at)
    learnt = _update_forgetting(memory, forgetting, days, recalled=recalled) if days >= MIN_SPACED_DAYS else forgetting
    return _update_fsrs(memory, days, recalled=recalled, at=at), learnt


@cache
def _scheduler() -> Scheduler:
    return Scheduler(enable_fuzzing=False)


def _first_review(rating: Rating, at: datetime) -> MemoryState:
    card, _ = _scheduler().review_card(Card(card_id=1, due=at), rating, at)
    assert card.stability is not None and card.difficulty is not None, "FSRS has rated this card"
    recalled = rating is not Rating.Again
    return MemoryState(card.stability, card.difficulty, at, 1, int(not recalled), recalled, recalled, int(recalled))


def _update_fsrs(memory: MemoryState, days: float, *, recalled: bool, at: datetime) -> MemoryState:
    before = Card(1, State.Review, None, memory.stability, memory.difficulty, at, memory.last_at)
    card, _ = _scheduler().review_card(before, _rating(recalled=recalled), at)
    assert card.stability is not None and card.difficulty is not None, "FSRS has rated this card"
    spaced = days >= MIN_SPACED_DAYS
    return MemoryState(
        stability=card.stability,
        difficulty=card.difficulty,
        last_at=at,
        reviews=memory.reviews + 1,
        lapses=memory.lapses + (not recalled),
        recalled_last=recalled,
        recalled_first=memory.recalled_first,
        streak=memory.streak + 1 if recalled else 0,
        same_day=0 if spaced else memory.same_day + 1,
        gap_days=days if spaced else memory.gap_days,
        spaced=memory.spaced + spaced,
        spaced_recalled=memory.spaced_recalled + (spaced and recalled),
    )


def _update_forgetting(
    memory: MemoryState, forgetting: ForgettingModel, days: float, *, recalled: bool
) -> ForgettingModel:
    """Return the model after one Bayesian update: uncertain weights move further, and so they do on surprises."""
    row = _recall_features(memory, forgetting, days)
    expected = sigmoid(float(forgetting.mean @ row))
    weight = expected * (1 - expected)
    direction = forgetting.covariance @ row
    gain = direction / (1 + weight * float(row @ direction))
    surprise = recalled - _fsrs_recall(memory, days)
    return ForgettingModel(
        mean=forgetting.mean + gain * (recalled - expected),
        covariance=forgetting.covariance - np.outer(gain, direction) * weight,
        lately=0.95 * forgetting.lately + 0.05 * surprise,
        long_run=0.99 * forgetting.long_run + 0.01 * surprise,
    )


def _recall_features(memory: MemoryState, forgetting: ForgettingModel, days: float) -> FloatArray:
    """Return the row that `RECALL_FEATURES` names; only `fsrs` depends on the time since the last answer."""
    shown = _fsrs_recall(memory, days)
    return np.array(
        [
            1.0,
            logit(shown),
            math.log(memory.stability),
            memory.difficulty - 5,
            math.log1p(memory.reviews),
            math.log1p(memory.lapses),
            float(not memory.recalled_last),
            float(memory.streak),
            math.log1p(memory.gap_days),
            forgetting.lately,
            forgetting.long_run,
            float(not memory.recalled_first),
            math.log1p(memory.same_day),
            math.log1p(memory.spaced),
            (memory.spaced_recalled - TYPICAL_RECALL * memory.spaced) / (memory.spaced + 2),
        ]
    )


def _bounded_weights(forgetting: ForgettingModel) -> FloatArray:
    """Return the mean weights, that of FSRS above zero: recall must never grow by waiting."""
    mean = forgetting.mean.copy()
    mean[FSRS_COLUMN] = max(mean[FSRS_COLUMN], 0.05)
    return mean


def _fsrs_recall(memory: MemoryState, days: float) -> float:
    decay, factor = _forgetting_curve()
    return float(min(max((1 + factor * days / memory.stability) ** decay, 0.001), 0.999))


@cache
def _forgetting_curve() -> tuple[float, float]:
    """Return the exponent of FSRS's forgetting curve, and the factor that makes recall 90% after `stability` days."""
    decay = -float(_scheduler().parameters[20])
    return decay, 0.9 ** (1 / decay) - 1


def _rating(*, recalled: bool) -> Rating:
    return Rating.Good if recalled else Rating.Again


def _days_since(memory: MemoryState, at: datetime) -> float:
    return max((at - memory.last_at).total_seconds(), 0.0) / 86_400
