"""Stores turns: running when they start, and with their answer however they end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import tutor.store.conversations as conversation_store
import tutor.store.turns as turn_store
from tutor.chat.conversations import Conversations
from tutor.chat.running_turn import RunningTurn, new_turn
from tutor.domain import Course, Person, Turn, TurnStatus
from tutor.errors import NotFound
from tutor.platform.clock import Clock, new_id
from tutor.store.database import Database


@dataclass(frozen=True, slots=True)
class TurnRecorder:
    """Stores the turns of conversations."""

    database: Database
    conversations: Conversations
    clock: Clock

    def start(
        self, actor: Person, course: Course, question: str, conversation_id: str | None, replaces_turn_id: str | None
    ) -> tuple[Turn, list[Turn]]:
        """Store a running turn; return it and the shown turns before it.

        Starts a conversation when `conversation_id` is None. Raises NotFound for a conversation that is not this
        person's or not in this course, and for a turn to replace that the conversation does not show.
        """
        if conversation_id is None:
            conversation = self.conversations.start(actor, course.id, question)
        else:
            conversation = self.conversations.get_own(actor, conversation_id)
        if conversation.course_id != course.id:
            raise NotFound(f"this conversation is not in the course {course.id!r}", key="conversation_elsewhere")
        history = self.conversations.list_turns(actor, conversation.id)
        if replaces_turn_id is not None:
            position = next((i for i, turn in enumerate(history) if turn.id == replaces_turn_id), None)
            if position is None:
                raise NotFound("the turn to replace is not in this conversation any more", key="turn_gone")
            history = history[:position]
        turn = new_turn(new_id(), conversation.id, actor.id, course.id, question, replaces_turn_id, self.clock)
        with self.database.write_transaction() as connection:
            turn_store.add(connection, turn)
            conversation_store.update(connection, conversation.id, now=turn.created_at)
        return turn, history

    @contextmanager
    def recording(self, running: RunningTurn) -> Iterator[None]:
        """Store a turn that breaks off in this block with the answer so far.

        It is STOPPED when its generator is closed, FAILED on any other exception.
        """
        try:
            yield
        except GeneratorExit:
            self.finish(running, TurnStatus.STOPPED)
            raise
        except BaseException:
            self.finish(running, TurnStatus.FAILED)
            raise

    def finish(self, running: RunningTurn, status: TurnStatus) -> Turn:
        """Store how a turn ended, with its answer, prompt and timings; return it."""
        turn = running.finish(status)
        with self.database.write_transaction() as connection:
            turn_store.finish(connection, turn, running.prompt)
        return turn

    def count_retries(self, turn: Turn) -> int:
        """Return how many turns with the same question this one replaces, directly or through one another."""
        retries = 0
        with self.database.read_connection() as connection:
            replaced = turn_store.by_id(connection, turn.replaces) if turn.replaces else None
            while replaced is not None and replaced.question == turn.question:
                retries += 1
                replaced = turn_store.by_id(connection, replaced.replaces) if replaced.replaces else None
        return retries
