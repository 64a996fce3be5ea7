"""Counts of right answers by feature value, over the learners of a course.

A rate is shrunk towards that of a wider group, so that three answers never look like certainty. Which features there
are is decided in `tracing_features.py`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

FeatureKey = tuple[Any, ...]  # the kind of feature, then its values; nested tuples of str, int, bool and None
Count = tuple[int, int]  # answers, right answers
NO_ANSWERS: Count = (0, 0)


@dataclass(slots=True)
class FeatureCounts:
    """Counts by feature value; `add` changes them in place."""

    counts: dict[FeatureKey, Count] = field(default_factory=dict)

    def add(self, keys: Iterable[FeatureKey], *, right: bool) -> None:
        counts = self.counts
        for key in keys:
            answers, rights = counts.get(key, NO_ANSWERS)
            counts[key] = (answers + 1, rights + right)

    def count(self, key: FeatureKey, held_out: FeatureCounts | None = None) -> Count:
        """Return the count without `held_out`, the part of these counts that must not be used for the prediction."""
        answers, rights = self.counts.get(key, NO_ANSWERS)
        if held_out is None:
            return answers, rights
        fewer, fewer_rights = held_out.counts.get(key, NO_ANSWERS)
        return answers - fewer, rights - fewer_rights

    def smoothed_rate(
        self, key: FeatureKey, prior: float, strength: float, held_out: FeatureCounts | None = None
    ) -> float:
        """Return the share of right answers in (0, 1), shrunk to `prior` as if by `strength` more answers."""
        answers, rights = self.count(key, held_out)
        return (rights + strength * prior) / (answers + strength)

    def without_rare(self, min_count: int) -> FeatureCounts:
        """Return the counts without feature values that were seen fewer than `min_count` times."""
        return FeatureCounts({key: count for key, count in self.counts.items() if count[0] >= min_count})


def counts_to_json(counts: FeatureCounts) -> list[Any]:
    """Return what `counts_from_json` reads; JSON has no tuples."""
    return [[list(key), *count] for key, count in counts.counts.items()]


def counts_from_json(plain: Iterable[Any]) -> FeatureCounts:
    return FeatureCounts({_to_tuples(key): (answers, rights) for key, answers, rights in plain})


def _to_tuples(value: Any) -> Any:
    return tuple(map(_to_tuples, value)) if isinstance(value, list) else value
