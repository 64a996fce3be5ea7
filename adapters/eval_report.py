"""The eval report of a candidate: measures of base, active and candidate model, row by row, with intervals.

Pure values. `evaluation` takes the measures, `gate` decides on them.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any, Literal

ModelSide = Literal["base", "current", "candidate"]
BOOTSTRAP_RESAMPLES = 1000


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean with its 95 % bootstrap interval."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class EvalMeasure:
    """One measure of the three models on the same rows, with one value a row."""

    name: str
    lower_is_better: bool
    row_ids: tuple[str, ...]
    base: tuple[float, ...]
    current: tuple[float, ...]  # equal to `base` when no adapter is active
    candidate: tuple[float, ...]

    def __post_init__(self) -> None:
        if not len(self.row_ids) == len(self.base) == len(self.current) == len(self.candidate) > 0:
            raise ValueError(f"the measure {self.name} needs one value a row for each model, and at least one row")

    def interval_of(self, side: ModelSide) -> Interval:
        return bootstrap_interval(getattr(self, side))

    def gain(self, over: ModelSide = "current") -> Interval:
        """Return the mean improvement of the candidate over another model, paired by row; below 0 it is worse."""
        sign = -1 if self.lower_is_better else 1
        return bootstrap_interval(
            [sign * (new - old) for new, old in zip(self.candidate, getattr(self, over), strict=True)]
        )


@dataclass(frozen=True, slots=True)
class AnswerComparison:
    """The answers of the three models to one question."""

    row_id: str
    question: str
    base: str
    current: str
    candidate: str


@dataclass(frozen=True, slots=True)
class EvalReport:
    """All measures of a candidate; `held_out` is the number of corrections that were not trained on."""

    held_out: int
    measures: tuple[EvalMeasure, ...]
    answers: tuple[AnswerComparison, ...] = ()

    def measure(self, name: str) -> EvalMeasure:
        return next(measure for measure in self.measures if measure.name == name)

    def to_json(self) -> dict[str, Any]:
        """Return the report with its intervals, for card.json and pages."""
        measures = [
            asdict(m)
            | {"means": {side: asdict(m.interval_of(side)) for side in ("base", "current", "candidate")}}
            | {"gain": asdict(m.gain()), "gain_over_base": asdict(m.gain("base"))}
            for m in self.measures
        ]
        return {
            "held_out": self.held_out,
            "measures": measures,
            "answers": [asdict(answers) for answers in self.answers],
        }


def bootstrap_interval(values: Sequence[float]) -> Interval:
    """Return the mean and its 95 % interval by the percentile bootstrap (Efron 1979); deterministic."""
    return _bootstrap_interval(tuple(values))


@lru_cache(maxsize=256)  # report and metrics need the same intervals
def _bootstrap_interval(values: tuple[float, ...]) -> Interval:
    rng, count = random.Random(len(values)), len(values)
    means = sorted(sum(rng.choices(values, k=count)) / count for _ in range(BOOTSTRAP_RESAMPLES))
    mean = sum(values) / count
    low, high = means[round(0.025 * BOOTSTRAP_RESAMPLES)], means[round(0.975 * BOOTSTRAP_RESAMPLES) - 1]
    return Interval(mean, min(low, mean), max(high, mean))
