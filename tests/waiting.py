"""Waits for jobs."""

from __future__ import annotations

import time

from tutor.domain import JobState

ENDED = (JobState.DONE, JobState.FAILED, JobState.CANCELLED)


def wait(services, actor, job, *states):
    deadline = time.monotonic() + 20
    while (now := services.jobs.get(actor, job.id)).state not in states:
        assert time.monotonic() < deadline, now
        time.sleep(0.01)
    return now
