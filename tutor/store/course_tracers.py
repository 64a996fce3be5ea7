"""Rows of course deltas of the tracer: one a course, derived from its events."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from tutor.store.schema import course_tracers as table


def fitted_sequence(connection: sa.Connection, course_id: str) -> int | None:
    """Return the sequence number of the last event a course was fitted on; None when it was not fitted."""
    return connection.scalar(sa.select(table.c.sequence).where(table.c.course_id == course_id))


def fitted_body(connection: sa.Connection, course_id: str) -> str:
    """Return the stored delta of a course that was fitted."""
    return str(connection.scalar(sa.select(table.c.body).where(table.c.course_id == course_id)))


def save(connection: sa.Connection, course_id: str, sequence: int, body_json: str) -> None:
    statement = insert(table).values(course_id=course_id, sequence=sequence, body=body_json)
    new = {"sequence": sequence, "body": body_json}
    connection.execute(statement.on_conflict_do_update(index_elements=["course_id"], set_=new))
