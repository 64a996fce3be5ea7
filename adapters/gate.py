"""The gate: may a freshly trained adapter replace the one in use?

A pure decision over score cards. Computing a card is `evaluation.py`; acting on the verdict is whoever asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from adapters.records import ScoreCard


@dataclass(frozen=True, slots=True)
class Bar:
    """What a candidate must clear."""

    least_gain: float = 0.05  # nats a token on the corrections, against what answers now
    most_forgetting: float = 0.05  # share by which the loss on general text may rise; .02 is aimed at (docs/LOG.md)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A decision and why."""

    promote: bool
    reasons: tuple[str, ...]  # never empty: a yes is explained as well as a no

    def __post_init__(self) -> None:
        if not self.reasons:
            raise ValueError("a verdict without a reason")


USUAL_BAR = Bar()


def decide(base: ScoreCard, current: ScoreCard, candidate: ScoreCard, bar: Bar = USUAL_BAR) -> Verdict:
    """Return whether the candidate may go live; `current` is the base's card when no adapter is in use."""
    gain = current.corrections - candidate.corrections
    judged = "held-out corrections" if candidate.held_out else "corrections (too few to hold any out)"
    stops = []
    if gain < bar.least_gain:
        stops.append(
            f"no measurable change on {judged}: the loss moved by {-gain:+.3f}, {-bar.least_gain:+.3f} is asked"
        )
    forgot = forgetting(base, candidate)
    if forgot > bar.most_forgetting:
        stops.append(f"general text is told worse by {forgot:.1%}, at most {bar.most_forgetting:.1%} is allowed")
    if stops:
        return Verdict(False, tuple(stops))
    return Verdict(
        True,
        (
            f"{judged}: the loss went from {current.corrections:.3f} to {candidate.corrections:.3f}",
            f"general text changed by {forgot:+.1%}, at most {bar.most_forgetting:.1%} is allowed",
        ),
    )


def cards_of(metrics: Mapping[str, float]) -> tuple[ScoreCard, ScoreCard]:
    """Return the cards of base and candidate from what the trainer measured."""
    held_out = int(metrics["held_out"])
    return (
        ScoreCard(metrics["loss_before"], held_out, metrics["general_before"]),
        ScoreCard(metrics["loss_after"], held_out, metrics["general_after"]),
    )


def forgetting(base: ScoreCard, candidate: ScoreCard) -> float:
    """Return by which share the loss on general text rose over the base's; below 0 it fell."""
    return (candidate.general - base.general) / base.general
