"""Placement: what does a new learner know already, found out with at most fifteen questions?

Some thousand ways of knowing the course are drawn along its graph (nobody is likely to know a skill without what it
needs) and weighed by her answers. The next question is the one whose answer tells them apart best. The draw is
seeded, so that the same answers always place alike.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tutor.learner.bayesian_knowledge_tracing import BktParams, predict_right
from tutor.learner.logit import FloatArray
from tutor.learner.skill_graph import SkillGraph

MAX_QUESTIONS = 15
N_SAMPLES = 4_000
GRAPH_VIOLATION_RATE = 0.05  # how often a skill is known although something it needs is not: graphs are drawn by people
MIN_INFORMATION_GAIN = 0.02  # bits; when no question promises more, there is nothing left to ask


@dataclass(frozen=True, slots=True, eq=False)
class PlacementBelief:
    """Ways of knowing the course, one a row, and how likely each is after the answers so far."""

    skills: tuple[str, ...]
    states: npt.NDArray[np.bool_]
    weights: FloatArray

    def skill_probabilities(self) -> Mapping[str, float]:
        """Return the probability that each skill is known."""
        return dict(zip(self.skills, (self.weights @ self.states).tolist(), strict=True))


def prior_belief(graph: SkillGraph, seed: int = 0) -> PlacementBelief:
    """Return the belief about a learner of whom nothing is known."""
    rng = np.random.default_rng(seed)
    names = graph.topological_order()
    place = {name: at for at, name in enumerate(names)}
    share = rng.beta(1.0, 1.0, N_SAMPLES)  # from one who knows nothing to one who knows everything
    states = np.zeros((N_SAMPLES, len(names)), dtype=bool)
    for name in names:
        needs = [place[need] for need in graph.direct_prerequisites(name)]
        ready = states[:, needs].all(axis=1)
        states[:, place[name]] = rng.random(N_SAMPLES) < np.where(ready, share, GRAPH_VIOLATION_RATE * share)
    return PlacementBelief(names, states, np.full(N_SAMPLES, 1 / N_SAMPLES))


def update_belief(belief: PlacementBelief, skill: str, params: BktParams, *, right: bool) -> PlacementBelief:
    """Return the belief after one unaided answer on a skill."""
    known = belief.states[:, belief.skills.index(skill)]
    if_right = np.where(known, 1 - params.slip, params.guess)
    weights = belief.weights * (if_right if right else 1 - if_right)
    return PlacementBelief(belief.skills, belief.states, weights / weights.sum())


def next_question(
    belief: PlacementBelief, asked: Collection[str], params: BktParams, excluded: Collection[str] = ()
) -> str | None:
    """Return the skill to ask about next; None after fifteen questions or when no answer would tell much.

    `leave_out` are skills that cannot be asked about: there is no item, or she skipped it.
    """
    if len(asked) >= MAX_QUESTIONS:
        return None
    gains = {
        skill: _information_gain(known, params)
        for skill, known in belief.skill_probabilities().items()
        if skill not in asked and skill not in excluded
    }
    best = max(gains, key=lambda skill: gains[skill], default=None)
    return best if best is not None and gains[best] > MIN_INFORMATION_GAIN else None


def _information_gain(known: float, params: BktParams) -> float:
    """Bits that an answer is expected to tell about which way of knowing is hers."""
    noise = known * _entropy_bits(params.slip) + (1 - known) * _entropy_bits(params.guess)
    return _entropy_bits(predict_right(known, params)) - noise


def _entropy_bits(share: float) -> float:
    if share <= 0 or share >= 1:
        return 0.0
    return -share * math.log2(share) - (1 - share) * math.log2(1 - share)
