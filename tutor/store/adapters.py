"""Rows of adapter versions: which exist, which corrections trained them, and which one is active.

An owner is a learner's id in a course; None is the course itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from tutor.domain import AdapterState, AdapterVersion, Correction
from tutor.platform.clock import from_iso, to_iso
from tutor.store.schema import adapter_rows, adapters, training_losses


@dataclass(frozen=True, slots=True)
class LossPoint:
    """A point of a training's loss curve, in nats per token."""

    step: int
    loss: float  # of the training rows
    held_out: float | None = None  # of the held-out rows; None where it was not measured


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
        created_at=from_iso(row.created_at),
        reasons=tuple(row.reasons),
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
            created_at=to_iso(version.created_at),
            reasons=list(version.reasons),
        )
    )
    for correction_id in corrections:
        connection.execute(adapter_rows.insert().values(adapter_id=version.id, correction_id=correction_id))


def by_id(connection: sa.Connection, adapter_id: str) -> AdapterVersion | None:
    row = connection.execute(adapters.select().where(adapters.c.id == adapter_id)).first()
    return _version(row) if row else None


def all_versions(connection: sa.Connection) -> list[AdapterVersion]:
    return [_version(row) for row in connection.execute(adapters.select().order_by(adapters.c.created_at))]


def versions(connection: sa.Connection, learner_id: str | None, course_id: str) -> list[AdapterVersion]:
    """Return the versions of an owner, latest first."""
    rows = connection.execute(
        adapters.select()
        .where(adapters.c.learner_id == learner_id, adapters.c.course_id == course_id)
        .order_by(adapters.c.version.desc())
    )
    return [_version(row) for row in rows]


def correction_ids_of(connection: sa.Connection, adapter_id: str) -> list[str]:
    """Return the ids of the corrections that a version was trained on."""
    query = sa.select(adapter_rows.c.correction_id).where(adapter_rows.c.adapter_id == adapter_id)
    return list(connection.scalars(query))


def versions_trained_on(connection: sa.Connection, correction_id: str) -> list[AdapterVersion]:
    """Return the versions of any owner that were trained on a correction."""
    rows = connection.execute(
        adapters.select()
        .join(adapter_rows, adapter_rows.c.adapter_id == adapters.c.id)
        .where(adapter_rows.c.correction_id == correction_id)
    )
    return [_version(row) for row in rows]


def next_version(connection: sa.Connection, learner_id: str | None, course_id: str) -> int:
    highest = connection.scalar(
        sa.select(sa.func.max(adapters.c.version)).where(
            adapters.c.learner_id == learner_id, adapters.c.course_id == course_id
        )
    )
    return (highest or 0) + 1


def active(connection: sa.Connection, learner_id: str | None, course_id: str) -> AdapterVersion | None:
    row = connection.execute(
        adapters.select().where(
            adapters.c.learner_id == learner_id,
            adapters.c.course_id == course_id,
            adapters.c.state == AdapterState.ACTIVE.value,
        )
    ).first()
    return _version(row) if row else None


def deactivate(connection: sa.Connection, learner_id: str | None, course_id: str) -> None:
    """Retire the active version, if there is one; the base model answers again."""
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
    """Make a version the active one of its owner."""
    deactivate(connection, version.learner_id, version.course_id)
    connection.execute(adapters.update().where(adapters.c.id == version.id).values(state=AdapterState.ACTIVE.value))


def remove(connection: sa.Connection, adapter_id: str) -> None:
    connection.execute(adapters.delete().where(adapters.c.id == adapter_id))


def retire(connection: sa.Connection, adapter_id: str) -> None:
    """Retire a version if it is active."""
    connection.execute(
        adapters.update()
        .where(adapters.c.id == adapter_id, adapters.c.state == AdapterState.ACTIVE.value)
        .values(state=AdapterState.RETIRED.value)
    )


def retire_versions_trained_on(connection: sa.Connection, correction: Correction) -> list[AdapterVersion]:
    """Retire and return the versions that a correction may no longer train.

    An adapter is used only as long as all the corrections it was trained on are valid for its owner.
    """
    retired = [v for v in versions_trained_on(connection, correction.id) if not correction.may_train(v.learner_id)]
    for version in retired:
        retire(connection, version.id)
    return retired


def save_loss(connection: sa.Connection, job_id: str, point: LossPoint) -> None:
    """Store the losses of one training step; a second report of a step replaces the first."""
    values = {"loss": point.loss, "held_out": point.held_out}
    statement = insert(training_losses).values(job_id=job_id, step=point.step, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["job_id", "step"], set_=values))


def losses(connection: sa.Connection, job_id: str) -> list[LossPoint]:
    """Return the losses of a training in the order of its steps."""
    table = training_losses.c
    query = sa.select(table.step, table.loss, table.held_out).where(table.job_id == job_id).order_by(table.step)
    return [LossPoint(*row) for row in connection.execute(query)]
