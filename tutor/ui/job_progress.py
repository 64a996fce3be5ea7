"""The progress of a long task as a line of Markdown."""

from __future__ import annotations

from tutor.domain import Job, JobState
from tutor.locales import CATALOGS, DEFAULT, t
from tutor.locales.formatting import format_share
from tutor.ui.text_format import escape_inline


def format_job(job: Job, language: str) -> str:
    state = t(language, f"job_{job.state.value}")
    if job.state is JobState.RUNNING:
        share = min(1.0, job.done / job.total) if job.total > 0 else 0.0
        key = f"stage_{job.stage}"
        stage = t(language, key, detail="") if key in CATALOGS[DEFAULT] else escape_inline(job.stage)
        return f"**{escape_inline(job.subject)}** {progress_bar(share)} {format_share(language, share)} · {stage}"
    return f"**{escape_inline(job.subject)}** {state}. {escape_inline(job.message)}".rstrip()


def progress_bar(share: float, width: int = 16) -> str:
    full = round(share * width)
    return "▰" * full + "▱" * (width - full)


def is_open(job: Job) -> bool:
    return job.state in (JobState.QUEUED, JobState.RUNNING)
