"""Mastery of a skill by Bayesian knowledge tracing (Corbett and Anderson, 1995).

The model fits in a sentence: the learner knew the skill or not, may have slipped or guessed, and may have learnt by
answering. Aided and unaided answers are counted separately: help teaches, but only an unaided answer is evidence, and
after help a new item without help decides.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from tutor.learner.evidence import AnswerEvent

MASTERY_THRESHOLD = 0.95  # probability from which a skill counts as known
PREREQUISITE_THRESHOLD = 0.8  # probability from which other skills may build on it
MAX_LATEST = 5  # latest unaided outcomes, quoted in the reason of a recommendation


@dataclass(frozen=True, slots=True)
class BktParams:
    """The parameters of the model in one course."""

    prior: float = 0.3
    learn: float = 0.15  # probability that answering an item teaches the skill
    slip: float = 0.1
    guess: float = 0.2

    def __post_init__(self) -> None:
        if not (0 < self.guess < 1 - self.slip < 1 and 0 < self.prior < 1 and 0 <= self.learn < 1):
            raise ValueError(f"{self} would lower mastery after a right answer; guess must be below 1 - slip")


class MasteryStatus(StrEnum):
    """What is shown about a skill."""

    UNSEEN = "unseen"
    LEARNING = "learning"
    TO_CONFIRM = "to_confirm"  # right with help; a new item without help decides
    KNOWN = "known"


@dataclass(frozen=True, slots=True)
class Mastery:
    """One learner's mastery of one skill."""

    probability: float  # that the skill is known
    unaided: int = 0
    unaided_right: int = 0
    aided: int = 0
    aided_right: int = 0
    needs_unaided_check: bool = False
    latest: tuple[bool, ...] = ()  # unaided, the newest last
    last_at: datetime | None = None

    @property
    def status(self) -> MasteryStatus:
        if self.needs_unaided_check:
            return MasteryStatus.TO_CONFIRM
        if self.probability >= MASTERY_THRESHOLD:
            return MasteryStatus.KNOWN
        return MasteryStatus.LEARNING if self.unaided else MasteryStatus.UNSEEN

    @property
    def unaided_interval(self) -> tuple[float, float]:
        """The 95% interval of the share of unaided answers that are right (Wilson)."""
        return wilson_interval(self.unaided_right, self.unaided)


def initial_mastery(params: BktParams, assumed: float | None = None) -> Mastery:
    """Return the mastery before any answer; `assumed` is the estimate of a placement."""
    return Mastery(params.prior if assumed is None else assumed)


def update_mastery(
    mastery: Mastery, answer: AnswerEvent, params: BktParams, retained: float = 1.0, ease: float = 0.0
) -> Mastery:
    """Return the mastery after one answer: first the evidence, if it was unaided, then the chance of having learnt.

    `retained` is the share of what was known that is still remembered (`spaced_repetition.retained_share`); `ease` is
    how much easier the item is than others on the skill, in log-odds, so that failing a hard item counts little.
    """
    mastery = replace(mastery, probability=mastery.probability * retained)
    if not answer.is_unaided:
        return replace(
            mastery,
            probability=apply_learning(mastery.probability, params),
            aided=mastery.aided + 1,
            aided_right=mastery.aided_right + answer.is_right,
            needs_unaided_check=True,
            last_at=answer.at,
        )
    return replace(
        mastery,
        probability=apply_learning(posterior_known(mastery.probability, params, ease, right=answer.is_right), params),
        unaided=mastery.unaided + 1,
        unaided_right=mastery.unaided_right + answer.is_right,
        needs_unaided_check=mastery.needs_unaided_check and not answer.is_right,
        latest=(*mastery.latest, answer.is_right)[-MAX_LATEST:],
        last_at=answer.at,
    )


def posterior_known(known: float, params: BktParams, ease: float = 0.0, *, right: bool) -> float:
    """Return the probability that the skill was known, given one unaided answer (Bayes)."""
    if_known, if_not = _shift_log_odds(1 - params.slip, ease), _shift_log_odds(params.guess, ease)
    if not right:
        if_known, if_not = 1 - if_known, 1 - if_not
    return known * if_known / (known * if_known + (1 - known) * if_not)


def apply_learning(known: float, params: BktParams) -> float:
    return known + (1 - known) * params.learn


def _shift_log_odds(share: float, ease: float) -> float:
    """Return a probability moved by `ease` on the log-odds scale."""
    return share / (share + (1 - share) * math.exp(-ease))


def predict_right(known: float, params: BktParams) -> float:
    """Return the probability of a right answer without help."""
    return known * (1 - params.slip) + (1 - known) * params.guess


def wilson_interval(rights: int, answers: int) -> tuple[float, float]:
    """Return Wilson's 95% interval of a share; (0, 1) without answers."""
    if not answers:
        return 0.0, 1.0
    z, share = 1.96, rights / answers
    middle = (share + z * z / (2 * answers)) / (1 + z * z / answers)
    half = z / (1 + z * z / answers) * math.sqrt(share * (1 - share) / answers + z * z / (4 * answers * answers))
    return max(0.0, middle - half), min(1.0, middle + half)
