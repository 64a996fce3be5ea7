"""Rows of adapter versions: which exist, which corrections trained them, and which one is active."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from tutor.domain import AdapterState, AdapterVersion
from tutor.moments import from_text, to_text
from tutor.store.schema import adapter_rows, adapters


def _version(row: sa.Row[Any]) -> AdapterVersion:
    return AdapterVersion(
        id=row.id,
        name=row.name,
        learner_id=row.learner_id,
        course_id=row.course_id,
        version=row.version,
        state=AdapterState(row.state),
        base_sha256=row.base_sha256,
        sha256=row.sha256,
        directory=row.directory,
        metrics=row.metrics,
        created_at=from_text(row.created_at),
    )


def add(connection: sa.Connection, version: AdapterVersion, corrections: Sequence[str]) -> None:
    """Store a version and the corrections that it was trained on."""
    connection.execute(
        adapters.insert().values(
            id=version.id,
            name=version.name,
            learner_id=version.learner_id,
            course_id=version.course_id,
            version=version.version,
            state=version.state.value,
            base_sha256=version.base_sha256,
            sha256=version.sha256,
            directory=version.directory,
            metrics=dict(version.metrics),
            created_at=to_text(version.created_at),
        )
    )
    for correction_id in corrections:
        connection.execute(adapter_rows.insert().values(adapter_id=version.id, correction_id=correction_id))


def by_id(connection: sa.Connection, adapter_id: str) -> AdapterVersion | None:
    row = connection.execute(adapters.select().where(adapters.c.id == adapter_id)).first()
    return _version(row) if row else None


def versions(connection: sa.Connection, learner_id: str, course_id: str) -> list[AdapterVersion]:
    """Return the versions of a learner in a course, latest first."""
    rows = connection.execute(
        adapters.select()
        .where(adapters.c.learner_id == learner_id, adapters.c.course_id == course_id)
        .order_by(adapters.c.version.desc())
    )
    return [_version(row) for row in rows]


def trained_on(connection: sa.Connection, adapter_id: str) -> list[str]:
    """Return the ids of the corrections that a version was trained on."""
    query = sa.select(adapter_rows.c.correction_id).where(adapter_rows.c.adapter_id == adapter_id)
    return list(connection.scalars(query))


def next_version(connection: sa.Connection, learner_id: str, course_id: str) -> int:
    highest = connection.scalar(
        sa.select(sa.func.max(adapters.c.version)).where(
            adapters.c.learner_id == learner_id, adapters.c.course_id == course_id
        )
    )
    return (highest or 0) + 1


def active(connection: sa.Connection, learner_id: str, course_id: str) -> AdapterVersion | None:
    row = connection.execute(
        adapters.select().where(
            adapters.c.learner_id == learner_id,
            adapters.c.course_id == course_id,
            adapters.c.state == AdapterState.ACTIVE.value,
        )
    ).first()
    return _version(row) if row else None


def switch_off(connection: sa.Connection, learner_id: str, course_id: str) -> None:
    """Retire the active version, if there is one: the base answers again."""
    connection.execute(
        adapters.update()
        .where(
            adapters.c.learner_id == learner_id,
            adapters.c.course_id == course_id,
            adapters.c.state == AdapterState.ACTIVE.value,
        )
        .values(state=AdapterState.RETIRED.value)
    )


def activate(connection: sa.Connection, version: AdapterVersion) -> None:
    """Make a version the active one of its learner and course."""
    switch_off(connection, version.learner_id, version.course_id)
    connection.execute(adapters.update().where(adapters.c.id == version.id).values(state=AdapterState.ACTIVE.value))


def remove(connection: sa.Connection, adapter_id: str) -> None:
    connection.execute(adapters.delete().where(adapters.c.id == adapter_id))
