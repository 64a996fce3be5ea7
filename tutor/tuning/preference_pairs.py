"""Which of two answers to the same question was preferred, for who wants an adapter to learn from that as well.

An edited answer is preferred to the one it replaced; of two answers to one question, the one that its learner thumbed
up to the one that she thumbed down. As with rows: nothing without consent, and what tells who somebody is goes first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import tutor.store.ratings as rating_store
import tutor.store.turns as turn_store
from adapters.pii_scrubbing import scrub
from adapters.records import ChatMessage, PreferencePair
from tutor.chat.citations import strip_citation_marks
from tutor.chat.fixed_replies import strip_notes
from tutor.domain import Thumb, Turn
from tutor.store import people
from tutor.store.database import Database
from tutor.tuning.training_rows import Prompt, TrainingRowSource


@dataclass(frozen=True, slots=True)
class PreferencePairSource:
    """Reads the pairs that an adapter may learn from; `learner_id` None asks for the course's shared one."""

    database: Database
    training_rows: TrainingRowSource

    def for_owner(self, learner_id: str | None, course_id: str) -> tuple[PreferencePair, ...]:
        """Return one pair a question, those of edited answers first."""
        found: dict[str, PreferencePair] = {}
        for turn, chosen, rejected in (
            *self._from_edits(learner_id, course_id),
            *self._from_thumbs(learner_id, course_id),
        ):
            pair = self._build_pair(turn, chosen, rejected, course_id)
            if pair is not None:
                found.setdefault(_normalized_question(turn), pair)
        return tuple(found.values())

    def _from_edits(self, learner_id: str | None, course_id: str) -> Iterator[tuple[Turn, str, str]]:
        """Yield (turn, better answer, the answer it replaced), the latest first."""
        for correction in reversed(self.training_rows.trainable_corrections(learner_id, course_id)):
            with self.database.read_connection() as connection:
                turn = turn_store.by_id(connection, correction.turn_id)
            if turn is not None:
                yield turn, correction.text, turn.answer

    def _from_thumbs(self, learner_id: str | None, course_id: str) -> Iterator[tuple[Turn, str, str]]:
        """Yield (turn thumbed up, its answer, the answer thumbed down); only her own thumbs, for her own adapter."""
        if learner_id is None or not self.training_rows.has_consented(learner_id):
            return
        judged: dict[Thumb, dict[str, Turn]] = {thumb: {} for thumb in Thumb}
        with self.database.read_connection() as connection:
            for rating in rating_store.of_course(connection, course_id):  # latest first
                turn = turn_store.by_id(connection, rating.turn_id)
                if rating.thumb and turn and rating.author_id == turn.learner_id == learner_id:
                    judged[rating.thumb].setdefault(_normalized_question(turn), turn)
        for question, liked in judged[Thumb.UP].items():
            if question in judged[Thumb.DOWN]:
                yield liked, liked.answer, judged[Thumb.DOWN][question].answer

    def _build_pair(self, turn: Turn, chosen: str, rejected: str, course_id: str) -> PreferencePair | None:
        """Return the pair as it is learnt; None when no model was asked, or nothing is left to prefer."""
        with self.database.read_connection() as connection:
            prompt = turn_store.prompt_of(connection, turn.id)
            roster = people.enrolled_names(connection, course_id)
        good, bad = (scrub(_strip_added_text(text), roster).text for text in (chosen, rejected))
        if prompt is None or not good or not bad or good == bad:
            return None
        return PreferencePair(turn.id, _scrub_prompt(prompt, roster), good, bad)


def _strip_added_text(answer: str) -> str:
    """Return what the model said, without the marks and sentences that were put to it."""
    return strip_notes(strip_citation_marks(answer)).strip()


def _normalized_question(turn: Turn) -> str:
    return " ".join(turn.question.casefold().split())


def _scrub_prompt(prompt: Prompt, roster: Sequence[str]) -> tuple[ChatMessage, ...]:
    return tuple(ChatMessage(role, scrub(content, roster).text) for role, content in prompt)  # type: ignore[arg-type]
