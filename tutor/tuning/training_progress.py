"""How far a training is as a whole, and how long it still takes. Pure.

A training's stages differ in length, and each counts its own units. The share of a stage is what it took in the
training measured in docs/decisions/0034-upper-layer-adapters.md; what is left is scaled by the speed of the current
stage, so that a slow machine gets a long estimate.
"""

from __future__ import annotations

from dataclasses import dataclass

from tutor.domain import Job

MIN_SPENT_S = 3.0  # in a stage, before its speed says something
# Seconds of each stage, in order; "checking" comes before and after the training. 40 steps are planned, fewer may do.
_STAGES = {"loading": 28, "preparing": 113, "base": 36, "training": 132, "saving": 1, "version": 25}
_COUNTED = ("preparing", "training")  # report units done; the others only that they began
_TOTAL = sum(_STAGES.values())


@dataclass(frozen=True, slots=True)
class TrainingEstimate:
    """`share` of the whole training that is done, 0 to 1; `seconds_left` is None where there is no estimate yet."""

    share: float
    seconds_left: float | None


def estimate_training(job: Job) -> TrainingEstimate:
    """Return the estimate for the running job of a training."""
    stage = _stage_of(job)
    names = list(_STAGES)
    if stage not in _STAGES:  # it waits for another training
        return TrainingEstimate(0.0, None)
    before = sum(_STAGES[name] for name in names[: names.index(stage)])
    done = _STAGES[stage] * min(1.0, job.done / job.total) if stage in _COUNTED and job.total > 0 else 0.0
    spent = (job.updated_at - job.stage_at).total_seconds() if job.stage_at else 0.0
    left = (_TOTAL - before - done) * spent / done if done and spent >= MIN_SPENT_S else None
    return TrainingEstimate((before + done) / _TOTAL, left)


def _stage_of(job: Job) -> str:
    if job.stage == "checking":
        return "version" if job.done else "base"
    return job.stage
