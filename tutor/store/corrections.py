"""Rows of corrections, with what was decided about them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from tutor.domain import LIVE_CORRECTION_STATES, AdapterState, Correction, CorrectionState, Turn
from tutor.platform.clock import from_iso, to_iso
from tutor.store.schema import adapter_rows, adapters, corrections
from tutor.store.sealed_rows import CORRECTIONS, opened_first, opened_rows, sealed_values
from tutor.store.turns import by_id as turn_by_id


def add(connection: sa.Connection, correction: Correction) -> None:
    row = {
        "id": correction.id,
        "turn_id": correction.turn_id,
        "author_id": correction.author_id,
        "learner_id": correction.learner_id,
        "course_id": correction.course_id,
        "text": correction.text,
        "state": correction.state.value,
        "consent": correction.consent,
        "decided_by": correction.decided_by,
        "created_at": to_iso(correction.created_at),
        "decided_at": to_iso(correction.decided_at) if correction.decided_at else None,
        "reason": correction.reason,
    }
    values = sealed_values(connection, CORRECTIONS, correction.author_id, row, row)
    connection.execute(corrections.insert().values(values))


def by_id(connection: sa.Connection, correction_id: str) -> Correction | None:
    found = connection.execute(corrections.select().where(corrections.c.id == correction_id))
    row = opened_first(connection, CORRECTIONS, found)
    return _correction(row) if row else None


def find(
    connection: sa.Connection,
    *,
    course_id: str | None = None,
    learner_id: str | None = None,
    author_id: str | None = None,
    states: Sequence[CorrectionState] = tuple(CorrectionState),
) -> list[Correction]:
    """Return corrections, the oldest first."""
    query = corrections.select().where(corrections.c.state.in_([state.value for state in states]))
    if course_id is not None:
        query = query.where(corrections.c.course_id == course_id)
    if learner_id is not None:
        query = query.where(corrections.c.learner_id == learner_id)
    if author_id is not None:
        query = query.where(corrections.c.author_id == author_id)
    rows = connection.execute(query.order_by(corrections.c.created_at, corrections.c.id))
    return [_correction(row) for row in opened_rows(connection, CORRECTIONS, rows)]


def count_written_since(connection: sa.Connection, author_id: str, moment: datetime) -> int:
    """Return how many corrections a person has written since then, in any state."""
    query = sa.select(sa.func.count()).select_from(corrections)
    query = query.where(corrections.c.author_id == author_id, corrections.c.created_at >= to_iso(moment))
    return connection.scalar(query) or 0


def usable_by(connection: sa.Connection, course_id: str, learner_id: str) -> list[tuple[Correction, Turn]]:
    """Return the corrections that may be used for a learner in a course, with their turns, latest first.

    A learner's own correction is left out once a version of their adapter was trained on it.
    """
    accepted = sa.and_(corrections.c.state == CorrectionState.ACCEPTED.value, corrections.c.decided_at.is_not(None))
    trained = (
        sa.select(adapter_rows.c.correction_id)
        .join(adapters, adapters.c.id == adapter_rows.c.adapter_id)
        .where(adapters.c.learner_id == learner_id, adapters.c.state != AdapterState.REJECTED.value)
    )
    own = sa.and_(
        corrections.c.learner_id == learner_id,
        corrections.c.state.in_([state.value for state in LIVE_CORRECTION_STATES]),
        corrections.c.id.not_in(trained),
    )
    return _with_turns(connection, course_id, sa.or_(accepted, own))


def written_by(connection: sa.Connection, course_id: str, learner_id: str) -> list[tuple[Correction, Turn]]:
    """Return the learner's own corrections in a course that are live, trained on or not, with their turns."""
    live = corrections.c.state.in_([state.value for state in LIVE_CORRECTION_STATES])
    return _with_turns(connection, course_id, sa.and_(corrections.c.learner_id == learner_id, live))


def _with_turns(
    connection: sa.Connection, course_id: str, chosen: sa.ColumnElement[bool]
) -> list[tuple[Correction, Turn]]:
    """Return the corrections of a course that fit a condition, latest first, with their turns."""
    query = corrections.select().where(corrections.c.course_id == course_id, chosen)
    rows = connection.execute(query.order_by(corrections.c.created_at.desc()))
    found = [_correction(row) for row in opened_rows(connection, CORRECTIONS, rows)]
    pairs = [(correction, turn_by_id(connection, correction.turn_id)) for correction in found]
    return [(correction, turn) for correction, turn in pairs if turn is not None]


def save_decision(connection: sa.Connection, correction: Correction) -> None:
    """Store an instructor's decision, or that it was undone."""
    decision = {
        "state": correction.state.value,
        "decided_by": correction.decided_by,
        "decided_at": to_iso(correction.decided_at) if correction.decided_at else None,
        "reason": correction.reason,
    }
    values = sealed_values(connection, CORRECTIONS, correction.author_id, {"id": correction.id}, decision)
    connection.execute(corrections.update().where(corrections.c.id == correction.id).values(values))


def mark_withdrawn(connection: sa.Connection, correction_id: str, by: str, at: datetime) -> None:
    """Mark a correction as withdrawn and delete its text."""
    connection.execute(
        corrections.update()
        .where(corrections.c.id == correction_id)
        .values(state=CorrectionState.WITHDRAWN.value, text="", reason=None, decided_by=by, decided_at=to_iso(at))
    )


def _correction(row: Any) -> Correction:
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
