"""The gate: a better adapter that has forgotten nothing passes, everything else stays out with a reason."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from adapters.gate import Bar, decide
from adapters.records import ScoreCard

losses = st.floats(0.001, 20)
cards = st.builds(ScoreCard, losses, st.integers(0, 50), losses)
BASE = ScoreCard(3.0, 5, 2.0)
STRICT = Bar(least_gain=0.05, most_forgetting=0.02)


def test_a_better_adapter_that_forgot_nothing_passes() -> None:
    verdict = decide(BASE, BASE, ScoreCard(1.0, 5, 2.0))
    assert verdict.promote
    assert verdict.reasons[0] == "held-out corrections: the loss went from 3.000 to 1.000"


def test_forgetting_blocks_a_better_adapter() -> None:
    verdict = decide(BASE, BASE, ScoreCard(1.0, 5, 2.1), STRICT)
    assert not verdict.promote
    assert verdict.reasons == ("general text is told worse by 5.0%, at most 2.0% is allowed",)


def test_no_change_is_said_plainly() -> None:
    verdict = decide(BASE, BASE, BASE)
    assert not verdict.promote
    assert verdict.reasons[0].startswith("no measurable change on held-out corrections")


def test_a_candidate_must_beat_the_adapter_in_use_and_not_only_the_base() -> None:
    assert not decide(BASE, ScoreCard(1.0, 5, 2.0), ScoreCard(1.5, 5, 2.0)).promote


def test_forgetting_is_counted_from_the_base_so_it_cannot_creep_in_over_versions() -> None:
    current = ScoreCard(2.0, 5, 2.035)
    assert not decide(BASE, current, ScoreCard(1.0, 5, 2.07), STRICT).promote


def test_nothing_held_out_is_said() -> None:
    verdict = decide(ScoreCard(3.0, 0, 2.0), ScoreCard(3.0, 0, 2.0), ScoreCard(0.1, 0, 2.0))
    assert "too few to hold any out" in verdict.reasons[0]


@given(cards, cards, cards)
def test_every_verdict_has_a_reason(base: ScoreCard, current: ScoreCard, candidate: ScoreCard) -> None:
    assert decide(base, current, candidate).reasons


@given(cards, cards, cards, st.floats(0, 5))
def test_getting_better_never_turns_a_yes_into_a_no(
    base: ScoreCard, current: ScoreCard, candidate: ScoreCard, better: float
) -> None:
    improved = ScoreCard(candidate.corrections - better, candidate.held_out, candidate.general)
    if decide(base, current, candidate).promote:
        assert decide(base, current, improved).promote


@given(cards, cards, cards)
def test_a_lower_bar_lets_at_least_as_much_through(base: ScoreCard, current: ScoreCard, candidate: ScoreCard) -> None:
    if decide(base, current, candidate, STRICT).promote:
        assert decide(base, current, candidate, Bar(0.0, 0.5)).promote
