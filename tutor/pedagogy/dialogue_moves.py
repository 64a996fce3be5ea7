"""The move of a turn: what the tutor does next, chosen in code from what is known, never by the model. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tutor.domain import Outcome
from tutor.pedagogy.intents import Intent
from tutor.pedagogy.ladder import Ladder, Rung, climb

GUESSES_BEFORE_REASONS = 2


class Move(StrEnum):
    """What a tutor's reply is."""

    ANSWER = "answer"  # a factual question, with citations
    DEFINE = "define"  # a term, at once
    NOT_COVERED = "not_covered"  # say that the material does not hold it
    HINT = "hint"  # one rung of the ladder
    CONFIRM = "confirm"  # a right answer
    COMPLETE = "complete"  # partly right: keep that part, ask for the missing one
    REPAIR = "repair"  # a known misconception
    ASK_REASON = "ask_reason"  # guess-and-check: no verdict before a reason
    EXPLAIN_TASK = "explain_task"  # a question about the question is not an answer
    REFER = "refer"  # the grade is unsure: the instructor decides
    CHECK = "check"  # a fresh item after help
    EXAMPLE = "example"
    EASIER = "easier"
    HARDER = "harder"
    QUIZ = "quiz"
    SUMMARISE = "summarise"
    SKIP = "skip"
    REPLY = "reply"  # a greeting or thanks, and back to the matter
    INVITE = "invite"  # an empty message: say what can be asked


@dataclass(frozen=True, slots=True)
class Situation:
    """All that the choice depends on. `ladder` is that of the exercise at hand, None where there is none."""

    intent: Intent
    covered: bool = True
    ladder: Ladder | None = None
    question_open: bool = False
    outcome: Outcome | None = None  # of the answer in this message, when it was one
    misconception: bool = False  # the wrong answer is one the course knows
    wrong_guesses: int = 0  # in a row, without a reason
    gives_reason: bool = False
    helped: bool = False  # a hint was given on this exercise


@dataclass(frozen=True, slots=True)
class Step:
    """The move, the ladder after it, and why; `then_check` asks a fresh item afterwards."""

    move: Move
    ladder: Ladder | None
    why: str
    then_check: bool = False


_TAPS = {
    Intent.EXAMPLE: Move.EXAMPLE,
    Intent.EASIER: Move.EASIER,
    Intent.HARDER: Move.HARDER,
    Intent.QUIZ: Move.QUIZ,
    Intent.SUMMARISE: Move.SUMMARISE,
    Intent.SOCIAL: Move.REPLY,
    Intent.EMPTY: Move.INVITE,
}


def choose(situation: Situation) -> Step:
    """Choose the one move of this turn."""
    if situation.intent in _TAPS:
        return _stay(situation, _TAPS[situation.intent], "she asked for it")
    if situation.intent is Intent.SKIP:
        return _stay(situation, Move.SKIP if situation.question_open else Move.REPLY, "she wants to move on")
    if situation.question_open and situation.intent is Intent.CLARIFY:
        return _stay(situation, Move.EXPLAIN_TASK, "a question is not an answer")
    if situation.question_open and situation.intent is Intent.ANSWER:
        return _after_answer(situation)
    if situation.ladder is not None and situation.intent in (Intent.STUCK, Intent.TELL_ME, Intent.EXERCISE):
        return _hint(situation, "help on an exercise comes one rung a turn")
    if not situation.covered:
        return _stay(situation, Move.NOT_COVERED, "the course material does not hold it")
    if situation.intent is Intent.DEFINITION:
        return _stay(situation, Move.DEFINE, "a definition is given at once")
    return _stay(situation, Move.ANSWER, "a question about the material is answered")


def _after_answer(situation: Situation) -> Step:
    guessing = not situation.gives_reason and situation.wrong_guesses >= GUESSES_BEFORE_REASONS
    if guessing and situation.outcome is not None:
        return _stay(situation, Move.ASK_REASON, "guessing gets no more verdicts without a reason, a right one neither")
    match situation.outcome:
        case Outcome.RIGHT:
            why = "confirming a right answer is allowed on every rung"
            return Step(Move.CONFIRM, situation.ladder, why, then_check=situation.helped)
        case Outcome.UNSURE | None:
            return _stay(situation, Move.REFER, "the grade is unsure, nothing is scored")
    if situation.outcome is Outcome.PARTIAL:
        return _stay(situation, Move.COMPLETE, "part of it is right")
    if situation.misconception:
        return _stay(situation, Move.REPAIR, "the answer shows a known misconception")
    return _hint(situation, "a wrong answer gets the next hint")


def _hint(situation: Situation, why: str) -> Step:
    if situation.ladder is None:
        return _stay(
            situation, Move.ANSWER if situation.covered else Move.NOT_COVERED, "there is no exercise to hint at"
        )
    higher = climb(situation.ladder)
    return Step(Move.HINT, higher, why, then_check=higher.rung is Rung.ANSWER)


def _stay(situation: Situation, move: Move, why: str) -> Step:
    return Step(move, situation.ladder, why)
