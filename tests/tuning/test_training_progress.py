"""While an adapter is trained, the page says how much of the whole is done and how long the rest takes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tutor.domain import Job, JobState
from tutor.tuning.training_progress import estimate_training
from tutor.ui import adapter_view

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


def training_job(stage: str, done: int, total: int, spent_s: float) -> Job:
    """A running training whose stage began `spent_s` seconds before its last report."""
    stage_at = NOW - timedelta(seconds=spent_s)
    return Job("j", "train", "l", "k", "ada", JobState.RUNNING, stage, done, total, "", stage_at, NOW, stage_at)


def test_the_bar_shows_the_whole_training_and_never_goes_back():
    reports = [("waiting", 0, 1), ("loading", 0, 1), ("preparing", 0, 900), ("preparing", 900, 900), ("checking", 0, 2)]
    reports += [("training", 0, 40), ("training", 20, 40), ("training", 40, 40), ("saving", 0, 1), ("checking", 1, 2)]
    shares = [estimate_training(training_job(*report, spent_s=10)).share for report in reports]
    assert shares == sorted(shares) and shares[0] == 0.0 and 0.9 < shares[-1] < 1.0


@pytest.mark.parametrize("seconds_a_step", [6.0, 30.0])
def test_the_time_left_follows_from_the_steps_done_and_the_time_they_took(seconds_a_step: float):
    early, late = (
        estimate_training(training_job("training", step, 40, step * seconds_a_step)).seconds_left for step in (10, 30)
    )
    assert early is not None and late is not None
    assert 30 * seconds_a_step < early < 40 * seconds_a_step  # the other 30 steps, and the check of the new version
    assert early - late == pytest.approx(20 * seconds_a_step)


@pytest.mark.parametrize(
    ("stage", "done", "total", "spent_s"),
    [("waiting", 0, 1, 60), ("loading", 0, 1, 60), ("training", 0, 40, 60), ("training", 1, 40, 1), ("odd", 1, 2, 60)],
)
def test_without_a_measure_there_is_no_estimate(stage: str, done: int, total: int, spent_s: float):
    assert estimate_training(training_job(stage, done, total, spent_s)).seconds_left is None


@pytest.mark.parametrize(
    ("language", "spent_s", "said"),
    [
        ("en", 60, "training, about 4 min left"),
        ("zh", 60, "训练，约剩 4 分钟"),
        ("en", 10, "training, about 40 s left"),
        ("zh", 10, "训练，约剩 40 秒"),
    ],
)
def test_the_page_tells_the_time_left_in_both_languages(language: str, spent_s: float, said: str):
    shown = adapter_view.format_training_status(training_job("training", 10, 40, spent_s), None, language)
    assert shown.endswith(said) and "▰" in shown and "**ada**" in shown
