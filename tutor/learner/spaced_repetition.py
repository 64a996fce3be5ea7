"""When again: how likely a learner still recalls something, and when to ask her again.

FSRS gives each memory its stability and difficulty. What FSRS cannot know, how this learner forgets, is a small
logistic layer on top of it: it begins as exactly FSRS and moves with each of her own reviews, as far as they are
evidence (a Gaussian over the weights, updated once an answer). Nothing is trained on other learners. Only unaided
answers are reviews.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

import numpy as np
from fsrs import Card, Rating, Scheduler, State

from tutor.learner.logit import FloatArray, logit, sigmoid

MIN_SPACED_DAYS = 0.9  # a sooner answer is practice: it moves the memory, but is no test of it
TARGET_RECALL = 0.9  # the chance of recall at which something is due again
MAX_INTERVAL_DAYS = 365.0
TYPICAL_RECALL = 0.85  # recall that FSRS aims at in most collections; only the surplus over it is a signal
PRIOR_VARIANCE = 0.3  # variance of each weight before the first review
RECALL_FEATURES = (
    *("always", "fsrs", "stability", "difficulty", "reviews", "lapses", "failed_last", "streak", "gap_before"),
    *("lately", "long_run", "failed_first", "same_day", "spaced", "surplus"),
)
FSRS_COLUMN = RECALL_FEATURES.index("fsrs")


@dataclass(frozen=True, slots=True)
class MemoryState:
    """What one learner's reviews of one skill or item leave behind."""

    stability: float  # days until recall has fallen to 90 %, as FSRS sees it
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
    """How one learner forgets, as far as her reviews show it: a Gaussian over the weights of `LAYER`."""

    mean: FloatArray
    covariance: FloatArray
    lately: float = 0.0  # running mean of recalled minus expected, over about twenty reviews
    long_run: float = 0.0  # the same over about a hundred


def initial_forgetting_model() -> ForgettingModel:
    """Return the habit of a learner without reviews: exactly FSRS."""
    mean = np.zeros(len(RECALL_FEATURES))
    mean[FSRS_COLUMN] = 1.0
    return ForgettingModel(mean, np.eye(len(RECALL_FEATURES)) * PRIOR_VARIANCE)


def recall_probability(memory: MemoryState, forgetting: ForgettingModel, at: datetime) -> float:
    """Return the probability that she recalls it at that time; it falls as time passes."""
    return sigmoid(float(_bounded_weights(forgetting) @ _recall_features(memory, forgetting, _days_since(memory, at))))


def retained_share(memory: MemoryState, forgetting: ForgettingModel, at: datetime) -> float:
    """Return the share of what she recalled right after the last answer that is still there."""
    return recall_probability(memory, forgetting, at) / recall_probability(memory, forgetting, memory.last_at)


def due_at(memory: MemoryState, forgetting: ForgettingModel) -> datetime:
    """Return when the chance of recall will have fallen to `wanted`: a day at least, a year at most."""
    weights = _bounded_weights(forgetting)
    rest = float(weights @ _recall_features(memory, forgetting, days=memory.stability)) - weights[FSRS_COLUMN] * logit(
        0.9
    )
    shown = sigmoid((logit(TARGET_RECALL) - rest) / weights[FSRS_COLUMN])  # what FSRS would have to say by then
    decay, factor = _forgetting_curve()
    days = memory.stability / factor * (shown ** (1 / decay) - 1)
    return memory.last_at + timedelta(days=min(max(days, 1.0), MAX_INTERVAL_DAYS))


def new_memory(at: datetime, *, is_long_known: bool = False) -> MemoryState:
    """Return the memory of a skill that has just become known, or that she brought along."""
    return _first_review(Rating.Easy if is_long_known else Rating.Good, at)


def update_memory(
    memory: MemoryState | None, forgetting: ForgettingModel, *, recalled: bool, at: datetime
) -> tuple[MemoryState, ForgettingModel]:
    """Return memory and forgetting model after one unaided answer."""
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
    """One step of Bayes: the more a weight is in doubt and the more surprising the answer, the further it moves."""
    row = _recall_features(memory, forgetting, days)
    expected = sigmoid(float(forgetting.mean @ row))
    weight = expected * (1 - expected)
    reach = forgetting.covariance @ row
    gain = reach / (1 + weight * float(row @ reach))
    surprise = recalled - _fsrs_recall(memory, days)
    return ForgettingModel(
        mean=forgetting.mean + gain * (recalled - expected),
        covariance=forgetting.covariance - np.outer(gain, reach) * weight,
        lately=0.95 * forgetting.lately + 0.05 * surprise,
        long_run=0.99 * forgetting.long_run + 0.01 * surprise,
    )


def _recall_features(memory: MemoryState, forgetting: ForgettingModel, days: float) -> FloatArray:
    """Return the row that `LAYER` names; only `fsrs` depends on the time that has passed."""
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
    """The weights, with FSRS's kept above zero: no history of reviews may make recall grow by waiting."""
    mean = forgetting.mean.copy()
    mean[FSRS_COLUMN] = max(mean[FSRS_COLUMN], 0.05)
    return mean


def _fsrs_recall(memory: MemoryState, days: float) -> float:
    decay, factor = _forgetting_curve()
    return float(min(max((1 + factor * days / memory.stability) ** decay, 0.001), 0.999))


@cache
def _forgetting_curve() -> tuple[float, float]:
    """FSRS's forgetting curve: exponent, and the factor that makes recall 90 % after `stability` days."""
    decay = -float(_scheduler().parameters[20])
    return decay, 0.9 ** (1 / decay) - 1


def _rating(*, recalled: bool) -> Rating:
    return Rating.Good if recalled else Rating.Again


def _days_since(memory: MemoryState, at: datetime) -> float:
    return max((at - memory.last_at).total_seconds(), 0.0) / 86_400
