"""Counts of what the server is busy with."""

from __future__ import annotations

import sqlalchemy as sa

from tutor.domain import JobState, TurnStatus
from tutor.store.schema import jobs, turns


def count_running_turns(connection: sa.Connection) -> int:
    """Return how many answers are being written."""
    query = sa.select(sa.func.count()).select_from(turns).where(turns.c.status == TurnStatus.RUNNING.value)
    return connection.scalar(query) or 0


def count_open_jobs(connection: sa.Connection) -> dict[str, int]:
    """Return how many jobs wait or run, by kind."""
    is_open = jobs.c.state.in_([JobState.QUEUED.value, JobState.RUNNING.value])
    query = sa.select(jobs.c.kind, sa.func.count().label("count_")).where(is_open).group_by(jobs.c.kind)
    return {row.kind: row.count_ for row in connection.execute(query)}
