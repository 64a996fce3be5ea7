"""A posed question and its life: asked -> clarifying -> answered -> graded -> closed | skipped | expired.

A pure value machine. Each submission carries an id made by the page, so that a reload or a double click is the same
submission; what is not allowed in a state raises, and nothing is lost or counted twice. Keys are not kept here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from tutor.domain import Outcome
from tutor.errors import InputRefused


class IllegalStep(InputRefused):
    """This posed question is not in a state that allows the step."""


class QuestionState(StrEnum):
    """Where a posed question stands; the last three are final."""

    ASKED = "asked"
    CLARIFYING = "clarifying"
    ANSWERED = "answered"
    GRADED = "graded"
    CLOSED = "closed"
    SKIPPED = "skipped"
    EXPIRED = "expired"


FINAL_STATES = frozenset({QuestionState.CLOSED, QuestionState.SKIPPED, QuestionState.EXPIRED})
OPEN_STATES = frozenset({QuestionState.ASKED, QuestionState.CLARIFYING})


@dataclass(frozen=True, slots=True)
class Attempt:
    """One answer as it was given; `outcome` None until it is graded."""

    submission_id: str
    text: str
    at: datetime
    outcome: Outcome | None = None
    confidence: float = 0.0
    aided: bool = False  # a hint was given before it, or it is a second try


@dataclass(frozen=True, slots=True)
class PosedQuestion:
    """One question posed to one learner; `id` and `item_id` never change and are never positions."""

    id: str
    item_id: str
    learner_id: str
    asked_at: datetime
    expires_at: datetime
    state: QuestionState = QuestionState.ASKED
    attempts: tuple[Attempt, ...] = ()
    hints: int = 0
    seen: frozenset[str] = frozenset()  # ids of submissions already taken in

    @property
    def last_attempt(self) -> Attempt | None:
        return self.attempts[-1] if self.attempts else None

    @property
    def is_final(self) -> bool:
        return self.state in FINAL_STATES

    @property
    def scored_attempt(self) -> Attempt | None:
        """The attempt that counts: the last that was graded with anything but unsure."""
        graded = [a for a in self.attempts if a.outcome not in (None, Outcome.UNSURE)]
        return graded[-1] if graded else None


def clarify(posed: PosedQuestion, submission_id: str) -> PosedQuestion:
    """A question about the question: not an answer, and nothing is graded."""
    if submission_id in posed.seen:
        return posed
    _require_state(posed, OPEN_STATES | {QuestionState.GRADED}, "asked about")
    return replace(posed, state=QuestionState.CLARIFYING, seen=posed.seen | {submission_id})


def add_hint(posed: PosedQuestion, submission_id: str) -> PosedQuestion:
    """A hint was given; answers after it are aided."""
    if submission_id in posed.seen:
        return posed
    _require_state(posed, OPEN_STATES | {QuestionState.GRADED}, "hinted at")
    return replace(posed, hints=posed.hints + 1, seen=posed.seen | {submission_id})


def answer(posed: PosedQuestion, submission_id: str, text: str, at: datetime) -> PosedQuestion:
    """Take in an answer. After a grade that was not right the learner may try again."""
    if submission_id in posed.seen:
        return posed
    _require_state(posed, OPEN_STATES | {QuestionState.GRADED}, "answered")
    if posed.last_attempt is not None and posed.last_attempt.outcome is Outcome.RIGHT:
        raise IllegalStep(f"question {posed.id} was already answered rightly")
    if not text.strip():
        raise IllegalStep("an empty answer is no answer; write one, or skip the question")
    if at >= posed.expires_at:
        raise IllegalStep(f"question {posed.id} has expired; ask for it again")
    aided = posed.hints > 0 or bool(posed.attempts)  # a second try after feedback is aided too
    attempt = Attempt(submission_id, text, at, aided=aided)
    return replace(
        posed, state=QuestionState.ANSWERED, attempts=(*posed.attempts, attempt), seen=posed.seen | {submission_id}
    )


def grade(posed: PosedQuestion, submission_id: str, outcome: Outcome, confidence: float) -> PosedQuestion:
    """Store the grade of one submission. A second grade of the same submission changes nothing."""
    attempt = next((a for a in posed.attempts if a.submission_id == submission_id), None)
    if attempt is None:
        raise IllegalStep(f"question {posed.id} has no answer {submission_id}")
    if attempt.outcome is not None:
        return posed
    _require_state(posed, frozenset({QuestionState.ANSWERED}), "graded")
    return replace(posed, state=QuestionState.GRADED, attempts=_with_grade(posed, submission_id, outcome, confidence))


def override(posed: PosedQuestion, submission_id: str, outcome: Outcome) -> PosedQuestion:
    """The instructor's grade, certain and allowed in every state; the caller logs it with her reason."""
    if all(a.submission_id != submission_id for a in posed.attempts):
        raise IllegalStep(f"question {posed.id} has no answer {submission_id}")
    state = QuestionState.GRADED if posed.state is QuestionState.ANSWERED else posed.state
    return replace(posed, state=state, attempts=_with_grade(posed, submission_id, outcome, 1.0))


def close(posed: PosedQuestion) -> PosedQuestion:
    if posed.state is QuestionState.CLOSED:
        return posed
    _require_state(posed, frozenset({QuestionState.GRADED}), "closed")
    return replace(posed, state=QuestionState.CLOSED)


def skip(posed: PosedQuestion) -> PosedQuestion:
    if posed.state is QuestionState.SKIPPED:
        return posed
    _require_state(posed, OPEN_STATES | {QuestionState.GRADED}, "skipped")
    return replace(posed, state=QuestionState.SKIPPED)


def expire(posed: PosedQuestion, now: datetime) -> PosedQuestion:
    """What has been answered is never expired, only graded; an open question ends at its time."""
    if now < posed.expires_at or posed.state not in OPEN_STATES | {QuestionState.GRADED}:
        return posed
    return replace(posed, state=QuestionState.CLOSED if posed.state is QuestionState.GRADED else QuestionState.EXPIRED)


def _with_grade(posed: PosedQuestion, submission_id: str, outcome: Outcome, confidence: float) -> tuple[Attempt, ...]:
    return tuple(
        replace(a, outcome=outcome, confidence=confidence) if a.submission_id == submission_id else a
        for a in posed.attempts
    )


def _require_state(posed: PosedQuestion, states: frozenset[QuestionState], action: str) -> None:
    if posed.state not in states:
        raise IllegalStep(f"question {posed.id} is {posed.state.value} and cannot be {action}")
