"""The tally: how often answers were right in each circumstance, counted over the learners of a course.

A rate is shrunk towards a wider circumstance, so that three answers never look like certainty.
What a circumstance is, is decided in `tracing_features.py`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

Key = tuple[Any, ...]  # the kind of circumstance, then what it is about; nested tuples of texts, numbers, truths
Count = tuple[int, int]  # answers, right answers
NONE: Count = (0, 0)


@dataclass(slots=True)
class Tally:
    """Counts by circumstance; grows as answers come in."""

    counts: dict[Key, Count] = field(default_factory=dict)

    def add(self, keys: Iterable[Key], *, right: bool) -> None:
        counts = self.counts
        for key in keys:
            answers, rights = counts.get(key, NONE)
            counts[key] = (answers + 1, rights + right)

    def of(self, key: Key, without: Tally | None = None) -> Count:
        """Return the count; `without` is a part of this tally that must not be used: those who are being predicted."""
        answers, rights = self.counts.get(key, NONE)
        if without is None:
            return answers, rights
        fewer, fewer_rights = without.counts.get(key, NONE)
        return answers - fewer, rights - fewer_rights

    def rate(self, key: Key, prior: float, strength: float, without: Tally | None = None) -> float:
        """Share of right answers in (0, 1), drawn to `prior` as if `strength` more answers had shown it."""
        answers, rights = self.of(key, without)
        return (rights + strength * prior) / (answers + strength)

    def trimmed(self, least: int) -> Tally:
        """The same without circumstances that were seen fewer than `least` times."""
        return Tally({key: count for key, count in self.counts.items() if count[0] >= least})


def plain_counts(tally: Tally) -> list[Any]:
    """Return what `counts_from` reads again; JSON knows no tuples."""
    return [[list(key), *count] for key, count in tally.counts.items()]


def counts_from(plain: Iterable[Any]) -> Tally:
    return Tally({_tuples(key): (answers, rights) for key, answers, rights in plain})


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list) else value
