"""Rows of alerts about messages that need a person; the words of a message stay in its turn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from tutor.platform.clock import from_iso, to_iso
from tutor.store.schema import alerts, courses, people


@dataclass(frozen=True, slots=True)
class StoredAlert:
    """An alert about a message of a learner."""

    id: str
    course_id: str
    learner_id: str
    learner: str  # the pseudonym
    turn_id: str
    kind: str
    level: str
    raised_at: datetime
    seen_at: datetime | None


def add(
    connection: sa.Connection,
    alert_id: str,
    course_id: str,
    learner_id: str,
    turn_id: str,
    about: tuple[str, str],
    now: datetime,
) -> None:
    """Add an alert; `about` is its kind and its level."""
    kind, level = about
    row = {"id": alert_id, "course_id": course_id, "learner_id": learner_id, "turn_id": turn_id, "kind": kind}
    connection.execute(alerts.insert().values(**row, level=level, raised_at=to_iso(now)))


def of_course(connection: sa.Connection, course_id: str, limit: int) -> list[StoredAlert]:
    """Return the latest alerts of a course: those that nobody has seen first, then the newest."""
    query = (
        sa.select(alerts, people.c.name)
        .join(people, people.c.id == alerts.c.learner_id)
        .where(alerts.c.course_id == course_id)
        .order_by(alerts.c.seen_at.is_not(None), alerts.c.raised_at.desc())
        .limit(limit)
    )
    return [
        StoredAlert(
            row.id, row.course_id, row.learner_id, row.name, row.turn_id, row.kind, row.level, from_iso(row.raised_at),
            from_iso(row.seen_at) if row.seen_at else None,
        )
        for row in connection.execute(query)
    ]  # fmt: skip


def mark_seen(connection: sa.Connection, course_id: str, alert_id: str, by: str, now: datetime) -> bool:
    """Note who has seen an alert of a course; False where it has no such alert."""
    where = (alerts.c.id == alert_id, alerts.c.course_id == course_id)
    return bool(connection.execute(alerts.update().where(*where).values(seen_by=by, seen_at=to_iso(now))).rowcount)


def help_contacts(connection: sa.Connection, course_id: str) -> str:
    return connection.scalar(sa.select(courses.c.help_contacts).where(courses.c.id == course_id)) or ""


def set_help_contacts(connection: sa.Connection, course_id: str, contacts: str) -> None:
    connection.execute(courses.update().where(courses.c.id == course_id).values(help_contacts=contacts))
