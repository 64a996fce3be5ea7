"""Which of two answers to the same question was preferred, for who wants an adapter to learn from that as well.

An edited answer is preferred to the one it replaced; of two answers to one question, the one that its learner thumbed
up to the one that she thumbed down. As with rows: nothing without consent, and what tells who somebody is goes first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import tutor.store.feedback as feedback_store
import tutor.store.turns as turn_store
from adapters.pii_scrubbing import scrub
from adapters.records import ChatMessage, PreferenceRow
from tutor.chat.citations import without_marks
from tutor.chat.fixed_replies import without_own_words
from tutor.domain import Thumb, Turn
from tutor.store import people
from tutor.store.database import Database
from tutor.tuning.training_rows import Prompt, Rows


@dataclass(frozen=True, slots=True)
class Pairs:
    """Reads the pairs that an adapter may learn from; `learner_id` None asks for the course's shared one."""

    database: Database
    rows: Rows

    def of(self, learner_id: str | None, course_id: str) -> tuple[PreferenceRow, ...]:
        """Return one pair a question, those of edited answers first."""
        found: dict[str, PreferenceRow] = {}
        for turn, chosen, rejected in (*self._edited(learner_id, course_id), *self._thumbed(learner_id, course_id)):
            pair = self._pair(turn, chosen, rejected, course_id)
            if pair is not None:
                found.setdefault(_question(turn), pair)
        return tuple(found.values())

    def _edited(self, learner_id: str | None, course_id: str) -> Iterator[tuple[Turn, str, str]]:
        """Yield (turn, better answer, the answer it replaced), the latest first."""
        for correction in reversed(self.rows.corrections(learner_id, course_id)):
            with self.database.reading() as connection:
                turn = turn_store.by_id(connection, correction.turn_id)
            if turn is not None:
                yield turn, correction.text, turn.answer

    def _thumbed(self, learner_id: str | None, course_id: str) -> Iterator[tuple[Turn, str, str]]:
        """Yield (turn thumbed up, its answer, the answer thumbed down); only her own thumbs, for her own adapter."""
        if learner_id is None or not self.rows.consents(learner_id):
            return
        judged: dict[Thumb, dict[str, Turn]] = {thumb: {} for thumb in Thumb}
        with self.database.reading() as connection:
            for rating in feedback_store.ratings_of_course(connection, course_id):  # latest first
                turn = turn_store.by_id(connection, rating.turn_id)
                if rating.thumb and turn and rating.author_id == turn.learner_id == learner_id:
                    judged[rating.thumb].setdefault(_question(turn), turn)
        for question, liked in judged[Thumb.UP].items():
            if question in judged[Thumb.DOWN]:
                yield liked, liked.answer, judged[Thumb.DOWN][question].answer

    def _pair(self, turn: Turn, chosen: str, rejected: str, course_id: str) -> PreferenceRow | None:
        """Return the pair as it is learnt; None when no model was asked, or nothing is left to prefer."""
        with self.database.reading() as connection:
            prompt = turn_store.prompt_of(connection, turn.id)
            roster = people.roster(connection, course_id)
        good, bad = (scrub(_bare(text), roster).text for text in (chosen, rejected))
        if prompt is None or not good or not bad or good == bad:
            return None
        return PreferenceRow(turn.id, _scrubbed(prompt, roster), good, bad)


def _bare(answer: str) -> str:
    """Return what the model said, without the marks and sentences that were put to it."""
    return without_own_words(without_marks(answer)).strip()


def _question(turn: Turn) -> str:
    return " ".join(turn.question.casefold().split())


def _scrubbed(prompt: Prompt, roster: Sequence[str]) -> tuple[ChatMessage, ...]:
    return tuple(ChatMessage(role, scrub(content, roster).text) for role, content in prompt)  # type: ignore[arg-type]
