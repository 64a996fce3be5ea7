"""Mastery: is a skill known, and how sure are we?

Bayesian knowledge tracing, because it can be explained in a sentence: she knew it or not, might have slipped or
guessed, and may have learnt it by answering. Aided and unaided answers are kept apart: help teaches, but only an
unaided answer shows anything, and after help a fresh unaided item decides.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from tutor.learner.evidence import Answered

KNOWN = 0.95  # from here on a skill counts as known
IN_PLACE = 0.8  # from here on other skills may build on it
REMEMBERED = 5  # latest unaided outcomes that are kept for the reason in a sentence


@dataclass(frozen=True, slots=True)
class Knowing:
    """How answers and knowledge hang together in one course."""

    prior: float = 0.3
    learn: float = 0.15  # chance that answering an item teaches the skill
    slip: float = 0.1
    guess: float = 0.2

    def __post_init__(self) -> None:
        if not (0 < self.guess < 1 - self.slip < 1 and 0 < self.prior < 1 and 0 <= self.learn < 1):
            raise ValueError(f"{self} makes a right answer speak against knowing; guess must be below 1 - slip")


class Standing(StrEnum):
    """What may be said of a skill."""

    UNSEEN = "unseen"
    LEARNING = "learning"
    TO_CONFIRM = "to_confirm"  # right with help; a fresh unaided item decides
    KNOWN = "known"


@dataclass(frozen=True, slots=True)
class Mastery:
    """One learner's standing in one skill."""

    known: float  # probability
    unaided: int = 0
    unaided_right: int = 0
    aided: int = 0
    aided_right: int = 0
    owes_check: bool = False
    latest: tuple[bool, ...] = ()  # unaided, the newest last
    last_at: datetime | None = None

    @property
    def standing(self) -> Standing:
        if self.owes_check:
            return Standing.TO_CONFIRM
        if self.known >= KNOWN:
            return Standing.KNOWN
        return Standing.LEARNING if self.unaided else Standing.UNSEEN

    @property
    def unaided_range(self) -> tuple[float, float]:
        """Between which shares her unaided success lies, nineteen times in twenty (Wilson's interval)."""
        return wilson(self.unaided_right, self.unaided)


def fresh(knowing: Knowing, assumed: float | None = None) -> Mastery:
    """Return the mastery before any answer; `assumed` is what a placement inferred from answers on other skills."""
    return Mastery(knowing.prior if assumed is None else assumed)


def update(mastery: Mastery, answer: Answered, knowing: Knowing, retained: float = 1.0, ease: float = 0.0) -> Mastery:
    """Return the mastery after one answer: evidence first, if it was unaided, then the chance that it taught.

    `retained` is the share of what was known that is still there at the time of the answer (`review.retained`); `ease`
    is how much easier the item is than others on the skill, in log-odds, so that a hard item failed weighs little.
    """
    mastery = replace(mastery, known=mastery.known * retained)
    if not answer.unaided:
        return replace(
            mastery,
            known=taught(mastery.known, knowing),
            aided=mastery.aided + 1,
            aided_right=mastery.aided_right + answer.right,
            owes_check=True,
            last_at=answer.at,
        )
    return replace(
        mastery,
        known=taught(believed(mastery.known, knowing, ease, right=answer.right), knowing),
        unaided=mastery.unaided + 1,
        unaided_right=mastery.unaided_right + answer.right,
        owes_check=mastery.owes_check and not answer.right,
        latest=(*mastery.latest, answer.right)[-REMEMBERED:],
        last_at=answer.at,
    )


def believed(known: float, knowing: Knowing, ease: float = 0.0, *, right: bool) -> float:
    """Return the probability that the skill was known, given one unaided answer (Bayes)."""
    if_known, if_not = _eased(1 - knowing.slip, ease), _eased(knowing.guess, ease)
    if not right:
        if_known, if_not = 1 - if_known, 1 - if_not
    return known * if_known / (known * if_known + (1 - known) * if_not)


def taught(known: float, knowing: Knowing) -> float:
    return known + (1 - known) * knowing.learn


def _eased(share: float, ease: float) -> float:
    """The share, moved by `ease` on the log-odds scale."""
    return share / (share + (1 - share) * math.exp(-ease))


def chance_right(known: float, knowing: Knowing) -> float:
    """Return how likely an unaided right answer is."""
    return known * (1 - knowing.slip) + (1 - known) * knowing.guess


def rebuild(answers: Iterable[Answered], knowing: Knowing) -> Mapping[str, Mastery]:
    """Return the mastery of every skill that was met, from the answers in order."""
    found: dict[str, Mastery] = {}
    for answer in answers:
        for skill in answer.skills:
            found[skill] = update(found.get(skill, fresh(knowing)), answer, knowing)
    return found


def wilson(rights: int, answers: int) -> tuple[float, float]:
    """Return the interval that holds the true share with 95 % confidence; everything when nothing was seen."""
    if not answers:
        return 0.0, 1.0
    z, share = 1.96, rights / answers
    middle = (share + z * z / (2 * answers)) / (1 + z * z / answers)
    half = z / (1 + z * z / answers) * math.sqrt(share * (1 - share) / answers + z * z / (4 * answers * answers))
    return max(0.0, middle - half), min(1.0, middle + half)
