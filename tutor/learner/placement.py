"""Finds out with at most fifteen questions what a new learner already knows.

Some thousand knowledge states (sets of known skills) are sampled along the skill graph, since nobody is likely to know
a skill without its prerequisites, and weighted by the learner's answers. The next question is the one with the largest
expected information gain. The sample is seeded, so that the same answers always give the same placement.
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
SHORT_QUESTIONS = 5  # of a short placement, for whoever is new
N_SAMPLES = 4_000
GRAPH_VIOLATION_RATE = 0.05  # how often a skill is known without its prerequisites: graphs are drawn by people
MIN_INFORMATION_GAIN = 0.02  # bits; when no question promises more, the placement ends


@dataclass(frozen=True, slots=True, eq=False)
class PlacementBelief:
    """Knowledge states (samples, skills), and the probability of each after the answers so far (samples,)."""

    skills: tuple[str, ...]
    states: npt.NDArray[np.bool_]
    weights: FloatArray

    def skill_probabilities(self) -> Mapping[str, float]:
        """Return the probability that each skill is known."""
        return dict(zip(self.skills, (self.weights @ self.states).tolist(), strict=True))


def prior_belief(graph: SkillGraph, seed: int = 0) -> PlacementBelief:
    """Return the belief before any answer."""
    rng = np.random.default_rng(seed)
    names = graph.topological_order()
    place = {name: at for at, name in enumerate(names)}
    share = rng.beta(1.0, 1.0, N_SAMPLES)  # from knowing nothing to knowing everything
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
    """Return the skill to ask about next; None after fifteen questions or when no answer would be informative.

    `excluded` are skills that cannot be asked about: they have no item, or the learner skipped it.
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
    """Return the information in bits that an answer is expected to give about whether the skill is known."""
    noise = known * _entropy_bits(params.slip) + (1 - known) * _entropy_bits(params.guess)
    return _entropy_bits(predict_right(known, params)) - noise


def _entropy_bits(share: float) -> float:
    if share <= 0 or share >= 1:
        return 0.0
    return -share * math.log2(share) - (1 - share) * math.log2(1 - share)
