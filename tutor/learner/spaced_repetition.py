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

from tutor.learner.evidence import Answered
from tutor.learner.logit import Floats, logit, squash

SPACED_DAYS = 0.9  # a sooner answer is practice: it moves the memory, but is no test of it
WANTED = 0.9  # the chance of recall at which something is due again
LONGEST_DAYS = 365.0
USUAL = 0.85  # recall that FSRS aims at in most collections; only the surplus over it is a signal
DOUBT = 0.3  # variance of each weight before the first review
LAYER = (
    *("always", "fsrs", "stability", "difficulty", "reviews", "lapses", "failed_last", "streak", "gap_before"),
    *("lately", "long_run", "failed_first", "same_day", "spaced", "surplus"),
)
FSRS = LAYER.index("fsrs")


@dataclass(frozen=True, slots=True)
class Memory:
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
class Habit:
    """How one learner forgets, as far as her reviews show it: a Gaussian over the weights of `LAYER`."""

    mean: Floats
    covariance: Floats
    lately: float = 0.0  # running mean of recalled minus expected, over about twenty reviews
    long_run: float = 0.0  # the same over about a hundred


@dataclass(frozen=True, slots=True)
class Reviewed:
    """One review: what had been expected; `None` when it was the first answer or came too soon to be a test."""

    expected: float | None
    recalled: bool


def fresh_habit() -> Habit:
    """Return the habit of a learner without reviews: exactly FSRS."""
    mean = np.zeros(len(LAYER))
    mean[FSRS] = 1.0
    return Habit(mean, np.eye(len(LAYER)) * DOUBT)


def chance(memory: Memory, habit: Habit, at: datetime) -> float:
    """Return the probability that she recalls it at that time; it falls as time passes."""
    return squash(float(_steady(habit) @ _layer(memory, habit, _days(memory, at))))


def retained(memory: Memory, habit: Habit, at: datetime) -> float:
    """Return the share of what she recalled right after the last answer that is still there."""
    return chance(memory, habit, at) / chance(memory, habit, memory.last_at)


def due_at(memory: Memory, habit: Habit, wanted: float = WANTED) -> datetime:
    """Return when the chance of recall will have fallen to `wanted`: a day at least, a year at most."""
    weights = _steady(habit)
    rest = float(weights @ _layer(memory, habit, days=memory.stability)) - weights[FSRS] * logit(0.9)
    shown = squash((logit(wanted) - rest) / weights[FSRS])  # what FSRS would have to say by then
    decay, factor = _curve()
    days = memory.stability / factor * (shown ** (1 / decay) - 1)
    return memory.last_at + timedelta(days=min(max(days, 1.0), LONGEST_DAYS))


def begin(at: datetime, *, long_known: bool = False) -> Memory:
    """Return the memory of a skill that has just become known, or that she brought along."""
    return _rated_first(Rating.Easy if long_known else Rating.Good, at)


def review(memory: Memory | None, habit: Habit, *, recalled: bool, at: datetime) -> tuple[Memory, Habit, Reviewed]:
    """Return memory and habit after one unaided answer, and the record of how expected it was."""
    if memory is None:
        first = _rated_first(_rating(recalled=recalled), at)
        return first, habit, Reviewed(None, recalled)
    days = _days(memory, at)
    expected = chance(memory, habit, at) if days >= SPACED_DAYS else None
    learnt = _learn(memory, habit, days, recalled=recalled) if days >= SPACED_DAYS else habit
    after = _remember(memory, days, recalled=recalled, at=at)
    return after, learnt, Reviewed(expected, recalled)


def review_answer(
    memory: Memory | None, habit: Habit, answer: Answered
) -> tuple[Memory | None, Habit, Reviewed | None]:
    """Like `review`; an aided answer shows what help can do, not what is remembered, and changes nothing."""
    if not answer.unaided:
        return memory, habit, None
    return review(memory, habit, recalled=answer.right, at=answer.at)


@cache
def _scheduler() -> Scheduler:
    return Scheduler(enable_fuzzing=False)


def _rated_first(rating: Rating, at: datetime) -> Memory:
    card, _ = _scheduler().review_card(Card(card_id=1, due=at), rating, at)
    assert card.stability is not None and card.difficulty is not None, "FSRS has rated this card"
    recalled = rating is not Rating.Again
    return Memory(card.stability, card.difficulty, at, 1, int(not recalled), recalled, recalled, int(recalled))


def _remember(memory: Memory, days: float, *, recalled: bool, at: datetime) -> Memory:
    before = Card(1, State.Review, None, memory.stability, memory.difficulty, at, memory.last_at)
    card, _ = _scheduler().review_card(before, _rating(recalled=recalled), at)
    assert card.stability is not None and card.difficulty is not None, "FSRS has rated this card"
    spaced = days >= SPACED_DAYS
    return Memory(
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


def _learn(memory: Memory, habit: Habit, days: float, *, recalled: bool) -> Habit:
    """One step of Bayes: the more a weight is in doubt and the more surprising the answer, the further it moves."""
    row = _layer(memory, habit, days)
    expected = squash(float(habit.mean @ row))
    weight = expected * (1 - expected)
    reach = habit.covariance @ row
    gain = reach / (1 + weight * float(row @ reach))
    surprise = recalled - _fsrs(memory, days)
    return Habit(
        mean=habit.mean + gain * (recalled - expected),
        covariance=habit.covariance - np.outer(gain, reach) * weight,
        lately=0.95 * habit.lately + 0.05 * surprise,
        long_run=0.99 * habit.long_run + 0.01 * surprise,
    )


def _layer(memory: Memory, habit: Habit, days: float) -> Floats:
    """Return the row that `LAYER` names; only `fsrs` depends on the time that has passed."""
    shown = _fsrs(memory, days)
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
            habit.lately,
            habit.long_run,
            float(not memory.recalled_first),
            math.log1p(memory.same_day),
            math.log1p(memory.spaced),
            (memory.spaced_recalled - USUAL * memory.spaced) / (memory.spaced + 2),
        ]
    )


def _steady(habit: Habit) -> Floats:
    """The weights, with FSRS's kept above zero: no history of reviews may make recall grow by waiting."""
    mean = habit.mean.copy()
    mean[FSRS] = max(mean[FSRS], 0.05)
    return mean


def _fsrs(memory: Memory, days: float) -> float:
    decay, factor = _curve()
    return float(min(max((1 + factor * days / memory.stability) ** decay, 0.001), 0.999))


@cache
def _curve() -> tuple[float, float]:
    """FSRS's forgetting curve: exponent, and the factor that makes recall 90 % after `stability` days."""
    decay = -float(_scheduler().parameters[20])
    return decay, 0.9 ** (1 / decay) - 1


def _rating(*, recalled: bool) -> Rating:
    return Rating.Good if recalled else Rating.Again


def _days(memory: Memory, at: datetime) -> float:
    return max((at - memory.last_at).total_seconds(), 0.0) / 86_400
