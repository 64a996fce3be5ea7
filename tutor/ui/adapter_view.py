"""Text about better answers and the adapters trained on them: values in, text out. No Gradio."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from adapters import gate
from tutor.domain import AdapterState, AdapterVersion, Correction, CorrectionState, Job, JobState, Turn
from tutor.locales import t
from tutor.locales.formatting import format_moment, format_number, format_share
from tutor.tuning.adapter_training import is_rejection
from tutor.tuning.training_progress import estimate_training
from tutor.ui.job_progress import format_job, is_open
from tutor.ui.text_format import escape_inline, to_plain_line


def _format_loss(language: str, loss: float) -> str:
    return format_number(language, loss, 2)


_WHEN = ("before", "after")  # the training
_METRICS = (
    ("measure_corrections", "loss", _format_loss),
    ("measure_general", "general", _format_loss),
    ("measure_grounded", "grounded", format_share),
    ("measure_leaks", "leaks", format_share),
    ("measure_unsafe", "unsafe", format_share),
)


@dataclass(frozen=True, slots=True)
class VersionDetails:
    """A version with its training data and its size."""

    version: AdapterVersion
    corrections: tuple[Correction, ...]  # those it was trained on, in their present state
    size_bytes: int
    may_answer: bool
    other_base: bool = False  # trained on another model than the one that answers


def correction_choices(pairs: Sequence[tuple[Correction, Turn | None]], language: str) -> list[tuple[str, str]]:
    """Return a line for each better answer: the question, the answer and its status."""
    return [(_format_correction(correction, turn, language), correction.id) for correction, turn in pairs]


def _format_correction(correction: Correction, turn: Turn | None, language: str) -> str:
    question = f"{to_plain_line(turn.question, 60)} → " if turn else ""
    words = to_plain_line(correction.text, 90)
    line = f"{question}{words} — {format_correction_state(correction, language)}"
    if not words:  # withdrawn
        line = f"{to_plain_line(turn.question, 60) if turn else ''} — {format_correction_state(correction, language)}"
    return f"{line}: {to_plain_line(correction.reason, 120)}" if correction.reason else line


def format_correction_state(correction: Correction, language: str) -> str:
    """Return the status of a better answer: its review, and whether it may be used for training."""
    if correction.state in (CorrectionState.DECLINED, CorrectionState.WITHDRAWN):
        return t(language, f"state_{correction.state.value}")
    key = "state_waits" if correction.is_pending else "state_for_the_course"
    return f"{t(language, key)}, {t(language, 'state_trains' if correction.consent else 'state_not_training')}"


def format_active_adapter(
    answering: AdapterVersion | None, counts: Mapping[str, int], language: str, *, other_base: bool = False
) -> str:
    """Return which model answers: the base, the course's shared version or the learner's own.

    With `other_base` the version belongs to another base than the one that answers, and what to do is said.
    """
    if answering is None:
        return t(language, "my_tutor_base")
    if other_base:
        key = "my_tutor_other_base" if answering.learner_id else "my_tutor_shared_other_base"
        return t(language, key, name=escape_inline(answering.name), version=answering.version)
    key = "my_tutor_active" if answering.learner_id else "my_tutor_shared"
    count = counts.get(answering.id, 0)
    return t(language, key, name=escape_inline(answering.name), version=answering.version, count=count)


def format_shared_adapter(active: AdapterVersion | None, language: str, *, other_base: bool = False) -> str:
    """Return which model answers learners who have no adapter of their own."""
    if active is None:
        return t(language, "shared_base")
    if other_base:
        return t(language, "shared_other_base", name=escape_inline(active.name), version=active.version)
    return t(language, "shared_active", name=escape_inline(active.name), version=active.version)


def version_choices(known: Sequence[VersionDetails], language: str) -> list[tuple[str, str]]:
    return [(_format_version(one, language), one.version.id) for one in known]


def _format_version(known: VersionDetails, language: str) -> str:
    version = known.version
    date = format_moment(language, version.created_at)
    line = t(language, "version_line", version=version.version, count=len(known.corrections), date=date)
    is_revoked = version.state is AdapterState.RETIRED and not known.may_answer
    state = t(language, "version_withdrawn_data" if is_revoked else f"version_{version.state.value}")
    return f"{line} · {state} · {t(language, 'version_other_base')}" if known.other_base else f"{line} · {state}"


def format_version_details(known: VersionDetails, language: str) -> str:
    """Return a version's details: the gate's verdict, the metrics, the training data, the cost."""
    parts = [
        format_gate_verdict(known.version, language),
        format_metrics_table(known.version.metrics, language),
        format_cost(known, language),
    ]
    lines = [
        f"- {escape_inline(to_plain_line(c.text, 120)) or t(language, 'state_withdrawn')}" for c in known.corrections
    ]
    return "\n\n".join([*filter(None, parts), "\n".join([f"**{t(language, 'trained_from')}**", "", *lines])])


def format_gate_verdict(version: AdapterVersion, language: str) -> str:
    """Return whether a version passed the gate, and why."""
    if version.state is not AdapterState.REJECTED:
        return f"**{t(language, 'gate_promoted')}** {t(language, 'gate_promoted_why')}"
    why = " ".join(_translate_gate_reason(reason, language) for reason in version.reasons)
    return f"**{t(language, 'gate_rejected')}** {why}"


def _translate_gate_reason(reason: str, language: str) -> str:
    key = gate.reason_key(reason)
    return t(language, f"gate_{key}") if key else escape_inline(reason)


def format_metrics_table(metrics: Mapping[str, float], language: str) -> str:
    """Return the table of metrics before and after the training."""
    rows = [
        "| " + " | ".join([t(language, key), *(form(language, metrics[f"{name}_{when}"]) for when in _WHEN)]) + " |"
        for key, name, form in _METRICS
        if all(f"{name}_{when}" in metrics for when in _WHEN)
    ]
    if not rows:
        return ""
    head = f"| {t(language, 'measured')} | {t(language, 'answer_base')} | {t(language, 'answer_adapter')} |"
    note = t(language, "held_out" if metrics.get("held_out") else "none_held_out", count=int(metrics["held_out"]))
    return "\n".join([head, "|---|---|---|", *rows, "", note])


def format_cost(known: VersionDetails, language: str) -> str:
    """Return how long the training took and how large the version is."""
    metrics = known.version.metrics
    return t(
        language,
        "cost",
        seconds=format_number(language, metrics.get("training_s", 0)),
        rows=int(metrics.get("rows", len(known.corrections))),
        size=format_number(language, known.size_bytes / 2**20, 1),
    )


# How the messages of failed trainings begin, and the key of the message shown instead.
_FAILURE_KEYS = (
    ("the trainer ended", "error_TrainerDied"),
    ("the trainer did not end", "error_TrainerDied"),
    ("the disk is full", "disk_full"),
    ("a correction was withdrawn while", "withdrawn_meanwhile"),
    ("the tutor answers with", "other_base"),
    ("the correction ", "row_too_long"),
    ("training an adapter of ", "training_short_of_memory"),
    ("the training was cancelled", "training_cancelled"),
    ("the server stopped during", "training_stopped"),
)


def format_training_status(job: Job | None, active: AdapterVersion | None, language: str) -> str:
    """Return the progress or the result of a training; "" if its version is no longer in use."""
    if job is None:
        return ""
    if is_open(job):
        estimate = estimate_training(job)
        return format_job(job, language, estimate.share, estimate.seconds_left)
    if job.state is JobState.DONE:
        if is_rejection(job.message):
            return t(language, "training_rejected")
        return t(language, "training_done") if active and job.message.startswith(active.name) else ""
    key = next((key for beginning, key in _FAILURE_KEYS if job.message.startswith(beginning)), None)
    return f"⚠ {t(language, key) if key else escape_inline(job.message)}"
