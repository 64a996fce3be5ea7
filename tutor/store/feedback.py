"""Rows of feedback: thumbs with reasons, and corrections with their state."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from tutor.domain import LIVE_CORRECTION_STATES, AdapterState, Correction, CorrectionState, Feedback, Thumb, Turn
from tutor.platform.clock import from_iso, to_iso
from tutor.store.schema import adapter_rows, adapters, corrections, feedback, turns
from tutor.store.turns import by_id


def save_rating(connection: sa.Connection, rating: Feedback) -> None:
    """Store what a person thinks of an answer; a second time replaces the first."""
    row = {
        "turn_id": rating.turn_id,
        "author_id": rating.author_id,
        "thumb": rating.thumb.value if rating.thumb else None,
        "reason": rating.reason,
        "created_at": to_iso(rating.created_at),
    }
    statement = insert(feedback).values(**row)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["turn_id", "author_id"],
            set_={name: row[name] for name in ("thumb", "reason", "created_at")},
        )
    )


def _feedback(row: sa.Row[Any]) -> Feedback:
    thumb = Thumb(row.thumb) if row.thumb else None
    return Feedback(row.turn_id, row.author_id, thumb, row.reason, from_iso(row.created_at))


def ratings(connection: sa.Connection, conversation_id: str, author_id: str) -> dict[str, Feedback]:
    """Return what one person thought of the answers of a conversation, by turn id."""
    rows = connection.execute(
        sa.select(feedback)
        .join(turns, turns.c.id == feedback.c.turn_id)
        .where(turns.c.conversation_id == conversation_id, feedback.c.author_id == author_id)
    )
    return {row.turn_id: _feedback(row) for row in rows}


def ratings_of_course(connection: sa.Connection, course_id: str) -> list[Feedback]:
    """Return all feedback of a course, latest first."""
    rows = connection.execute(
        sa.select(feedback)
        .join(turns, turns.c.id == feedback.c.turn_id)
        .where(turns.c.course_id == course_id)
        .order_by(feedback.c.created_at.desc())
    )
    return [_feedback(row) for row in rows]


def _correction(row: sa.Row[Any]) -> Correction:
    return Correction(
        id=row.id,
        turn_id=row.turn_id,
        author_id=row.author_id,
        learner_id=row.learner_id,
        course_id=row.course_id,
        text=row.text,
        state=CorrectionState(row.state),
        consent=row.consent,
        created_at=from_iso(row.created_at),
        decided_by=row.decided_by,
        decided_at=from_iso(row.decided_at) if row.decided_at else None,
        reason=row.reason,
    )


def add_correction(connection: sa.Connection, correction: Correction) -> None:
    connection.execute(
        corrections.insert().values(
            id=correction.id,
            turn_id=correction.turn_id,
            author_id=correction.author_id,
            learner_id=correction.learner_id,
            course_id=correction.course_id,
            text=correction.text,
            state=correction.state.value,
            consent=correction.consent,
            decided_by=correction.decided_by,
            created_at=to_iso(correction.created_at),
            decided_at=to_iso(correction.decided_at) if correction.decided_at else None,
            reason=correction.reason,
        )
    )


def correction_by_id(connection: sa.Connection, correction_id: str) -> Correction | None:
    row = connection.execute(corrections.select().where(corrections.c.id == correction_id)).first()
    return _correction(row) if row else None


def corrections_of(
    connection: sa.Connection,
    *,
    course_id: str | None = None,
    learner_id: str | None = None,
    turn_id: str | None = None,
    states: Sequence[CorrectionState] = tuple(CorrectionState),
) -> list[Correction]:
    """Return corrections in the order they were written."""
    query = corrections.select().where(corrections.c.state.in_([state.value for state in states]))
    if course_id is not None:
        query = query.where(corrections.c.course_id == course_id)
    if learner_id is not None:
        query = query.where(corrections.c.learner_id == learner_id)
    if turn_id is not None:
        query = query.where(corrections.c.turn_id == turn_id)
    return [_correction(row) for row in connection.execute(query.order_by(corrections.c.created_at, corrections.c.id))]


def count_written_since(connection: sa.Connection, author_id: str, moment: datetime) -> int:
    """Return how many corrections a person has written since then, whatever became of them."""
    query = sa.select(sa.func.count()).select_from(corrections)
    query = query.where(corrections.c.author_id == author_id, corrections.c.created_at >= to_iso(moment))
    return connection.scalar(query) or 0


def usable_corrections(connection: sa.Connection, course_id: str, learner_id: str) -> list[tuple[Correction, Turn]]:
    """Return what may answer this learner in a course with the turns it is about, latest first.

    Her own is left out once a version of her adapter was trained on it.
    """
    accepted = sa.and_(corrections.c.state == CorrectionState.ACCEPTED.value, corrections.c.decided_at.is_not(None))
    learnt = (
        sa.select(adapter_rows.c.correction_id)
        .join(adapters, adapters.c.id == adapter_rows.c.adapter_id)
        .where(adapters.c.learner_id == learner_id, adapters.c.state != AdapterState.REJECTED.value)
    )
    hers = sa.and_(
        corrections.c.learner_id == learner_id,
        corrections.c.state.in_([state.value for state in LIVE_CORRECTION_STATES]),
        corrections.c.id.not_in(learnt),
    )
    query = corrections.select().where(corrections.c.course_id == course_id, sa.or_(accepted, hers))
    found = [_correction(row) for row in connection.execute(query.order_by(corrections.c.created_at.desc()))]
    pairs = [(correction, by_id(connection, correction.turn_id)) for correction in found]
    return [(correction, turn) for correction, turn in pairs if turn is not None]


def save_decision(connection: sa.Connection, correction: Correction) -> None:
    """Store an instructor's decision, or that one was taken back."""
    connection.execute(
        corrections.update()
        .where(corrections.c.id == correction.id)
        .values(
            state=correction.state.value,
            decided_by=correction.decided_by,
            decided_at=to_iso(correction.decided_at) if correction.decided_at else None,
            reason=correction.reason,
        )
    )


def mark_withdrawn(connection: sa.Connection, correction_id: str, by: str, at: datetime) -> None:
    """Mark a correction as taken back and drop its words."""
    connection.execute(
        corrections.update()
        .where(corrections.c.id == correction_id)
        .values(state=CorrectionState.WITHDRAWN.value, text="", reason=None, decided_by=by, decided_at=to_iso(at))
    )
