"""What a page shows of better answers and of the adapters trained on them: values in, lines out. No Gradio."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tutor.domain import AdapterState, AdapterVersion, Correction, CorrectionState, Job, JobState, Turn
from tutor.ui.chat_view import inline, is_open, job_line, plain
from tutor.ui.words import say

# How the gate's sentences begin, and the plain words for them.
_REASONS = (
    ("no measurable change", "verdict_no_change"),
    ("general text is told worse", "verdict_forgets"),
    ("answers keep less to the course", "verdict_ungrounded"),
    ("answers are given away", "verdict_leaks"),
    ("canaries are answered", "verdict_unsafe"),
)
_MEASURES = (
    ("measure_corrections", "loss", "{:.2f}"),
    ("measure_general", "general", "{:.2f}"),
    ("measure_grounded", "grounded", "{:.0%}"),
    ("measure_leaks", "leaks", "{:.0%}"),
    ("measure_unsafe", "unsafe", "{:.0%}"),
)


@dataclass(frozen=True, slots=True)
class Known:
    """A version with what is known of it beside its row."""

    version: AdapterVersion
    corrections: tuple[Correction, ...]  # those it was trained on, as they stand now
    size_bytes: int
    may_answer: bool


def correction_choices(pairs: Sequence[tuple[Correction, Turn | None]], language: str) -> list[tuple[str, str]]:
    """Return a line for each better answer: the question, the answer, and where it stands with the teacher."""
    return [(_correction_line(correction, turn, language), correction.id) for correction, turn in pairs]


def _correction_line(correction: Correction, turn: Turn | None, language: str) -> str:
    question = f"{plain(turn.question, 60)} → " if turn else ""
    words = plain(correction.text, 90)
    line = f"{question}{words} — {standing(correction, language)}"
    if not words:  # taken back
        line = f"{plain(turn.question, 60) if turn else ''} — {standing(correction, language)}"
    return f"{line}: {plain(correction.reason, 120)}" if correction.reason else line


def standing(correction: Correction, language: str) -> str:
    """Say where a better answer stands: with the teacher, and for training."""
    if correction.state in (CorrectionState.DECLINED, CorrectionState.WITHDRAWN):
        return say(language, f"state_{correction.state.value}")
    key = "state_waits" if correction.waits else "state_for_the_course"
    return f"{say(language, key)}, {say(language, 'state_trains' if correction.consent else 'state_kept')}"


def tutor_line(answering: AdapterVersion | None, counts: Mapping[str, int], language: str) -> str:
    """Say who answers: the base, the course's shared version, or her own."""
    if answering is None:
        return say(language, "mine_base")
    key = "mine_active" if answering.learner_id else "mine_shared"
    count = counts.get(answering.id, 0)
    return say(language, key, name=inline(answering.name), version=answering.version, count=count)


def shared_line(active: AdapterVersion | None, language: str) -> str:
    """Say who answers those learners of a course who have no adapter of their own."""
    if active is None:
        return say(language, "shared_base")
    return say(language, "shared_active", name=inline(active.name), version=active.version)


def version_choices(known: Sequence[Known], language: str) -> list[tuple[str, str]]:
    return [(_version_line(one, language), one.version.id) for one in known]


def _version_line(known: Known, language: str) -> str:
    version = known.version
    date = version.created_at.strftime("%Y-%m-%d %H:%M")
    line = say(language, "version_line", version=version.version, count=len(known.corrections), date=date)
    fallen = version.state is AdapterState.RETIRED and not known.may_answer
    return f"{line} · {say(language, 'version_fallen_short' if fallen else f'version_{version.state.value}')}"


def card(known: Known, language: str) -> str:
    """Return what there is to know of a version: the verdict, what was measured, what trained it, what it cost."""
    parts = [verdict(known.version, language), measures(known.version.metrics, language), cost(known, language)]
    lines = [f"- {inline(plain(c.text, 120)) or say(language, 'state_withdrawn')}" for c in known.corrections]
    return "\n\n".join([*filter(None, parts), "\n".join([f"**{say(language, 'trained_from')}**", "", *lines])])


def verdict(version: AdapterVersion, language: str) -> str:
    """Say in plain words whether the gate let a version in, and why."""
    if version.state is not AdapterState.REJECTED:
        return f"**{say(language, 'verdict_in')}** {say(language, 'verdict_in_why')}"
    why = " ".join(_plainly(reason, language) for reason in version.reasons)
    return f"**{say(language, 'verdict_out')}** {why}"


def _plainly(reason: str, language: str) -> str:
    key = next((key for beginning, key in _REASONS if reason.startswith(beginning)), None)
    return say(language, key) if key else inline(reason)


def measures(metrics: Mapping[str, float], language: str) -> str:
    """Return the table of what was measured of the base and of the version."""
    rows = [
        f"| {say(language, key)} | {form.format(metrics[f'{name}_before'])} | {form.format(metrics[f'{name}_after'])} |"
        for key, name, form in _MEASURES
        if f"{name}_before" in metrics and f"{name}_after" in metrics
    ]
    if not rows:
        return ""
    head = f"| {say(language, 'measured')} | {say(language, 'side_base')} | {say(language, 'side_adapter')} |"
    held = say(language, "held_out" if metrics.get("held_out") else "none_held_out", count=int(metrics["held_out"]))
    return "\n".join([head, "|---|---|---|", *rows, "", held])


def cost(known: Known, language: str) -> str:
    """Say what the training took and what the version takes."""
    metrics = known.version.metrics
    return say(
        language,
        "cost",
        seconds=f"{metrics.get('training_s', 0):.0f}",
        rows=int(metrics.get("rows", len(known.corrections))),
        size=f"{known.size_bytes / 2**20:.1f}",
    )


# How the sentences of a training that did not come to its end begin, and the plain words for them.
_FAILURES = (
    ("the trainer ended", "error_TrainerDied"),
    ("the trainer did not end", "error_TrainerDied"),
    ("the disk is full", "disk_full"),
    ("a correction was withdrawn while", "withdrawn_meanwhile"),
    ("the tutor answers with", "other_base"),
    ("the correction ", "row_too_long"),
    ("the training was cancelled", "training_cancelled"),
    ("the server stopped during", "training_stopped"),
)


def training_line(job: Job | None, active: AdapterVersion | None, language: str) -> str:
    """Say how far a training is, or how it ended; nothing of one whose version is not in use any more."""
    if job is None:
        return ""
    if is_open(job):
        return job_line(job, language)
    if job.state is JobState.DONE:
        if " stays out: " in job.message:
            return say(language, "training_stayed_out")
        return say(language, "training_done") if active and job.message.startswith(active.name) else ""
    key = next((key for beginning, key in _FAILURES if job.message.startswith(beginning)), None)
    return f"⚠ {say(language, key) if key else inline(job.message)}"
