"""The rows of an account as it is erased; what the register of stored data (`personal_data`) says, in statements."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from tutor.domain import AdapterVersion
from tutor.store import adapters as adapter_store
from tutor.store import audit, data_keys, evidence, people
from tutor.store.posed_questions import PERSON_JUDGE_PREFIX
from tutor.store.schema import adapter_rows, corrections, grades, invitations
from tutor.store.schema import evidence as evidence_table
from tutor.store.schema import people as people_table

ERASED = "erased"  # in the place of a person's id


def person_ids(connection: sa.Connection) -> list[str]:
    return list(connection.scalars(sa.select(people_table.c.id)))


def lock_out(connection: sa.Connection, person_id: str, now: datetime) -> None:
    """End a person's sessions and links, and destroy their key: nobody can read what they wrote any more."""
    people.delete_sessions_of(connection, person_id)
    connection.execute(invitations.delete().where(invitations.c.person_id == person_id))
    data_keys.destroy(connection, person_id, now)
    for version in versions_with_words_of(connection, person_id):
        adapter_store.retire(connection, version.id)


def versions_with_words_of(connection: sa.Connection, person_id: str) -> list[AdapterVersion]:
    """Return the person's own adapter versions, and those of courses that were trained on their corrections."""
    trained = (
        sa.select(adapter_rows.c.adapter_id)
        .join(corrections, corrections.c.id == adapter_rows.c.correction_id)
        .where(_is_about(person_id))
    )
    ids = set(connection.scalars(trained))
    return [each for each in adapter_store.all_versions(connection) if each.learner_id == person_id or each.id in ids]


def courses_with_corrections_of(connection: sa.Connection, person_id: str) -> list[str]:
    return list(connection.scalars(sa.select(corrections.c.course_id).where(_is_about(person_id)).distinct()))


def delete_person(connection: sa.Connection, person_id: str, now: datetime) -> None:
    """Delete all rows about a person: foreign keys delete what is theirs; what they graded keeps no name."""
    for version in versions_with_words_of(connection, person_id):
        adapter_store.remove(connection, version.id)
    evidence.delete_events(connection, person_id)
    for table in (grades, evidence_table):
        judged = table.c.judge == PERSON_JUDGE_PREFIX + person_id
        connection.execute(table.update().where(judged).values(judge=PERSON_JUDGE_PREFIX + ERASED))
    if connection.execute(people_table.delete().where(people_table.c.id == person_id)).rowcount:
        audit.append(connection, audit.Act.ERASED, now, subject=person_id)


def _is_about(person_id: str) -> sa.ColumnElement[bool]:
    return sa.or_(corrections.c.author_id == person_id, corrections.c.learner_id == person_id)
