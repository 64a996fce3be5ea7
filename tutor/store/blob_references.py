"""Which uploaded files documents and open uploads still need."""

from __future__ import annotations

import sqlalchemy as sa

from tutor.domain import JobState
from tutor.store.schema import documents, jobs

_OPEN_STATES = (JobState.QUEUED.value, JobState.RUNNING.value)


def referenced_blobs(connection: sa.Connection, upload_job_kind: str) -> set[str]:
    """Return the SHA-256 of every document of every course, and of every open upload (a job of this kind)."""
    waiting = connection.scalars(
        sa.select(jobs.c.payload).where(jobs.c.kind == upload_job_kind, jobs.c.state.in_(_OPEN_STATES))
    )
    uploads = {str(payload.get("sha256", "")) for payload in waiting}
    return uploads | set(connection.scalars(sa.select(documents.c.sha256)))
