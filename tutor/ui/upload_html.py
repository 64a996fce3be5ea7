"""The uploads of a course as HTML: progress, time left, result, and a button to cancel."""

from __future__ import annotations

import html
from collections.abc import Sequence

from tutor.domain import Job, JobState
from tutor.locales import CATALOGS, DEFAULT, t
from tutor.locales.formatting import format_share
from tutor.locales.sentences import as_sentence
from tutor.ui.job_progress import is_open
from tutor.ui.text_format import to_plain_line

MAX_FINISHED = 8
_MIN_ESTIMATE_S = 3.0  # no estimate before that
_STATE_SIGNS = {JobState.DONE: "✓", JobState.FAILED: "✗", JobState.CANCELLED: "–"}
# A click on a button sends the id of its job to the server.
CANCEL_JS = """element.addEventListener('click', (event) => {
  const button = event.target.closest('[data-job]');
  if (button) { button.disabled = true; trigger('click', {job: button.dataset.job}); }
});"""


def render_uploads(jobs: Sequence[Job], language: str) -> str:
    """Return the running uploads and the latest finished ones, the latest first."""
    chosen = [job for job in jobs if is_open(job)] + [job for job in jobs if not is_open(job)][:MAX_FINISHED]
    waiting = [job.id for job in reversed(jobs) if job.state is JobState.QUEUED]
    rows = "".join(
        _render_row(job, waiting, language) for job in sorted(chosen, key=lambda j: j.created_at, reverse=True)
    )
    return f'<ul class="tutor-jobs" aria-live="polite">{rows}</ul>' if rows else ""


def seconds_left(job: Job) -> float | None:
    """Return the estimated seconds left in the current stage; None if there is no estimate yet."""
    if job.stage_at is None or not 0 < job.done <= job.total:
        return None
    spent = (job.updated_at - job.stage_at).total_seconds()
    return spent * (job.total - job.done) / job.done if spent >= _MIN_ESTIMATE_S else None


def _render_row(job: Job, waiting: Sequence[str], language: str) -> str:
    name = f"<b>{html.escape(to_plain_line(job.subject, 60))}</b>"
    if job.state is JobState.RUNNING:
        parts = (name, _render_bar(job, language), _format_stage(job, language), _render_cancel_button(job, language))
        return f"<li>{' '.join(parts)}</li>"
    if job.state is JobState.QUEUED:
        place = t(language, "job_place", place=waiting.index(job.id) + 1)
        return f"<li>{name} <span>{place}</span> {_render_cancel_button(job, language)}</li>"
    sign = _STATE_SIGNS.get(job.state, "")
    message = html.escape(as_sentence(job.message) or t(language, f"job_{job.state.value}"))
    rest = message.removeprefix(html.escape(job.subject))  # most messages begin with the name
    gap = " " if rest == message else ""
    return f'<li class="{job.state.value}"><span aria-hidden="true">{sign}</span><p>{name}{gap}{rest}</p></li>'


def _render_bar(job: Job, language: str) -> str:
    share = min(1.0, job.done / job.total) if job.total > 0 else 0.0
    return f'<progress max="1" value="{share:.3f}">{format_share(language, share)}</progress>'


def _format_stage(job: Job, language: str) -> str:
    """ "reading page 12 of 200, about 30 s left in this step"."""
    counted = f"stage_{job.stage}_at"
    if counted in CATALOGS[DEFAULT] and job.total > 1:
        stage = t(language, counted, done=job.done, total=job.total)
    else:
        key = f"stage_{job.stage}"
        stage = t(language, key, detail="") if key in CATALOGS[DEFAULT] else html.escape(job.stage)
    left = seconds_left(job)
    return f"<span>{stage}{'' if left is None else _format_time_left(left, language)}</span>"


def _format_time_left(seconds: float, language: str) -> str:
    if seconds < 90:
        return t(language, "left_seconds", count=max(1, round(seconds)))
    return t(language, "left_minutes", count=round(seconds / 60))


def _render_cancel_button(job: Job, language: str) -> str:
    label = t(language, "cancel_upload", name=to_plain_line(job.subject, 60))
    return (
        f'<button type="button" data-job="{html.escape(job.id, quote=True)}" '
        f'aria-label="{html.escape(label, quote=True)}">{t(language, "cancel")}</button>'
    )
