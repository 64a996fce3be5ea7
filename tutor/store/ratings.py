"""Rows of ratings: what a person thinks of an answer, with a reason."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from tutor.domain import Feedback, Thumb
from tutor.platform.clock import from_iso, to_iso
from tutor.store.schema import feedback, turns
from tutor.store.sealed_rows import RATINGS, opened_rows, sealed_values


def save(connection: sa.Connection, rating: Feedback) -> None:
    """Store a person's rating of an answer; a second one replaces the first."""
    clear = {
        "turn_id": rating.turn_id,
        "author_id": rating.author_id,
        "thumb": rating.thumb.value if rating.thumb else None,
        "reason": rating.reason,
        "created_at": to_iso(rating.created_at),
    }
    row = sealed_values(connection, RATINGS, rating.author_id, clear, clear)
    statement = insert(feedback).values(**row)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["turn_id", "author_id"],
            set_={name: row[name] for name in ("thumb", "reason", "created_at")},
        )
    )


def of_conversation(connection: sa.Connection, conversation_id: str, author_id: str) -> dict[str, Feedback]:
    """Return one person's ratings of the answers of a conversation, by turn id."""
    rows = connection.execute(
        sa.select(feedback)
        .join(turns, turns.c.id == feedback.c.turn_id)
        .where(turns.c.conversation_id == conversation_id, feedback.c.author_id == author_id)
    )
    return {row.turn_id: _rating(row) for row in opened_rows(connection, RATINGS, rows)}


def of_course(connection: sa.Connection, course_id: str) -> list[Feedback]:
    """Return all ratings of a course, latest first."""
    rows = connection.execute(
        sa.select(feedback)
        .join(turns, turns.c.id == feedback.c.turn_id)
        .where(turns.c.course_id == course_id)
        .order_by(feedback.c.created_at.desc())
    )
    return [_rating(row) for row in opened_rows(connection, RATINGS, rows)]


def _rating(row: Any) -> Feedback:
    thumb = Thumb(row.thumb) if row.thumb else None
    return Feedback(row.turn_id, row.author_id, thumb, row.reason, from_iso(row.created_at))
