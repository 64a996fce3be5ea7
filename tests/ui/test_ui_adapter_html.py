"""What the pages show of adapters: every verdict of the gate and every failed training in plain words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from adapters import gate
from adapters.errors import TrainerDied
from adapters.records import GateScores
from tutor.corrections.review_flags import ReviewFlag, ReviewFlagKind
from tutor.domain import AdapterState, AdapterVersion, Correction, CorrectionState, Job, JobState
from tutor.errors import InputRefused, NotFound
from tutor.ui import adapter_view, review_html
from tutor.ui.error_boundary import error_message

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
GOOD = GateScores(3.0, 4, 2.0, grounded_share=0.9, leak_share=0.0, unsafe_share=0.0, match=0.8)
BAD = GateScores(3.0, 4, 9.0, grounded_share=0.1, leak_share=0.9, unsafe_share=0.9, match=0.1)
METRICS = {"loss_before": 3.0, "loss_after": 0.5, "general_before": 2.0, "general_after": 2.01, "held_out": 4.0}
VERSION = AdapterVersion("a", "ada-v1", "l", "k", 1, AdapterState.ACTIVE, "b", "s", "d", METRICS, NOW)
WRITTEN = Correction("c", "t", "l", "l", "k", "Because.", CorrectionState.ACCEPTED, True, NOW)
JOB = Job("j", "train", "l", "k", "ada", JobState.FAILED, "training", 1, 2, "", NOW, NOW)


def test_every_gate_reason_has_a_chinese_translation():
    reasons = gate.decide(GOOD, GOOD, BAD).reasons
    assert len(reasons) == 6
    said = adapter_view.format_gate_verdict(replace(VERSION, state=AdapterState.REJECTED, reasons=reasons), "zh")
    assert said.startswith("**未通过") and not any(letter.isascii() and letter.isalpha() for letter in said)


def test_no_measurable_change_is_reported():
    same = gate.decide(GOOD, GOOD, GOOD)
    assert not same.promote
    said = adapter_view.format_gate_verdict(replace(VERSION, state=AdapterState.REJECTED, reasons=same.reasons), "en")
    assert said == "**Did not pass the check. The version before stays in use.** There is no measurable change."


def test_the_eval_report_shows_metrics_data_and_cost():
    metrics = METRICS | {"training_s": 41.6, "rows": 3.0}
    known = adapter_view.VersionDetails(replace(VERSION, metrics=metrics), (WRITTEN,), 3 * 2**20, may_answer=True)
    card = adapter_view.format_version_details(known, "en")
    assert "| loss on better answers (lower is better) | 3.00 | 0.50 |" in card
    assert "Training on 3 examples took 42 s; the version takes 3.0 MB." in card
    assert "Measured on 4 better answers that the version was not trained on." in card and "- Because." in card


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "waiting for your instructor, may be used for training"),
        ({"decided_at": NOW}, "accepted by your instructor, may be used for training"),
        ({"consent": False, "state": CorrectionState.PROPOSED}, "waiting for your instructor, not used for training"),
        ({"state": CorrectionState.DECLINED, "decided_at": NOW}, "declined by your instructor"),
        ({"state": CorrectionState.WITHDRAWN}, "taken back"),
    ],
)
def test_a_learner_sees_the_status_of_a_correction(changes, said):
    assert adapter_view.format_correction_state(replace(WRITTEN, **changes), "en") == said


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("the trainer ended without a result (stopped by signal 9); start it again", "训练意外结束"),
        ("the disk is full: nothing was saved", "磁盘已满"),
        ("the correction c is 2000 tokens long", "太长"),
        ("the training was cancelled", "你停止了训练"),
    ],
)
def test_a_failed_training_is_explained_in_the_learners_language(message, said):
    assert said in adapter_view.format_training_status(replace(JOB, message=message), None, "zh")


def test_errors_are_in_the_readers_language():
    error = InputRefused("20 better answers in one day are enough", key="quota")
    assert error_message(error, "zh") == "你今天写的更好的回答已达上限，请明天继续。"
    assert error_message(error, "en") == "20 better answers in one day are enough."
    assert error_message(TrainerDied("the trainer ended"), "zh").startswith("训练意外结束")
    assert error_message(NotFound("there is no turn x"), "zh") == "找不到所需内容，它可能已被删除。"
    assert error_message(InputRefused("no words for this one"), "zh") == "No words for this one."


def test_many_near_duplicates_are_flagged_as_a_campaign():
    assert "campaign" not in review_html.format_flag(ReviewFlag(ReviewFlagKind.NEAR_DUPLICATE, count=2), "en")
    assert "campaign" in review_html.format_flag(ReviewFlag(ReviewFlagKind.NEAR_DUPLICATE, count=5), "en")


@pytest.mark.parametrize(("language", "button"), [("en", "Train my tutor"), ("zh", "训练我的导师")])
def test_a_version_for_another_base_is_named_with_the_way_out(language: str, button: str):
    said = adapter_view.format_active_adapter(VERSION, {}, language, other_base=True)
    assert said.startswith("**ada-v1**") and button in said
    assert "ada-v1" in adapter_view.format_shared_adapter(VERSION, language, other_base=True)
    known = adapter_view.VersionDetails(VERSION, (), 0, may_answer=True, other_base=True)
    ((line, _),) = adapter_view.version_choices([known], language)
    assert line.endswith({"en": "in use · for the model before", "zh": "使用中 · 属于之前的模型"}[language])


def test_a_training_without_enough_memory_is_told_in_the_learners_language():
    failed = replace(JOB, message="training an adapter of Tiny needs 4.5 GB of free memory, 1.0 GB are free; close")
    assert "too little free memory" in adapter_view.format_training_status(failed, None, "en")
    assert "内存不足" in adapter_view.format_training_status(failed, None, "zh")
