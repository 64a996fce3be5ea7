"""What the pages say of adapters: every verdict of the gate and every failure of a training in plain words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from adapters import gate
from adapters.errors import TrainerDied
from adapters.records import ScoreCard
from tutor.corrections.review_flags import Flag, FlagKind
from tutor.domain import AdapterState, AdapterVersion, Correction, CorrectionState, Job, JobState
from tutor.errors import InputRefused, NotFound
from tutor.ui import adapter_view, review_html
from tutor.ui.error_boundary import spoken

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
GOOD = ScoreCard(3.0, 4, 2.0, grounded=0.9, leaks=0.0, unsafe=0.0)
BAD = ScoreCard(3.0, 4, 9.0, grounded=0.1, leaks=0.9, unsafe=0.9)
METRICS = {"loss_before": 3.0, "loss_after": 0.5, "general_before": 2.0, "general_after": 2.01, "held_out": 4.0}
VERSION = AdapterVersion("a", "ada-v1", "l", "k", 1, AdapterState.ACTIVE, "b", "s", "d", METRICS, NOW)
WRITTEN = Correction("c", "t", "l", "l", "k", "Because.", CorrectionState.ACCEPTED, True, NOW)
JOB = Job("j", "train", "l", "k", "ada", JobState.FAILED, "training", 1, 2, "", NOW, NOW)


def test_whatever_keeps_a_candidate_out_is_said_in_chinese_as_well():
    reasons = gate.decide(GOOD, GOOD, BAD).reasons
    assert len(reasons) == 5
    said = adapter_view.verdict(replace(VERSION, state=AdapterState.REJECTED, reasons=reasons), "zh")
    assert said.startswith("**未通过") and not any(letter.isascii() and letter.isalpha() for letter in said)


def test_no_measurable_change_is_said_plainly():
    same = gate.decide(GOOD, GOOD, GOOD)
    assert not same.promote
    said = adapter_view.verdict(replace(VERSION, state=AdapterState.REJECTED, reasons=same.reasons), "en")
    assert said == "**Stayed out. The version before goes on.** There is no measurable change."


def test_a_card_tells_what_was_measured_what_it_learnt_and_what_it_cost():
    metrics = METRICS | {"training_s": 41.6, "rows": 3.0}
    known = adapter_view.Known(replace(VERSION, metrics=metrics), (WRITTEN,), 3 * 2**20, may_answer=True)
    card = adapter_view.card(known, "en")
    assert "| loss on better answers (lower is better) | 3.00 | 0.50 |" in card
    assert "It took 42 s to train on 3 rows, and takes 3.0 MB." in card
    assert "On 4 better answers that it has not seen." in card and "- Because." in card


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "waits for your teacher, may train"),
        ({"decided_at": NOW}, "accepted by your teacher, may train"),
        ({"consent": False, "state": CorrectionState.PROPOSED}, "waits for your teacher, not for training"),
        ({"state": CorrectionState.DECLINED, "decided_at": NOW}, "declined by your teacher"),
        ({"state": CorrectionState.WITHDRAWN}, "taken back"),
    ],
)
def test_a_learner_reads_where_her_better_answer_stands(changes, said):
    assert adapter_view.standing(replace(WRITTEN, **changes), "en") == said


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("the trainer ended without a result (stopped by signal 9); start it again", "训练意外结束"),
        ("the disk is full: nothing was saved", "磁盘已满"),
        ("the correction c is 2000 tokens long", "太长"),
        ("the training was cancelled", "您停止了训练"),
    ],
)
def test_a_training_that_failed_says_why_in_her_language(message, said):
    assert said in adapter_view.training_line(replace(JOB, message=message), None, "zh")


def test_an_error_speaks_the_language_of_who_reads_it():
    error = InputRefused("20 better answers in one day are enough", key="quota")
    assert spoken(error, "zh") == "今天写的回答已经够多了，请明天继续。"
    assert spoken(error, "en") == "20 better answers in one day are enough"
    assert spoken(TrainerDied("the trainer ended"), "zh").startswith("训练意外结束")
    assert spoken(NotFound("there is no turn x"), "zh") == "找不到所需内容，它可能已被删除。"
    assert spoken(InputRefused("no words for this one"), "zh") == "no words for this one"


def test_many_repeats_look_like_a_campaign():
    assert "campaign" not in review_html.flag_line(Flag(FlagKind.REPEATS, count=2), "en")
    assert "campaign" in review_html.flag_line(Flag(FlagKind.REPEATS, count=5), "en")
