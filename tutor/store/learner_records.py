"""Rows of learner records and their checkpoints, which are derived from the evidence."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from tutor.platform.clock import from_iso, to_iso
from tutor.store.schema import evidence, learner_checkpoints, learner_states


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """A record as JSON, made by the rules `policy` from the events up to `sequence`."""

    sequence: int
    policy: str
    body: str


def stored_records(connection: sa.Connection, course_id: str, learner_id: str | None = None) -> dict[str, StoredRecord]:
    """Return the stored records of a course by learner, all or one."""
    query = learner_states.select().where(learner_states.c.course_id == course_id)
    if learner_id is not None:
        query = query.where(learner_states.c.learner_id == learner_id)
    return {row.learner_id: StoredRecord(row.sequence, row.policy, row.body) for row in connection.execute(query)}


def save_record(connection: sa.Connection, course_id: str, learner_id: str, record: StoredRecord) -> None:
    """Store a record, unless another process stored one from more events."""
    statement = insert(learner_states).values(
        learner_id=learner_id, course_id=course_id, sequence=record.sequence, policy=record.policy, body=record.body
    )
    new = statement.excluded
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["learner_id", "course_id"],
            set_={"sequence": new.sequence, "policy": new.policy, "body": new.body},
            where=sa.or_(new.sequence >= learner_states.c.sequence, new.policy != learner_states.c.policy),
        )
    )


@dataclass(frozen=True, slots=True)
class RecordCheckpoint:
    """A record after the answer at `last_at`."""

    last_at: datetime
    record: StoredRecord


def save_checkpoint(
    connection: sa.Connection, course_id: str, learner_id: str, checkpoint: RecordCheckpoint, *, keep_latest: int
) -> None:
    """Store a checkpoint, and delete all but the newest `keep_latest`."""
    table, record = learner_checkpoints, checkpoint.record
    key = {"learner_id": learner_id, "course_id": course_id, "last_at": to_iso(checkpoint.last_at)}
    values = {"sequence": record.sequence, "policy": record.policy, "body": record.body}
    statement = insert(table).values(**key, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=list(key), set_=values))
    mine = table.c.learner_id == learner_id, table.c.course_id == course_id
    newest = sa.select(table.c.last_at).where(*mine).order_by(table.c.last_at.desc()).limit(keep_latest)
    connection.execute(table.delete().where(*mine, table.c.last_at.not_in(newest.scalar_subquery())))


def latest_valid_checkpoint(
    connection: sa.Connection, course_id: str, learner_id: str, policies: Collection[str]
) -> RecordCheckpoint | None:
    """Return the last checkpoint before which no answer was regraded, retracted or added since it was made."""
    table = learner_checkpoints
    outdated = sa.exists().where(
        evidence.c.learner_id == learner_id,
        evidence.c.course_id == course_id,
        evidence.c.sequence > table.c.sequence,
        evidence.c.at <= table.c.last_at,
    )
    where = table.c.learner_id == learner_id, table.c.course_id == course_id, table.c.policy.in_(policies), ~outdated
    row = connection.execute(table.select().where(*where).order_by(table.c.last_at.desc()).limit(1)).first()
    return RecordCheckpoint(from_iso(row.last_at), StoredRecord(row.sequence, row.policy, row.body)) if row else None


def delete_records(connection: sa.Connection, course_id: str, learner_id: str) -> None:
    for table in (learner_states, learner_checkpoints):
        connection.execute(table.delete().where(table.c.course_id == course_id, table.c.learner_id == learner_id))
