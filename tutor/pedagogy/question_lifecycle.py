"""The states of a posed question: asked -> clarifying -> answered -> graded -> closed | skipped | expired. Pure.

Each submission carries an id made by the page, so a reload or a double click is the same submission and nothing is
lost or counted twice. A transition that the state does not allow raises IllegalStep. Answer keys are not part of it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from tutor.domain import Outcome
from tutor.errors import InputRefused


class IllegalStep(InputRefused):
    """The posed question is not in a state that allows this transition."""


class QuestionState(StrEnum):
    """The state of a posed question; the last three are final."""

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
    """One answer; `outcome` is None until it is graded."""

    submission_id: str
    text: str
    at: datetime
    outcome: Outcome | None = None
    aided: bool = False  # given after a hint or after an earlier attempt


@dataclass(frozen=True, slots=True)
class PosedQuestion:
    """One question posed to one learner; `id` and `item_id` are permanent."""

    id: str
    item_id: str
    learner_id: str
    asked_at: datetime
    expires_at: datetime
    state: QuestionState = QuestionState.ASKED
    attempts: tuple[Attempt, ...] = ()
    hints: int = 0
    seen: frozenset[str] = frozenset()  # ids of submissions already processed

    @property
    def last_attempt(self) -> Attempt | None:
        return self.attempts[-1] if self.attempts else None

    @property
    def is_final(self) -> bool:
        return self.state in FINAL_STATES


def clarify(posed: PosedQuestion, submission_id: str) -> PosedQuestion:
    """Record a question about the question, which is no answer and gets no grade."""
    if submission_id in posed.seen:
        return posed
    _require_state(posed, OPEN_STATES | {QuestionState.GRADED}, "asked about")
    return replace(posed, state=QuestionState.CLARIFYING, seen=posed.seen | {submission_id})


def add_hint(posed: PosedQuestion, submission_id: str) -> PosedQuestion:
    """Record a hint; answers after it are aided."""
    if submission_id in posed.seen:
        return posed
    _require_state(posed, OPEN_STATES | {QuestionState.GRADED}, "hinted at")
    return replace(posed, hints=posed.hints + 1, seen=posed.seen | {submission_id})


def answer(posed: PosedQuestion, submission_id: str, text: str, at: datetime) -> PosedQuestion:
    """Record an answer. After a grade other than right the learner may try again."""
    if submission_id in posed.seen:
        return posed
    _require_state(posed, OPEN_STATES | {QuestionState.GRADED}, "answered")
    if posed.last_attempt is not None and posed.last_attempt.outcome is Outcome.RIGHT:
        raise IllegalStep(f"question {posed.id} already has a right answer; ask for the next one")
    if not text.strip():
        raise IllegalStep("the answer is empty; write one, or skip the question")
    if at >= posed.expires_at:
        raise IllegalStep(f"question {posed.id} has expired; ask for a new one")
    aided = posed.hints > 0 or bool(posed.attempts)  # the feedback on an earlier attempt helps too
    attempt = Attempt(submission_id, text, at, aided=aided)
    return replace(
        posed, state=QuestionState.ANSWERED, attempts=(*posed.attempts, attempt), seen=posed.seen | {submission_id}
    )


def grade(posed: PosedQuestion, submission_id: str, outcome: Outcome) -> PosedQuestion:
    """Grade one submission. A second grade of the same submission changes nothing."""
    attempt = next((a for a in posed.attempts if a.submission_id == submission_id), None)
    if attempt is None:
        raise IllegalStep(f"question {posed.id} has no answer {submission_id}")
    if attempt.outcome is not None:
        return posed
    _require_state(posed, frozenset({QuestionState.ANSWERED}), "graded")
    return replace(posed, state=QuestionState.GRADED, attempts=_with_grade(posed, submission_id, outcome))


def override(posed: PosedQuestion, submission_id: str, outcome: Outcome) -> PosedQuestion:
    """Set the instructor's grade, which is allowed in every state; the caller logs it with its reason."""
    if all(a.submission_id != submission_id for a in posed.attempts):
        raise IllegalStep(f"question {posed.id} has no answer {submission_id}")
    state = QuestionState.GRADED if posed.state is QuestionState.ANSWERED else posed.state
    return replace(posed, state=state, attempts=_with_grade(posed, submission_id, outcome))


def close(posed: PosedQuestion) -> PosedQuestion:
    """End a graded question."""
    if posed.state is QuestionState.CLOSED:
        return posed
    _require_state(posed, frozenset({QuestionState.GRADED}), "closed")
    return replace(posed, state=QuestionState.CLOSED)


def skip(posed: PosedQuestion) -> PosedQuestion:
    """End a question without an ungraded answer."""
    if posed.state is QuestionState.SKIPPED:
        return posed
    _require_state(posed, OPEN_STATES | {QuestionState.GRADED}, "skipped")
    return replace(posed, state=QuestionState.SKIPPED)


def expire(posed: PosedQuestion, now: datetime) -> PosedQuestion:
    """End a question whose time is over: graded becomes closed, open becomes expired; an ungraded answer stays."""
    if now < posed.expires_at or posed.state not in OPEN_STATES | {QuestionState.GRADED}:
        return posed
    return replace(posed, state=QuestionState.CLOSED if posed.state is QuestionState.GRADED else QuestionState.EXPIRED)


def _with_grade(posed: PosedQuestion, submission_id: str, outcome: Outcome) -> tuple[Attempt, ...]:
    return tuple(replace(a, outcome=outcome) if a.submission_id == submission_id else a for a in posed.attempts)


def _require_state(posed: PosedQuestion, states: frozenset[QuestionState], action: str) -> None:
    if posed.state not in states:
        raise IllegalStep(f"question {posed.id} is {posed.state.value} and cannot be {action}")
