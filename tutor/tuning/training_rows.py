"""Turns corrections into training rows without personal data.

A learner's adapter is trained on the corrections of their own answers, the course's shared one only on those that an
instructor accepted. Both the correction and its learner need consent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import tutor.store.corrections as correction_store
import tutor.store.turns as turn_store
from adapters.pii_scrubbing import scrub
from adapters.records import ChatMessage, TrainingRow
from tutor.domain import LIVE_CORRECTION_STATES, Correction
from tutor.store import people
from tutor.store.database import Database

Prompt = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class TrainingRowSource:
    """Reads the rows to train an adapter on; `learner_id` None stands for the course's shared adapter."""

    database: Database

    def for_owner(self, learner_id: str | None, course_id: str) -> tuple[TrainingRow, ...]:
        """Return one row per prompt that a model answered: the latest correction that may train."""
        corrections = self.trainable_corrections(learner_id, course_id)
        with self.database.read_connection() as connection:
            prompts = {c.id: turn_store.prompt_of(connection, c.turn_id) for c in corrections}
            roster = people.enrolled_names(connection, course_id)
        latest = {prompt: c for c in corrections if (prompt := prompts[c.id])}
        return tuple(to_training_row(correction, prompt, roster) for prompt, correction in latest.items())

    def trainable_corrections(self, learner_id: str | None, course_id: str) -> list[Correction]:
        """Return the corrections that may train, oldest first, without those of learners who have not consented."""
        with self.database.read_connection() as connection:
            found = correction_store.find(
                connection, learner_id=learner_id, course_id=course_id, states=LIVE_CORRECTION_STATES
            )
            consenting = {c.learner_id: people.consent_at(connection, c.learner_id) is not None for c in found}
        return [c for c in found if c.may_train(learner_id) and consenting[c.learner_id]]

    def has_consented(self, learner_id: str) -> bool:
        with self.database.read_connection() as connection:
            return people.consent_at(connection, learner_id) is not None

    def trainable_courses(self, learner_id: str) -> list[str]:
        """Return the ids of the courses in which a learner has corrections to train on."""
        with self.database.read_connection() as connection:
            found = correction_store.find(connection, learner_id=learner_id, states=LIVE_CORRECTION_STATES)
        return sorted({c.course_id for c in found if c.may_train(learner_id)})


def to_training_row(correction: Correction, prompt: Prompt, roster: Sequence[str]) -> TrainingRow:
    """Return a training row, scrubbed of personal data and of the names of the course's roster."""
    conversation = (*prompt, ("assistant", correction.text))
    messages = tuple(ChatMessage(role, scrub(content, roster).text) for role, content in conversation)  # type: ignore[arg-type]
    return TrainingRow(correction.id, messages)
