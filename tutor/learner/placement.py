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

from tutor.learner.bayesian_knowledge_tracing import Knowing, chance_right
from tutor.learner.logit import Floats
from tutor.learner.skill_graph import SkillGraph

QUESTIONS = 15
DRAWS = 4_000
AGAINST_THE_GRAPH = 0.05  # how often a skill is known although something it needs is not: graphs are drawn by people
SETTLED = 0.02  # bits; when no question promises more, there is nothing left to ask


@dataclass(frozen=True, slots=True, eq=False)
class Belief:
    """Ways of knowing the course, one a row, and how likely each is after the answers so far."""

    skills: tuple[str, ...]
    states: npt.NDArray[np.bool_]
    weights: Floats

    def known(self) -> Mapping[str, float]:
        """Return the probability that each skill is known."""
        return dict(zip(self.skills, (self.weights @ self.states).tolist(), strict=True))


def before_any_answer(graph: SkillGraph, seed: int = 0) -> Belief:
    """Return the belief about a learner of whom nothing is known."""
    rng = np.random.default_rng(seed)
    names = graph.ordered()
    place = {name: at for at, name in enumerate(names)}
    share = rng.beta(1.0, 1.0, DRAWS)  # from one who knows nothing to one who knows everything
    states = np.zeros((DRAWS, len(names)), dtype=bool)
    for name in names:
        needs = [place[need] for need in graph.needs(name)]
        ready = states[:, needs].all(axis=1)
        states[:, place[name]] = rng.random(DRAWS) < np.where(ready, share, AGAINST_THE_GRAPH * share)
    return Belief(names, states, np.full(DRAWS, 1 / DRAWS))


def after_answer(belief: Belief, skill: str, knowing: Knowing, *, right: bool) -> Belief:
    """Return the belief after one unaided answer on a skill."""
    known = belief.states[:, belief.skills.index(skill)]
    if_right = np.where(known, 1 - knowing.slip, knowing.guess)
    weights = belief.weights * (if_right if right else 1 - if_right)
    return Belief(belief.skills, belief.states, weights / weights.sum())


def next_question(
    belief: Belief, asked: Collection[str], knowing: Knowing, leave_out: Collection[str] = ()
) -> str | None:
    """Return the skill to ask about next; None after fifteen questions or when no answer would tell much.

    `leave_out` are skills that cannot be asked about: there is no item, or she skipped it.
    """
    if len(asked) >= QUESTIONS:
        return None
    gains = {
        skill: _gain(known, knowing)
        for skill, known in belief.known().items()
        if skill not in asked and skill not in leave_out
    }
    best = max(gains, key=lambda skill: gains[skill], default=None)
    return best if best is not None and gains[best] > SETTLED else None


def _gain(known: float, knowing: Knowing) -> float:
    """Bits that an answer is expected to tell about which way of knowing is hers."""
    noise = known * _bits(knowing.slip) + (1 - known) * _bits(knowing.guess)
    return _bits(chance_right(known, knowing)) - noise


def _bits(share: float) -> float:
    if share <= 0 or share >= 1:
        return 0.0
    return -share * math.log2(share) - (1 - share) * math.log2(1 - share)
