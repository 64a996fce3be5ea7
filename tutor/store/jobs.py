"""Rows of jobs, so that any page or process can watch them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from tutor.domain import Job, JobState
from tutor.platform.clock import from_iso, to_iso
from tutor.store.schema import jobs

MAX_LISTED = 20  # latest jobs
_OPEN_STATES = (JobState.QUEUED.value, JobState.RUNNING.value)


def _job(row: sa.Row[Any]) -> Job:
    return Job(
        id=row.id,
        kind=row.kind,
        owner_id=row.owner_id,
        course_id=row.course_id,
        subject=row.subject,
        state=JobState(row.state),
        stage=row.stage,
        done=row.done,
        total=row.total,
        message=row.message,
        created_at=from_iso(row.created_at),
        updated_at=from_iso(row.updated_at),
        stage_at=from_iso(row.stage_at) if row.stage_at else None,
    )


def add(connection: sa.Connection, job: Job, payload: Mapping[str, str]) -> None:
    """Store a new job; `payload` is what a new server needs to resume it."""
    connection.execute(
        jobs.insert().values(
            id=job.id,
            kind=job.kind,
            owner_id=job.owner_id,
            course_id=job.course_id,
            subject=job.subject,
            state=job.state.value,
            stage=job.stage,
            done=job.done,
            total=job.total,
            message=job.message,
            payload=dict(payload),
            created_at=to_iso(job.created_at),
            updated_at=to_iso(job.updated_at),
            stage_at=to_iso(job.created_at),
        )
    )


def by_id(connection: sa.Connection, job_id: str) -> Job | None:
    row = connection.execute(jobs.select().where(jobs.c.id == job_id)).first()
    return _job(row) if row else None


def update(
    connection: sa.Connection,
    job_id: str,
    now: datetime,
    *,
    state: JobState | None = None,
    stage: str | None = None,
    done: int | None = None,
    total: int | None = None,
    message: str | None = None,
) -> None:
    """Change the given fields; a job that has ended (done, failed, cancelled) stays as it is."""
    values: dict[str, Any] = {"updated_at": to_iso(now)}
    given = {"state": state.value if state else None, "stage": stage, "done": done, "total": total, "message": message}
    values.update({name: value for name, value in given.items() if value is not None})
    if stage is not None:
        values["stage_at"] = sa.case((jobs.c.stage != stage, to_iso(now)), else_=jobs.c.stage_at)
    connection.execute(jobs.update().where(jobs.c.id == job_id, jobs.c.state.in_(_OPEN_STATES)).values(**values))


def recent_by_owner(connection: sa.Connection, owner_id: str) -> list[Job]:
    """Return the latest jobs that a person started, latest first."""
    rows = connection.execute(
        jobs.select().where(jobs.c.owner_id == owner_id).order_by(jobs.c.created_at.desc()).limit(MAX_LISTED)
    )
    return [_job(row) for row in rows]


def of_course(connection: sa.Connection, course_id: str, kind: str) -> list[Job]:
    """Return the latest jobs of a kind in a course, whoever started them, latest first."""
    rows = connection.execute(
        jobs.select()
        .where(jobs.c.course_id == course_id, jobs.c.kind == kind)
        .order_by(jobs.c.created_at.desc())
        .limit(MAX_LISTED)
    )
    return [_job(row) for row in rows]


def open_jobs(connection: sa.Connection, kind: str) -> list[Job]:
    """Return the queued and running jobs of a kind, oldest first."""
    query = jobs.select().where(jobs.c.kind == kind, jobs.c.state.in_(_OPEN_STATES))
    return [_job(row) for row in connection.execute(query.order_by(jobs.c.created_at))]


def save_payload(connection: sa.Connection, job_id: str, payload: Mapping[str, str]) -> None:
    connection.execute(jobs.update().where(jobs.c.id == job_id).values(payload=dict(payload)))


def get_payload(connection: sa.Connection, job_id: str) -> dict[str, str]:
    return connection.scalar(sa.select(jobs.c.payload).where(jobs.c.id == job_id)) or {}
