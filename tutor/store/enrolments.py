"""Rows of enrolments, and the join codes of courses.

Whoever is taken out of a course keeps their row, with the time of it, so that its code does not let them in again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from tutor.platform.clock import from_iso, to_iso
from tutor.store.people import opened_display_name
from tutor.store.schema import courses, enrolments, people


@dataclass(frozen=True, slots=True)
class Enrolment:
    """Somebody's place in a course: as a learner, or to teach it; `name` as its instructor sees it."""

    person_id: str
    name: str
    teaches: bool
    joined_at: datetime
    removed_at: datetime | None


def enrol(connection: sa.Connection, person_id: str, course_id: str, now: datetime, *, teaches: bool) -> None:
    """Enrol a person, also again after a removal; who teaches the course goes on teaching it."""
    row = insert(enrolments).values(person_id=person_id, course_id=course_id, created_at=to_iso(now), teaches=teaches)
    changed = {"removed_at": None, "teaches": sa.or_(enrolments.c.teaches, row.excluded.teaches)}
    connection.execute(row.on_conflict_do_update(index_elements=["person_id", "course_id"], set_=changed))


def remove(connection: sa.Connection, person_id: str, course_id: str, now: datetime) -> None:
    """Take a learner out of a course; does nothing to those who teach it."""
    connection.execute(
        enrolments.update()
        .where(enrolments.c.person_id == person_id, enrolments.c.course_id == course_id, ~enrolments.c.teaches)
        .values(removed_at=to_iso(now))
    )


def find(connection: sa.Connection, person_id: str, course_id: str) -> Enrolment | None:
    """Return a person's enrolment in a course, also one that was removed."""
    row = connection.execute(
        _SELECT.where(enrolments.c.person_id == person_id, enrolments.c.course_id == course_id)
    ).first()
    return _enrolment(row) if row else None


def of_course(connection: sa.Connection, course_id: str) -> list[Enrolment]:
    """Return all enrolments of a course, the latest first."""
    query = _SELECT.where(enrolments.c.course_id == course_id).order_by(enrolments.c.created_at.desc(), people.c.name)
    found = []
    for row in connection.execute(query.add_columns(people.c.display_name)):
        chosen = opened_display_name(connection, row.person_id, row.display_name)
        found.append(replace(_enrolment(row), name=f"{chosen} · {row.name}" if chosen else row.name))
    return found


def of_person(connection: sa.Connection, person_id: str) -> dict[str, Enrolment]:
    """Return a person's enrolments by course, also removed ones; the course that they joined last comes first."""
    query = _SELECT.where(enrolments.c.person_id == person_id)
    rows = connection.execute(query.order_by(enrolments.c.created_at.desc(), enrolments.c.course_id))
    return {row.course_id: _enrolment(row) for row in rows}


def join_code(connection: sa.Connection, course_id: str) -> str | None:
    """Return the code of a course; None while nobody can join with one."""
    return connection.scalar(sa.select(courses.c.join_code).where(courses.c.id == course_id))


def set_join_code(connection: sa.Connection, course_id: str, code: str | None) -> None:
    connection.execute(courses.update().where(courses.c.id == course_id).values(join_code=code))


def course_id_by_code(connection: sa.Connection, code: str) -> str | None:
    return connection.scalar(sa.select(courses.c.id).where(courses.c.join_code == code))


_SELECT = sa.select(enrolments, people.c.name).join(people, people.c.id == enrolments.c.person_id)


def _enrolment(row: sa.Row[tuple[object, ...]]) -> Enrolment:
    value = row._mapping
    removed = value["removed_at"]
    return Enrolment(
        value["person_id"],
        value["name"],
        value["teaches"],
        from_iso(value["created_at"]),
        from_iso(removed) if removed else None,
    )
