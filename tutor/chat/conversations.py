"""A learner's conversations: hers alone to list, read, rename and delete."""

from __future__ import annotations

from dataclasses import dataclass

import tutor.store.turns as turn_store
from tutor.accounts.permissions import Action, Facts, allowed
from tutor.domain import Conversation, Person, Turn
from tutor.errors import InputRefused, NotFound
from tutor.platform.clock import Clock, new_id
from tutor.store.database import Database

TITLE_LENGTH = 80


@dataclass(frozen=True, slots=True)
class Conversations:
    """Threads of turns, each of one learner in one course."""

    database: Database
    clock: Clock

    def mine(self, who: Person, course_id: str) -> list[Conversation]:
        """Return this person's conversations in a course, latest first."""
        with self.database.reading() as connection:
            return turn_store.conversations_of(connection, who.id, course_id)

    def turns(self, who: Person, conversation_id: str) -> list[Turn]:
        """Return what a conversation shows: without the turns that were retried or edited away."""
        self.owned(who, conversation_id)
        with self.database.reading() as connection:
            return turn_store.shown(connection, conversation_id)

    def start(self, who: Person, course_id: str, title: str) -> Conversation:
        """Begin a conversation; the course was checked by whoever calls."""
        now = self.clock()
        conversation = Conversation(new_id(), who.id, course_id, _short(title), now, now)
        with self.database.writing() as connection:
            turn_store.add_conversation(connection, conversation)
        return conversation

    def rename(self, who: Person, conversation_id: str, title: str) -> None:
        self.owned(who, conversation_id)
        if not title.strip():
            raise InputRefused("a conversation needs a name", key="conversation_unnamed")
        with self.database.writing() as connection:
            turn_store.update_conversation(connection, conversation_id, title=_short(title))

    def delete(self, who: Person, conversation_id: str) -> None:
        """Hide a conversation; `restore` brings it back."""
        self.owned(who, conversation_id)
        with self.database.writing() as connection:
            turn_store.set_deleted(connection, conversation_id, self.clock())

    def restore(self, who: Person, conversation_id: str) -> None:
        self.owned(who, conversation_id, deleted=True)
        with self.database.writing() as connection:
            turn_store.set_deleted(connection, conversation_id, None)

    def owned(self, who: Person, conversation_id: str, *, deleted: bool = False) -> Conversation:
        """Return the conversation if it is this person's; anybody else hears that there is none."""
        with self.database.reading() as connection:
            conversation = turn_store.conversation(connection, conversation_id, deleted=deleted)
        if conversation is None or not allowed(who, Action.READ_OWN, Facts(owner_id=conversation.learner_id)):
            raise NotFound("there is no such conversation; it may have been deleted")
        return conversation


def _short(title: str) -> str:
    line = " ".join(title.split())
    return line if len(line) <= TITLE_LENGTH else line[: TITLE_LENGTH - 1].rstrip() + "…"
