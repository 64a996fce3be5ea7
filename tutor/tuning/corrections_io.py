"""Exports and imports corrections as JSONL, one `{"id": ..., "messages": [...]}` a line.

An export has exactly the rows that would be trained on: with consent, scrubbed, and with the rendered prompt. An import
stores the rows as better answers of one learner in a new conversation; training on them needs the learner's consent.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import tutor.store.turns as turn_store
from adapters import dataset
from adapters.records import TrainingRow
from tutor.chat.conversations import Conversations
from tutor.chat.prompts import fingerprint
from tutor.chat.running_turn import new_turn
from tutor.corrections.feedback import FeedbackService
from tutor.domain import Correction, Person, Turn, TurnStatus
from tutor.errors import InputRefused
from tutor.platform.clock import Clock, new_id
from tutor.store.database import Database
from tutor.tuning.adapter_versions import AdapterVersionService
from tutor.tuning.training_rows import TrainingRowSource

MAX_ROWS = 1_000


@dataclass(frozen=True, slots=True)
class CorrectionFiles:
    """Exports and imports files of corrections."""

    database: Database
    versions: AdapterVersionService
    training_rows: TrainingRowSource
    conversations: Conversations
    feedback: FeedbackService
    clock: Clock

    def export(self, actor: Person, learner_id: str | None, course_id: str, path: Path) -> int:
        """Write the training rows of an owner's adapter to a file; return how many."""
        self.versions.require_can_manage(actor, learner_id, course_id)
        found = self.training_rows.for_owner(learner_id, course_id)
        dataset.write_rows(path, found)
        return len(found)

    def import_file(self, actor: Person, course_id: str, path: Path, *, consent: bool) -> list[Correction]:
        """Store the rows of a file as the actor's better answers. Raises TrainingRefused, InputRefused."""
        self.versions.require_can_manage(actor, actor.id, course_id)
        found = dataset.deduplicate(dataset.read_rows(path))
        if not 0 < len(found) <= MAX_ROWS:
            raise InputRefused(f"{path.name} has {len(found)} rows; a file with 1 to {MAX_ROWS} rows can be imported")
        conversation = self.conversations.start(actor, course_id, path.name)
        turns = [self._store_turn(actor, course_id, conversation.id, row) for row in found]
        pairs = zip(turns, found, strict=True)
        return [self.feedback.import_correction(actor, turn, row.answer, consent=consent) for turn, row in pairs]

    def _store_turn(self, actor: Person, course_id: str, conversation_id: str, row: TrainingRow) -> Turn:
        """Store the question of a row as a turn without an answer."""
        prompt = tuple((message.role, message.content) for message in row.prompt)
        question = next((content for role, content in reversed(prompt) if role == "user"), prompt[-1][1])
        turn = new_turn(new_id(), conversation_id, actor.id, course_id, question, None, self.clock)
        turn = replace(turn, prompt_sha256=fingerprint(prompt))
        with self.database.write_transaction() as connection:
            turn_store.add(connection, turn)
            turn_store.finish(connection, replace(turn, status=TurnStatus.COMPLETE), prompt)
        return turn
