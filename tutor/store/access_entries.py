"""Rows of the audit log with the names of people who still have an account."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from tutor.platform.clock import from_iso
from tutor.store import audit
from tutor.store.audit import Act
from tutor.store.schema import audit_log, enrolments, people

ERASED = ""  # in place of the name of somebody whose account was erased
NamedEntry = tuple[Act, datetime, str | None, str | None]  # act, when, who, about whom


def of_course(connection: sa.Connection, course_id: str, limit: int, offset: int) -> list[NamedEntry]:
    """Return what was done in a course, the newest first, but for what learners did with what is their own."""
    own = sa.and_(audit_log.c.actor == audit_log.c.subject, audit_log.c.act != Act.JOINED.value)
    found = audit.rows(connection, audit_log.c.course_id == course_id, sa.not_(own), limit=limit, offset=offset)
    return _named(connection, found)


def about_person(
    connection: sa.Connection, person_id: str, course_id: str, acts: Iterable[Act], limit: int
) -> list[NamedEntry]:
    """Return which of these acts others did to a person in a course, or to its whole class since they are in it."""
    me = next(iter(audit.pseudonyms(connection, [person_id])), None)
    if me is None:
        return []
    joined = sa.select(enrolments.c.created_at).where(
        enrolments.c.person_id == person_id, enrolments.c.course_id == course_id
    )
    since = connection.scalar(joined) or connection.scalar(
        sa.select(people.c.created_at).where(people.c.id == person_id)
    )
    here = audit_log.c.course_id == course_id
    of_class = sa.and_(here, audit_log.c.subject == "", audit_log.c.at >= (since or ""))
    of_me = sa.and_(sa.or_(here, audit_log.c.course_id == ""), audit_log.c.subject == me)
    found = audit.rows(
        connection,
        audit_log.c.act.in_([act.value for act in acts]),
        audit_log.c.actor != me,
        sa.or_(of_me, of_class),
        limit=limit,
    )
    return _named(connection, found)


def _named(connection: sa.Connection, found: list[sa.Row[tuple[str, ...]]]) -> list[NamedEntry]:
    known = {row.id: row.name for row in connection.execute(sa.select(people.c.id, people.c.name))}
    names = {each: known[person_id] for each, person_id in audit.pseudonyms(connection, known).items()}
    names_of = {"": None} | names
    return [
        (Act(row.act), from_iso(row.at), names_of.get(row.actor, ERASED), names_of.get(row.subject, ERASED))
        for row in found
    ]
