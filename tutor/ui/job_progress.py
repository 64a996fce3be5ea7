"""The progress of a long task as a line of Markdown."""

from __future__ import annotations

from tutor.domain import Job, JobState
from tutor.locales import CATALOGS, DEFAULT, t
from tutor.locales.formatting import format_share
from tutor.ui.text_format import escape_inline

SECONDS_BELOW = 90.0  # what takes longer is told in minutes


def format_job(job: Job, language: str, share: float | None = None, seconds_left: float | None = None) -> str:
    """Return the progress of a job: of its stage, or `share` of the whole where that is known."""
    state = t(language, f"job_{job.state.value}")
    if job.state is JobState.RUNNING:
        if share is None:
            share = min(1.0, job.done / job.total) if job.total > 0 else 0.0
        key = f"stage_{job.stage}"
        stage = t(language, key, detail="") if key in CATALOGS[DEFAULT] else escape_inline(job.stage)
        left = "" if seconds_left is None else format_time_left(seconds_left, language)
        return f"**{escape_inline(job.subject)}** {progress_bar(share)} {format_share(language, share)} · {stage}{left}"
    return f"**{escape_inline(job.subject)}** {state}. {escape_inline(job.message)}".rstrip()


def format_time_left(seconds: float, language: str) -> str:
    """Return ", about 4 min left"; seconds in tens, because the estimate is no better than that."""
    if seconds < SECONDS_BELOW:
        return t(language, "whole_left_seconds", count=10 * max(1, round(seconds / 10)))
    return t(language, "whole_left_minutes", count=round(seconds / 60))


def progress_bar(share: float, width: int = 16) -> str:
    full = round(share * width)
    return "▰" * full + "▱" * (width - full)


def is_open(job: Job) -> bool:
    return job.state in (JobState.QUEUED, JobState.RUNNING)
