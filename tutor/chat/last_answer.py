"""The last answer from the course: what a follow-up such as "go on" or "where does it say that" refers to. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.languages.sentences import split_sentences
from knowledge.query_rewriting import needs_history
from tutor.chat import fixed_replies
from tutor.chat.citations import strip_citation_marks
from tutor.domain import Citation, Turn, TurnStatus
from tutor.pedagogy.dialogue_moves import Move
from tutor.pedagogy.intents import Intent

REWORDING_INTENTS = (
    Intent.EASIER,
    Intent.SHORTER,
    Intent.REPHRASE,
    Intent.MORE,
    Intent.WHY,
    Intent.TRANSLATE,
    Intent.EXAMPLE,
)
FOLLOW_UP_INTENTS = (*REWORDING_INTENTS, Intent.SUMMARISE, Intent.DOUBT, Intent.SOURCE)
QUESTION_MOVES = (Move.ANSWER, Move.DEFINE)
_TELLING_MOVES = (*QUESTION_MOVES, Move.EXAMPLE, Move.EASIER, Move.REWORD, Move.MORE, Move.SUMMARISE)


@dataclass(frozen=True, slots=True)
class LastAnswer:
    """The last answer from the course, and the question that it goes back to."""

    topic: str  # a question that can be understood by itself
    answer: str  # without marks and notes
    citations: tuple[Citation, ...]
    told: tuple[str, ...] = ()  # all that was said on this topic, oldest first

    @property
    def sentences(self) -> list[str]:
        return [self.answer[start:end].strip() for start, end in split_sentences(self.answer)]


def find_last_answer(turns: Sequence[Turn]) -> LastAnswer | None:
    """Return the last answer from the course; None before the first. `turns` are the shown ones, oldest first."""
    told: list[str] = []
    last: Turn | None = None
    for turn in reversed(turns):
        if not is_answered(turn):
            continue
        last = last or turn
        told.insert(0, plain_answer(turn))
        if is_topic(turn):
            return LastAnswer(turn.question, plain_answer(last), last.citations, tuple(told))
    return LastAnswer(last.question, plain_answer(last), last.citations, tuple(told)) if last else None


def is_answered(turn: Turn) -> bool:
    """Whether a turn told something from the course."""
    is_telling = turn.guidance is None or turn.guidance.move in _TELLING_MOVES
    return turn.status is TurnStatus.COMPLETE and bool(turn.covered) and is_telling


def is_topic(turn: Turn) -> bool:
    """Whether a turn asks something that can be understood without the turns before it."""
    return (turn.guidance is None or turn.guidance.move in QUESTION_MOVES) and not needs_history(turn.question)


def plain_answer(turn: Turn) -> str:
    """Return the answer of a turn without marks and notes."""
    return strip_citation_marks(fixed_replies.strip_notes(turn.answer))
