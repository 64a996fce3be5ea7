"""Choose the move of a turn, what the tutor does next, by rules and never by the language model. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tutor.domain import Outcome
from tutor.pedagogy.intents import Intent
from tutor.pedagogy.ladder import Ladder, Rung, climb

MAX_GUESSES_WITHOUT_REASON = 2


class Move(StrEnum):
    """The kind of a tutor's reply."""

    ANSWER = "answer"  # to a question about the material, with citations
    DEFINE = "define"  # a term, at once
    NOT_COVERED = "not_covered"  # say that the course material does not cover the question
    HINT = "hint"  # one rung of the ladder
    CONFIRM = "confirm"  # a right answer
    COMPLETE = "complete"  # a partly right answer: ask for the missing part
    REPAIR = "repair"  # correct a known misconception
    ASK_REASON = "ask_reason"  # after several guesses: no verdict without a reason
    EXPLAIN_TASK = "explain_task"  # reply to a question about the task
    REFER = "refer"  # the grade is unsure: refer the learner to the instructor
    EXAMPLE = "example"
    EASIER = "easier"
    HARDER = "harder"
    QUIZ = "quiz"
    SUMMARISE = "summarise"
    REWORD = "reword"  # the last answer: in other words, shorter, in another language
    MORE = "more"  # on the last answer: go on, why
    SOURCES = "sources"  # what the last answer is based on
    RECALL = "recall"  # what was asked and answered before
    SKIP = "skip"
    REPLY = "reply"  # to a greeting or thanks, and back to the subject
    INVITE = "invite"  # reply to an empty message: say what can be asked


@dataclass(frozen=True, slots=True)
class DialogueState:
    """Everything that the choice depends on; `ladder` belongs to the open exercise, None without one."""

    intent: Intent
    covered: bool = True
    ladder: Ladder | None = None
    question_open: bool = False
    outcome: Outcome | None = None  # when the message is an answer
    misconception: bool = False  # the wrong answer is a misconception that the course lists
    wrong_guesses: int = 0  # in a row, without a reason
    gives_reason: bool = False
    hint_given: bool = False  # a hint was given on this exercise


@dataclass(frozen=True, slots=True)
class MoveChoice:
    """The move, the ladder after it, and the reason; with `then_check` a fresh exercise follows."""

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
    Intent.SHORTER: Move.REWORD,
    Intent.REPHRASE: Move.REWORD,
    Intent.TRANSLATE: Move.REWORD,
    Intent.MORE: Move.MORE,
    Intent.WHY: Move.MORE,
    Intent.DOUBT: Move.SOURCES,
    Intent.SOURCE: Move.SOURCES,
    Intent.RECALL: Move.RECALL,
    Intent.RECAP: Move.RECALL,
    Intent.SOCIAL: Move.REPLY,
    Intent.GREETING: Move.REPLY,
    Intent.FAREWELL: Move.REPLY,
    Intent.ACKNOWLEDGE: Move.REPLY,
    Intent.EMPTY: Move.INVITE,
}


def choose_move(state: DialogueState) -> MoveChoice:
    """Choose the one move of this turn."""
    if state.intent in _REQUESTED_MOVES:
        return _keep_rung(state, _REQUESTED_MOVES[state.intent], "the learner asked for it")
    if state.intent is Intent.SKIP:
        return _keep_rung(state, Move.SKIP if state.question_open else Move.REPLY, "the learner wants to move on")
    if state.question_open and state.intent is Intent.CLARIFY:
        return _keep_rung(state, Move.EXPLAIN_TASK, "a question about the task is not an answer")
    if state.question_open and state.intent is Intent.ANSWER:
        return _after_answer(state)
    if state.ladder is not None and state.intent in (Intent.STUCK, Intent.TELL_ME, Intent.EXERCISE):
        return _next_hint(state, "an exercise gets one more rung of help in each turn")
    if not state.covered:
        return _keep_rung(state, Move.NOT_COVERED, "the course material does not cover it")
    if state.intent is Intent.DEFINITION:
        return _keep_rung(state, Move.DEFINE, "a definition is given at once")
    return _keep_rung(state, Move.ANSWER, "a question about the material is answered")


def _after_answer(state: DialogueState) -> MoveChoice:
    guessing = not state.gives_reason and state.wrong_guesses >= MAX_GUESSES_WITHOUT_REASON
    if guessing and state.outcome is not None:
        return _keep_rung(state, Move.ASK_REASON, "after several guesses no answer gets a verdict without a reason")
    match state.outcome:
        case Outcome.RIGHT:
            why = "a right answer may be confirmed on every rung"
            return MoveChoice(Move.CONFIRM, state.ladder, why, then_check=state.hint_given)
        case Outcome.UNSURE | None:
            return _keep_rung(state, Move.REFER, "the grade is unsure, so nothing is scored")
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
