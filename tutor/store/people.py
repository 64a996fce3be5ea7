"""Rows of people: accounts, their sessions, one-time links and consent."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from tutor.domain import Person, Role
from tutor.errors import KeyDestroyed
from tutor.platform.clock import from_iso, to_iso
from tutor.store.data_keys import key_to_open
from tutor.store.schema import enrolments, invitations, people, sessions
from tutor.store.sealed_rows import PEOPLE, opened_value, sealed_values


def _person(connection: sa.Connection, row: sa.Row[Any]) -> Person:
    value = row._mapping
    return Person(
        id=value["id"],
        name=value["name"],
        role=Role(value["role"]),
        guest=value["guest"],
        language=value["language"],
        created_at=from_iso(value["created_at"]),
        display_name=opened_display_name(connection, value["id"], value["display_name"]),
        is_paused=value["paused_at"] is not None,
    )


def opened_display_name(connection: sa.Connection, person_id: str, sealed: str | None) -> str:
    """Return the name that a person chose; "" without one, and for somebody whose key was destroyed."""
    if not sealed:
        return ""
    with suppress(KeyDestroyed):
        return str(opened_value(PEOPLE, key_to_open(connection, person_id), "display_name", person_id, sealed))
    return ""


def set_display_name(connection: sa.Connection, person_id: str, name: str) -> None:
    """Store the name that a person chose; "" removes it."""
    key = {"id": person_id}
    values = sealed_values(connection, PEOPLE, person_id, key, {"display_name": name or None})
    connection.execute(people.update().where(people.c.id == person_id).values(values))


def add(connection: sa.Connection, person: Person) -> None:
    """Store a new person; raises sqlalchemy's IntegrityError when the name is taken."""
    connection.execute(
        people.insert().values(
            id=person.id,
            name=person.name,
            role=person.role.value,
            guest=person.guest,
            language=person.language,
            created_at=to_iso(person.created_at),
        )
    )


def by_id(connection: sa.Connection, person_id: str) -> Person | None:
    row = connection.execute(people.select().where(people.c.id == person_id)).first()
    return _person(connection, row) if row else None


def by_name(connection: sa.Connection, name: str) -> Person | None:
    row = connection.execute(people.select().where(people.c.name == name)).first()
    return _person(connection, row) if row else None


def list_people(connection: sa.Connection) -> list[Person]:
    rows = connection.execute(people.select().order_by(people.c.created_at, people.c.id))
    return [_person(connection, row) for row in rows]


def count_guests_since(connection: sa.Connection, moment: datetime) -> int:
    query = sa.select(sa.func.count()).where(people.c.guest, people.c.created_at > to_iso(moment))
    return connection.scalar(query) or 0


def enrolled_names(connection: sa.Connection, course_id: str) -> list[str]:
    """Return the names of those who are enrolled in a course, also those that they chose."""
    query = sa.select(people).join(enrolments, enrolments.c.person_id == people.c.id)
    enrolled = [
        _person(connection, row) for row in connection.execute(query.where(enrolments.c.course_id == course_id))
    ]
    return [name for one in enrolled for name in (one.name, one.display_name) if name]


def set_role(connection: sa.Connection, person_id: str, role: Role) -> None:
    """Store another role; who gets one of staff is a guest no longer."""
    values = {"role": role.value} | ({} if role is Role.LEARNER else {"guest": False})
    connection.execute(people.update().where(people.c.id == person_id).values(values))


def set_paused_at(connection: sa.Connection, person_id: str, moment: datetime | None) -> None:
    value = to_iso(moment) if moment else None
    connection.execute(people.update().where(people.c.id == person_id).values(paused_at=value))


def set_language(connection: sa.Connection, person_id: str, language: str) -> None:
    connection.execute(people.update().where(people.c.id == person_id).values(language=language))


def consent_at(connection: sa.Connection, person_id: str) -> datetime | None:
    """Return when the person consented to training on their corrections; None when they did not, or withdrew it."""
    text = connection.scalar(sa.select(people.c.consent_at).where(people.c.id == person_id))
    return from_iso(text) if text else None


def set_consent(connection: sa.Connection, person_id: str, moment: datetime | None) -> None:
    value = to_iso(moment) if moment else None
    connection.execute(people.update().where(people.c.id == person_id).values(consent_at=value))


@dataclass(frozen=True, slots=True)
class Session:
    """A session of a person: when it began, and when it was last used."""

    person: Person
    created_at: datetime
    seen_at: datetime


def add_session(connection: sa.Connection, token_sha256: str, person_id: str, now: datetime) -> None:
    row = {"token_sha256": token_sha256, "person_id": person_id, "created_at": to_iso(now), "seen_at": to_iso(now)}
    connection.execute(sessions.insert().values(row))


def find_session(connection: sa.Connection, token_sha256: str) -> Session | None:
    """Return a stored session, whether or not it has ended."""
    row = connection.execute(
        sa.select(people, sessions.c.created_at.label("began_at"), sessions.c.seen_at)
        .join(sessions, sessions.c.person_id == people.c.id)
        .where(sessions.c.token_sha256 == token_sha256)
    ).first()
    if row is None:
        return None
    return Session(_person(connection, row), from_iso(row._mapping["began_at"]), from_iso(row._mapping["seen_at"]))


def note_session_use(connection: sa.Connection, token_sha256: str, now: datetime) -> None:
    connection.execute(sessions.update().where(sessions.c.token_sha256 == token_sha256).values(seen_at=to_iso(now)))


def delete_sessions_of(connection: sa.Connection, person_id: str) -> None:
    connection.execute(sessions.delete().where(sessions.c.person_id == person_id))


def delete_sessions_unused_since(connection: sa.Connection, moment: datetime) -> None:
    connection.execute(sessions.delete().where(sessions.c.seen_at < to_iso(moment)))


def delete_session(connection: sa.Connection, token_sha256: str) -> None:
    connection.execute(sessions.delete().where(sessions.c.token_sha256 == token_sha256))


def add_invitation(
    connection: sa.Connection, token_sha256: str, person_id: str, now: datetime, expires: datetime
) -> None:
    connection.execute(
        invitations.insert().values(
            token_sha256=token_sha256, person_id=person_id, created_at=to_iso(now), expires_at=to_iso(expires)
        )
    )


def by_invitation(connection: sa.Connection, token_sha256: str, now: datetime) -> Person | None:
    """Return the person of an unused one-time link that has not expired."""
    row = connection.execute(
        sa.select(people)
        .join(invitations, invitations.c.person_id == people.c.id)
        .where(
            invitations.c.token_sha256 == token_sha256,
            invitations.c.used_at.is_(None),
            invitations.c.expires_at > to_iso(now),
        )
    ).first()
    return _person(connection, row) if row else None


def mark_invitation_used(connection: sa.Connection, token_sha256: str, now: datetime) -> None:
    connection.execute(
        invitations.update().where(invitations.c.token_sha256 == token_sha256).values(used_at=to_iso(now))
    )
