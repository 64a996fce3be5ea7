"""Coursewise: what a course's own answers add to the tracer that ships.

A line and products of pairs on `tracing_features.py`, drawn to adding nothing, so that twenty learners mend
the level and a
thousand the order too. It is learnt from all learners of the course together (`course_delta_fitting.py`), never moved
by the one it speaks of, and stands still until it is learnt anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from tutor.errors import ModelUnusable
from tutor.learner.answer_history import History
from tutor.learner.feature_counts import Tally, counts_from, plain_counts
from tutor.learner.logit import Floats
from tutor.learner.tracing_features import CIRCUMSTANCES, row

FORMAT = 1
TOGETHER = (  # signals whose products are signals too
    *("item", "pattern", "run", "attempt", "after_last", "echo_sum", "echo_fading"),
    *("answers", "surplus", "surprise_middle", "surprise_long"),
    *("skill_answers", "skill_middle", "skill_long", "skill_gap", "streak", "item_answers", "item_last"),
)
FAR = 3.0  # standard deviations; beyond, a product grows no more
FIRST = 200  # unaided answers of a course from which on there is something to learn
GROWN = 1.25  # times as many answers as the last time: learn anew
_AT = [CIRCUMSTANCES.index(name) for name in TOGETHER]
_PAIRS = [(a, b) for n, a in enumerate(_AT) for b in _AT[n:]]
_LEFT, _RIGHT = (np.array(side) for side in zip(*_PAIRS, strict=True))
WIDTH = len(CIRCUMSTANCES) + len(_PAIRS)


@dataclass(frozen=True, slots=True, eq=False)
class Coursewise:
    """What one course's answers taught, on top of the weights `upon`."""

    upon: str  # version of the weights that it corrects
    answers: int  # from so many it was learnt
    tally: Tally
    centre: Floats
    spread: Floats
    weights: Floats  # one for each column of `expanded`
    bias: float

    def adds(self, history: History, item: str, skill: str) -> float:
        """Return by how many log-odds the learner is likelier right on this item than the weights alone say."""
        found = np.array([row(history, item, skill, self.tally)], dtype=np.float64)
        return float(expanded((found - self.centre) / self.spread)[0] @ self.weights) + self.bias


def is_due(learnt_from: int, answers: int) -> bool:
    """Whether a course with so many answers is worth learning (anew)."""
    return answers >= FIRST and answers >= GROWN * learnt_from


def expanded(standard: Floats) -> Floats:
    """Return standardised rows with the products of pairs beside them."""
    near = np.clip(standard, -FAR, FAR)
    return np.concatenate([standard, near[:, _LEFT] * near[:, _RIGHT]], axis=1)


def plain(found: Coursewise) -> dict[str, Any]:
    """Return what `coursewise_from` reads again."""
    arrays = {name: [float(f"{v:.7g}") for v in getattr(found, name)] for name in ("centre", "spread", "weights")}
    head = {"format": FORMAT, "signals": [*CIRCUMSTANCES, *TOGETHER], "upon": found.upon, "answers": found.answers}
    return {**head, **arrays, "bias": found.bias, "counts": plain_counts(found.tally)}


def coursewise_from(kept: Mapping[str, Any]) -> Coursewise:
    """Return what `plain` wrote; raises ModelUnusable when it was learnt for other signals."""
    if kept.get("format") != FORMAT or kept.get("signals") != [*CIRCUMSTANCES, *TOGETHER]:
        raise ModelUnusable("what this course taught the tracer was learnt for other signals; it is learnt anew")
    arrays = {name: np.array(kept[name], dtype=np.float64) for name in ("centre", "spread", "weights")}
    return Coursewise(
        upon=kept["upon"], answers=kept["answers"], tally=counts_from(kept["counts"]), bias=kept["bias"], **arrays
    )
