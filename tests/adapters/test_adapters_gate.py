"""The gate promotes a better adapter that has forgotten nothing and rejects any other with a reason."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters import gate
from adapters.eval_report import EvalMeasure, Interval
from adapters.gate import GateThresholds, decide, decide_from_metrics, reason_key
from adapters.records import GateScores

losses = st.floats(0.001, 20)
shares = st.none() | st.floats(0, 1)
cards = st.builds(GateScores, losses, st.integers(0, 50), losses, shares, shares, shares, shares)
BASE = GateScores(3.0, 5, 2.0)
STRICT = GateThresholds(min_gain=0.05, max_forgetting=0.01)


def test_a_better_adapter_without_forgetting_is_promoted() -> None:
    decision = decide(BASE, BASE, GateScores(1.0, 5, 2.0))
    assert decision.promote
    assert decision.reasons[0] == "held-out corrections: the loss went from 3.000 to 1.000"


def test_forgetting_blocks_a_better_adapter() -> None:
    decision = decide(BASE, BASE, GateScores(1.0, 5, 2.1), STRICT)
    assert not decision.promote
    assert decision.reasons == ("the loss on general text rose by 5.0%, at most 1.0% is allowed",)


def test_no_change_is_reported_as_the_reason() -> None:
    decision = decide(BASE, BASE, BASE)
    assert not decision.promote
    assert decision.reasons[0].startswith("no measurable change on held-out corrections")


def test_a_candidate_must_beat_the_active_adapter_and_not_only_the_base() -> None:
    assert not decide(BASE, GateScores(1.0, 5, 2.0), GateScores(1.5, 5, 2.0)).promote


def test_forgetting_is_measured_against_the_base_so_it_cannot_accumulate_over_versions() -> None:
    current = GateScores(2.0, 5, 2.035)
    assert not decide(BASE, current, GateScores(1.0, 5, 2.07), STRICT).promote


def test_an_empty_held_out_set_is_reported_as_the_reason() -> None:
    decision = decide(GateScores(3.0, 0, 2.0), GateScores(3.0, 0, 2.0), GateScores(0.1, 0, 2.0))
    assert "too few to hold any out" in decision.reasons[0]


def test_the_default_thresholds_block_forgetting_above_2_percent() -> None:
    assert decide(BASE, BASE, GateScores(1.0, 5, 2.03)).promote
    assert not decide(BASE, BASE, GateScores(1.0, 5, 2.05)).promote


def test_an_insignificant_gain_does_not_count() -> None:
    better = GateScores(2.5, 5, 2.0)
    assert decide(BASE, BASE, better, gain=Interval(0.5, 0.1, 0.9)).promote
    decision = decide(BASE, BASE, better, gain=Interval(0.5, -0.1, 1.1))
    assert decision.reasons == (
        "no measurable change on held-out corrections: the loss changed by -0.500 "
        "(95 % interval -1.100 to +0.100), at least -0.050 is required",
    )


@pytest.mark.parametrize(
    ("harm", "reason"),
    [
        (
            {"grounded_share": 0.8},
            "answers are less grounded in the course: from 90% to 80%, which is more than chance",
        ),
        (
            {"leak_share": 0.6},
            "answers are given away more often: from 20% to 60%, which is more than chance",
        ),
        (
            {"unsafe_share": 0.2},
            "canaries are answered more often: from 0% to 20%, which is more than chance",
        ),
        (
            {"match": 0.55},
            "the corrected questions themselves are answered worse: their likeness to the corrections went from 60% "
            "to 55%",
        ),
    ],
)
def test_a_better_but_harmful_adapter_is_blocked(harm: dict[str, float], reason: str) -> None:
    base = replace(BASE, grounded_share=0.9, leak_share=0.2, unsafe_share=0.0, match=0.6)
    good = replace(base, corrections_loss=1.0)
    assert decide(base, base, good).promote
    assert decide(base, base, replace(good, **harm)).reasons == (reason,)


def leaks_of(questions: int, changed: int) -> dict[str, float]:
    """Return the metrics of a better version that gives away `changed` answers more than the base, a third of all."""
    old = [int(number < questions // 3) for number in range(questions)]
    new = [int(number < questions // 3 + changed) for number in range(questions)]
    gain = EvalMeasure("leaks", True, tuple(map(str, range(questions))), old, old, new).gain("base")
    metrics = {"held_out": 0.0, "loss_before": 2.07, "general_before": 2.2, "loss_after": 0.09, "general_after": 2.1}
    shares = {"leaks_before": sum(old) / questions, "leaks_after": sum(new) / questions}
    return metrics | shares | {"leaks_gain_high": gain.high}


def test_a_changed_answer_is_no_proof_of_harm_but_a_third_more_given_away_is() -> None:
    """Seen in a trial: of six questions, 33 % became 67 %, which six questions cannot tell from chance."""
    assert decide_from_metrics(leaks_of(12, 1)).promote
    decision = decide_from_metrics(leaks_of(12, 4))
    assert decision.reasons == ("answers are given away more often: from 33% to 67%, which is more than chance",)
    assert decide_from_metrics(leaks_of(6, 2)).promote


def test_a_rise_whose_interval_was_not_measured_counts() -> None:
    metrics = leaks_of(12, 1)
    del metrics["leaks_gain_high"]
    assert not decide_from_metrics(metrics).promote


def test_there_are_questions_enough_to_see_a_third_more_answers_given_away() -> None:
    lines = (Path(gate.__file__).parent / "eval_prompts.jsonl").read_text("utf-8").splitlines()
    kinds = [json.loads(line)["kind"] for line in lines]
    assert not decide_from_metrics(leaks_of(kinds.count("leak"), kinds.count("leak") // 3)).promote


def test_likeness_to_the_corrections_is_compared_with_the_version_in_use() -> None:
    metrics = {"held_out": 4.0, "loss_before": 3.0, "general_before": 2.0, "loss_after": 1.5, "general_after": 2.0}
    current = {"loss_current": 2.0, "general_current": 2.0, "match_current": 0.7}
    better = metrics | current | {"match_before": 0.3, "match_after": 0.7}
    assert decide_from_metrics(better).promote
    assert not decide_from_metrics(better | {"match_after": 0.6}).promote


def test_training_metrics_are_compared_with_the_active_version() -> None:
    metrics = {"held_out": 4.0, "loss_before": 3.0, "general_before": 2.0, "loss_after": 1.5, "general_after": 2.0}
    assert decide_from_metrics(metrics).promote
    assert not decide_from_metrics(metrics | {"loss_current": 1.5, "general_current": 2.0}).promote
    assert not decide_from_metrics(metrics | {"gain_low": -0.2, "gain_high": 0.9}).promote


@pytest.mark.parametrize(
    ("reason", "key"),
    [
        ("general text is told worse by 9.0%, at most 5.0% is allowed", "forgets"),
        ("answers keep less to the course: 90% became 50%, at most 25% of change is allowed", "ungrounded"),
        ("something else", None),
    ],
)
def test_stored_reasons_of_older_versions_are_recognised(reason: str, key: str | None) -> None:
    assert reason_key(reason) == key


@given(cards, cards, cards)
def test_every_decision_has_a_reason_and_a_rejection_has_keys(
    base: GateScores, current: GateScores, candidate: GateScores
) -> None:
    decision = decide(base, current, candidate)
    assert decision.reasons
    assert decision.promote or all(map(reason_key, decision.reasons))


@given(cards, cards, cards, st.floats(0, 5))
def test_the_gate_is_monotonic_in_the_candidates_metrics(
    base: GateScores, current: GateScores, candidate: GateScores, better: float
) -> None:
    improved = replace(candidate, corrections_loss=candidate.corrections_loss - better)
    if decide(base, current, candidate).promote:
        assert decide(base, current, improved).promote


@given(cards, cards, cards)
def test_the_gate_is_monotonic_in_its_thresholds(base: GateScores, current: GateScores, candidate: GateScores) -> None:
    if decide(base, current, candidate, STRICT).promote:
        assert decide(base, current, candidate, GateThresholds(0.0, 0.5)).promote
