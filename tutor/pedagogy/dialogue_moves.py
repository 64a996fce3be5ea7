"""The move of a turn: what the tutor does next, chosen in code from what is known, never by the model. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tutor.domain import Outcome
from tutor.pedagogy.intents import Intent
from tutor.pedagogy.ladder import Ladder, Rung, climb

MAX_GUESSES_WITHOUT_REASON = 2


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
class DialogueState:
    """All that the choice depends on. `ladder` is that of the exercise at hand, None where there is none."""

    intent: Intent
    covered: bool = True
    ladder: Ladder | None = None
    question_open: bool = False
    outcome: Outcome | None = None  # of the answer in this message, when it was one
    misconception: bool = False  # the wrong answer is one the course knows
    wrong_guesses: int = 0  # in a row, without a reason
    gives_reason: bool = False
    hint_given: bool = False  # a hint was given on this exercise


@dataclass(frozen=True, slots=True)
class MoveChoice:
    """The move, the ladder after it, and why; `then_check` asks a fresh item afterwards."""

    move: Move
    ladder: Ladder | None
    why: str
    then_check: bool = False


_REQUESTED_MOVES = {
    Intent.EXAMPLE: Move.EXAMPLE,
    Intent.EASIER: Move.EASIER,
    Intent.HARDER: Move.HARDER,
    Intent.QUIZ: Move.QUIZ,
    Intent.SUMMARISE: Move.SUMMARISE,
    Intent.SOCIAL: Move.REPLY,
    Intent.EMPTY: Move.INVITE,
}


def choose_move(state: DialogueState) -> MoveChoice:
    """Choose the one move of this turn."""
    if state.intent in _REQUESTED_MOVES:
        return _keep_rung(state, _REQUESTED_MOVES[state.intent], "she asked for it")
    if state.intent is Intent.SKIP:
        return _keep_rung(state, Move.SKIP if state.question_open else Move.REPLY, "she wants to move on")
    if state.question_open and state.intent is Intent.CLARIFY:
        return _keep_rung(state, Move.EXPLAIN_TASK, "a question is not an answer")
    if state.question_open and state.intent is Intent.ANSWER:
        return _after_answer(state)
    if state.ladder is not None and state.intent in (Intent.STUCK, Intent.TELL_ME, Intent.EXERCISE):
        return _next_hint(state, "help on an exercise comes one rung a turn")
    if not state.covered:
        return _keep_rung(state, Move.NOT_COVERED, "the course material does not hold it")
    if state.intent is Intent.DEFINITION:
        return _keep_rung(state, Move.DEFINE, "a definition is given at once")
    return _keep_rung(state, Move.ANSWER, "a question about the material is answered")


def _after_answer(state: DialogueState) -> MoveChoice:
    guessing = not state.gives_reason and state.wrong_guesses >= MAX_GUESSES_WITHOUT_REASON
    if guessing and state.outcome is not None:
        return _keep_rung(
            state, Move.ASK_REASON, "guessing gets no more verdicts without a reason, a right one neither"
        )
    match state.outcome:
        case Outcome.RIGHT:
            why = "confirming a right answer is allowed on every rung"
            return MoveChoice(Move.CONFIRM, state.ladder, why, then_check=state.hint_given)
        case Outcome.UNSURE | None:
            return _keep_rung(state, Move.REFER, "the grade is unsure, nothing is scored")
    if state.outcome is Outcome.PARTIAL:
        return _keep_rung(state, Move.COMPLETE, "part of it is right")
    if state.misconception:
        return _keep_rung(state, Move.REPAIR, "the answer shows a known misconception")
    return _next_hint(state, "a wrong answer gets the next hint")


def _next_hint(state: DialogueState, why: str) -> MoveChoice:
    if state.ladder is None:
        return _keep_rung(state, Move.ANSWER if state.covered else Move.NOT_COVERED, "there is no exercise to hint at")
    higher = climb(state.ladder)
    return MoveChoice(Move.HINT, higher, why, then_check=higher.rung is Rung.ANSWER)


def _keep_rung(state: DialogueState, move: Move, why: str) -> MoveChoice:
    return MoveChoice(move, state.ladder, why)
