"""The card of a candidate: what was measured on base, adapter in use and candidate, row by row, with intervals.

Pure values. Taking the measures is `evaluation.py`; deciding on them is `gate.py`.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

ModelSide = Literal["base", "current", "candidate"]
BOOTSTRAP_RESAMPLES = 1000


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean and the range in which it falls in 95 of 100 resamplings of its rows."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class EvalMeasure:
    """One thing measured on the same rows of all three; values stand in the order of the rows."""

    name: str
    lower_is_better: bool
    row_ids: tuple[str, ...]
    base: tuple[float, ...]
    current: tuple[float, ...]  # the base's again when no adapter is in use
    candidate: tuple[float, ...]

    def __post_init__(self) -> None:
        if not len(self.row_ids) == len(self.base) == len(self.current) == len(self.candidate) > 0:
            raise ValueError(f"the measure {self.name} needs one value a row of each side, and at least one row")

    def interval_of(self, side: ModelSide) -> Interval:
        return bootstrap_interval(getattr(self, side))

    def gain(self, over: ModelSide = "current") -> Interval:
        """Return by how much the candidate is better, row by row; below 0 it is worse."""
        sign = -1 if self.lower_is_better else 1
        return bootstrap_interval(
            [sign * (new - old) for new, old in zip(self.candidate, getattr(self, over), strict=True)]
        )


@dataclass(frozen=True, slots=True)
class AnswerComparison:
    """What the three say to the same question."""

    row_id: str
    question: str
    base: str
    current: str
    candidate: str


@dataclass(frozen=True, slots=True)
class EvalReport:
    """All that was measured; `held_out` is the number of corrections that were not learnt, 0 when all were."""

    held_out: int
    measures: tuple[EvalMeasure, ...]
    answers: tuple[AnswerComparison, ...] = ()

    def measure(self, name: str) -> EvalMeasure:
        return next(measure for measure in self.measures if measure.name == name)

    def to_json(self) -> dict[str, Any]:
        """Return the card with its intervals, for a file and for pages."""
        told = [
            asdict(m)
            | {"means": {side: asdict(m.interval_of(side)) for side in ("base", "current", "candidate")}}
            | {"gain": asdict(m.gain()), "gain_over_base": asdict(m.gain("base"))}
            for m in self.measures
        ]
        return {"held_out": self.held_out, "measures": told, "answers": [asdict(answers) for answers in self.answers]}


def report_from_json(value: dict[str, Any]) -> EvalReport:
    """Return the card that `to_json` told; the intervals are reckoned again."""
    names = ("row_ids", "base", "current", "candidate")
    measures = tuple(
        EvalMeasure(m["name"], m["lower_is_better"], *(tuple(m[name]) for name in names)) for m in value["measures"]
    )
    return EvalReport(value["held_out"], measures, tuple(AnswerComparison(**answers) for answers in value["answers"]))


def bootstrap_interval(values: Sequence[float]) -> Interval:
    """Return mean and 95 % interval by resampling the rows; the same for the same values."""
    rng, count = random.Random(len(values)), len(values)
    means = sorted(sum(rng.choices(values, k=count)) / count for _ in range(BOOTSTRAP_RESAMPLES))
    mean = sum(values) / count
    low, high = means[round(0.025 * BOOTSTRAP_RESAMPLES)], means[round(0.975 * BOOTSTRAP_RESAMPLES) - 1]
    return Interval(mean, min(low, mean), max(high, mean))
