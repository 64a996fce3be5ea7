"""Conversations: only their own learner may list, read, rename or delete them."""

from __future__ import annotations

from dataclasses import dataclass

import tutor.store.conversations as conversation_store
import tutor.store.turns as turn_store
from tutor.accounts.permissions import AccessContext, Action, is_allowed
from tutor.domain import Conversation, Person, Turn
from tutor.errors import InputRefused, NotFound
from tutor.platform.clock import Clock, new_id
from tutor.store.database import Database

MAX_TITLE_CHARS = 80


@dataclass(frozen=True, slots=True)
class Conversations:
    """The conversations of all learners."""

    database: Database
    clock: Clock

    def list_own(self, actor: Person, course_id: str) -> list[Conversation]:
        """Return this person's conversations in a course, latest first."""
        with self.database.read_connection() as connection:
            return conversation_store.of_learner(connection, actor.id, course_id)

    def latest_course_id(self, actor: Person) -> str | None:
        """Return the course in which this person asked last; the caller checks that they may still enter it."""
        with self.database.read_connection() as connection:
            return conversation_store.latest_course_id(connection, actor.id)

    def list_turns(self, actor: Person, conversation_id: str) -> list[Turn]:
        """Return the turns that a conversation shows: those that no retry or edit has replaced."""
        self.get_own(actor, conversation_id)
        with self.database.read_connection() as connection:
            return turn_store.visible_turns(connection, conversation_id)

    def get_turn(self, actor: Person, conversation_id: str, turn_id: str) -> Turn:
        """Return a turn that one of this person's conversations shows; raises NotFound for any other."""
        found = next((turn for turn in self.list_turns(actor, conversation_id) if turn.id == turn_id), None)
        if found is None:
            raise NotFound("there is no such answer; it may have been deleted", key="no_such_answer")
        return found

    def start(self, actor: Person, course_id: str, title: str) -> Conversation:
        """Start a conversation; the caller checks that this person may enter the course."""
        now = self.clock()
        conversation = Conversation(new_id(), actor.id, course_id, _truncate_title(title), now, now)
        with self.database.write_transaction() as connection:
            conversation_store.add(connection, conversation)
        return conversation

    def rename(self, actor: Person, conversation_id: str, title: str) -> None:
        self.get_own(actor, conversation_id)
        if not title.strip():
            raise InputRefused("a conversation needs a name; write one", key="conversation_unnamed")
        with self.database.write_transaction() as connection:
            conversation_store.update(connection, conversation_id, title=_truncate_title(title))

    def delete(self, actor: Person, conversation_id: str) -> None:
        """Hide a conversation; `restore` brings it back."""
        self.get_own(actor, conversation_id)
        with self.database.write_transaction() as connection:
            conversation_store.set_deleted(connection, conversation_id, self.clock())

    def restore(self, actor: Person, conversation_id: str) -> None:
        self.get_own(actor, conversation_id, deleted=True)
        with self.database.write_transaction() as connection:
            conversation_store.set_deleted(connection, conversation_id, None)

    def get_own(self, actor: Person, conversation_id: str, *, deleted: bool = False) -> Conversation:
        """Return a conversation of this person; raises NotFound for any other."""
        with self.database.read_connection() as connection:
            conversation = conversation_store.by_id(connection, conversation_id, deleted=deleted)
        if conversation is None or not is_allowed(
            actor, Action.READ_OWN, AccessContext(owner_id=conversation.learner_id)
        ):
            raise NotFound("there is no such conversation; it may have been deleted")
        return conversation


def _truncate_title(title: str) -> str:
    line = " ".join(title.split())
    return line if len(line) <= MAX_TITLE_CHARS else line[: MAX_TITLE_CHARS - 1].rstrip() + "…"
