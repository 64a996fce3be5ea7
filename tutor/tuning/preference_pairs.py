"""Collects preference pairs for DPO: two answers to the same question, of which one was preferred.

A correction is preferred to the answer it replaced, and an answer that the learner rated up to one that they rated
down. As for training rows, consent is required and personal data is scrubbed.
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
    """Reads the pairs to train an adapter on; `learner_id` None stands for the course's shared adapter."""

    database: Database
    training_rows: TrainingRowSource

    def for_owner(self, learner_id: str | None, course_id: str) -> tuple[PreferencePair, ...]:
        """Return one pair per question; a correction takes precedence over ratings."""
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
        """Yield (turn, correction, the answer it replaced), the latest first."""
        for correction in reversed(self.training_rows.trainable_corrections(learner_id, course_id)):
            with self.database.read_connection() as connection:
                turn = turn_store.by_id(connection, correction.turn_id)
            if turn is not None:
                yield turn, correction.text, turn.answer

    def _from_thumbs(self, learner_id: str | None, course_id: str) -> Iterator[tuple[Turn, str, str]]:
        """Yield (turn rated up, its answer, the answer rated down), by the learner's own ratings; none for a course."""
        if learner_id is None or not self.training_rows.has_consented(learner_id):
            return
        rated: dict[Thumb, dict[str, Turn]] = {thumb: {} for thumb in Thumb}
        with self.database.read_connection() as connection:
            for rating in rating_store.of_course(connection, course_id):  # latest first
                turn = turn_store.by_id(connection, rating.turn_id)
                if rating.thumb and turn and rating.author_id == turn.learner_id == learner_id:
                    rated[rating.thumb].setdefault(_normalized_question(turn), turn)
        for question, liked in rated[Thumb.UP].items():
            if question in rated[Thumb.DOWN]:
                yield liked, liked.answer, rated[Thumb.DOWN][question].answer

    def _build_pair(self, turn: Turn, chosen: str, rejected: str, course_id: str) -> PreferencePair | None:
        """Return the scrubbed pair; None if the turn has no prompt, or if the two answers are empty or equal."""
        with self.database.read_connection() as connection:
            prompt = turn_store.prompt_of(connection, turn.id)
            roster = people.enrolled_names(connection, course_id)
        good, bad = (scrub(_strip_added_text(text), roster).text for text in (chosen, rejected))
        if prompt is None or not good or not bad or good == bad:
            return None
        return PreferencePair(turn.id, _scrub_prompt(prompt, roster), good, bad)


def _strip_added_text(answer: str) -> str:
    """Return the model's own words, without citation marks and added sentences."""
    return strip_notes(strip_citation_marks(answer)).strip()


def _normalized_question(turn: Turn) -> str:
    return " ".join(turn.question.casefold().split())


def _scrub_prompt(prompt: Prompt, roster: Sequence[str]) -> tuple[ChatMessage, ...]:
    return tuple(ChatMessage(role, scrub(content, roster).text) for role, content in prompt)  # type: ignore[arg-type]
