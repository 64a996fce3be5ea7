"""Rows of conversations."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from tutor.domain import Conversation
from tutor.platform.clock import from_iso, to_iso
from tutor.store.schema import conversations
from tutor.store.sealed_rows import CONVERSATIONS, opened_first, opened_rows, sealed_values


def add(connection: sa.Connection, conversation: Conversation) -> None:
    row = {
        "id": conversation.id,
        "learner_id": conversation.learner_id,
        "course_id": conversation.course_id,
        "title": conversation.title,
        "created_at": to_iso(conversation.created_at),
        "updated_at": to_iso(conversation.updated_at),
    }
    values = sealed_values(connection, CONVERSATIONS, conversation.learner_id, row, row)
    connection.execute(conversations.insert().values(values))


def by_id(connection: sa.Connection, conversation_id: str, *, deleted: bool = False) -> Conversation | None:
    """Return a conversation; a deleted one only with `deleted`."""
    query = conversations.select().where(conversations.c.id == conversation_id)
    if not deleted:
        query = query.where(conversations.c.deleted_at.is_(None))
    row = opened_first(connection, CONVERSATIONS, connection.execute(query))
    return _conversation(row) if row else None


def of_learner(connection: sa.Connection, learner_id: str, course_id: str) -> list[Conversation]:
    """Return a learner's conversations in a course that were not deleted, latest first."""
    rows = connection.execute(
        conversations.select()
        .where(
            conversations.c.learner_id == learner_id,
            conversations.c.course_id == course_id,
            conversations.c.deleted_at.is_(None),
        )
        .order_by(conversations.c.updated_at.desc(), conversations.c.id)
    )
    return [_conversation(row) for row in opened_rows(connection, CONVERSATIONS, rows)]


def latest_course_id(connection: sa.Connection, learner_id: str) -> str | None:
    """Return the course of the conversation that a learner continued last."""
    query = (
        sa.select(conversations.c.course_id)
        .where(conversations.c.learner_id == learner_id, conversations.c.deleted_at.is_(None))
        .order_by(conversations.c.updated_at.desc())
        .limit(1)
    )
    return connection.execute(query).scalar()


def update(
    connection: sa.Connection, conversation_id: str, *, title: str | None = None, now: datetime | None = None
) -> None:
    values: dict[str, str] = {}
    if title is not None:
        values["title"] = title
    if now is not None:
        values["updated_at"] = to_iso(now)
    if not values:
        return
    query = sa.select(conversations.c.learner_id).where(conversations.c.id == conversation_id)
    if owner := connection.scalar(query):
        sealed = sealed_values(connection, CONVERSATIONS, owner, {"id": conversation_id}, values)
        connection.execute(conversations.update().where(conversations.c.id == conversation_id).values(sealed))


def set_deleted(connection: sa.Connection, conversation_id: str, moment: datetime | None) -> None:
    """Mark a conversation as deleted, or restore it with None."""
    value = to_iso(moment) if moment else None
    connection.execute(conversations.update().where(conversations.c.id == conversation_id).values(deleted_at=value))


def _conversation(row: Any) -> Conversation:
    return Conversation(
        row.id, row.learner_id, row.course_id, row.title, from_iso(row.created_at), from_iso(row.updated_at)
    )
