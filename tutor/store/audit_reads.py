"""What staff read about learners is logged before they get it: once a day for each reader, learner, course and kind."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, time

import sqlalchemy as sa

from tutor.platform.clock import to_iso
from tutor.store import audit
from tutor.store.audit import Act
from tutor.store.database import Database
from tutor.store.schema import audit_log


def log_reading(
    database: Database, act: Act, now: datetime, *, reader: str, course_id: str, learners: Iterable[str | None]
) -> None:
    """Log that `reader` gets to see something of these learners; None among them stands for the class as a whole."""
    seen = [each for each in dict.fromkeys(learners) if each != reader]
    with database.read_connection() as connection:
        if not _not_logged_today(connection, act, now, reader, course_id, seen):
            return
    with database.write_transaction() as connection:
        new = _not_logged_today(connection, act, now, reader, course_id, seen)
        audit.append_all(connection, act, now, new, actor=reader, course_id=course_id)


def _not_logged_today(
    connection: sa.Connection, act: Act, now: datetime, reader: str, course_id: str, learners: list[str | None]
) -> list[str | None]:
    ids = audit.pseudonyms(connection, [reader, *filter(None, learners)])
    hashed = {person_id: pseudonym for pseudonym, person_id in ids.items()}
    today = datetime.combine(now.astimezone(UTC).date(), time(), UTC)
    query = sa.select(audit_log.c.subject).where(
        audit_log.c.course_id == course_id,
        audit_log.c.at >= to_iso(today),
        audit_log.c.act == act.value,
        audit_log.c.actor == hashed.get(reader, ""),
    )
    logged = set(connection.scalars(query))
    return [each for each in learners if hashed.get(each or "", "") not in logged]
