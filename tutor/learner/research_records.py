"""Records for research, without what leads to a person: fresh ids, weeks instead of times, no group of fewer than five.

A record stays only if at least five learners have one of its kind in its week, and, where it is about an item, at least
five have one about that item. What is removed makes other groups smaller, so this is repeated until nothing changes.
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tutor.learner.disclosure_control import MIN_GROUP_SIZE, mask_small_count


@dataclass(frozen=True, slots=True)
class ResearchRecord:
    """Something that a learner did: an answer to an item, or a question to the tutor (`item` "")."""

    learner: str
    at: datetime
    item: str = ""
    fields: dict[str, Any] = field(default_factory=dict)

    @property
    def week(self) -> str:
        """The ISO week: "2026-W48"."""
        year, number, _day = self.at.isocalendar()
        return f"{year}-W{number:02}"


def release(records: Iterable[ResearchRecord]) -> tuple[list[dict[str, Any]], str]:
    """Return the records as they may be given away, and how many were left out, masked where they are few.

    Learners have ids that are made for this call and stored nowhere; the order within a week is random.
    """
    all_records = list(records)
    kept = without_small_groups(all_records)
    ids: dict[str, str] = defaultdict(lambda: secrets.token_hex(6))
    secrets.SystemRandom().shuffle(kept)
    kept.sort(key=lambda record: record.week)
    rows = [
        {"learner": ids[record.learner], "week": record.week}
        | ({"item": record.item} if record.item else {})
        | record.fields
        for record in kept
    ]
    return rows, mask_small_count(len(all_records) - len(kept))


def without_small_groups(records: Sequence[ResearchRecord]) -> list[ResearchRecord]:
    """Return the records of weeks, and about items, with at least five learners each."""
    kept = list(records)
    while True:
        of_large_groups = _of_large_groups(_of_large_groups(kept, lambda r: r.week), lambda r: r.item)
        if len(of_large_groups) == len(kept):
            return kept
        kept = of_large_groups


def _of_large_groups(records: Sequence[ResearchRecord], group: Callable[[ResearchRecord], str]) -> list[ResearchRecord]:
    learners: dict[str, set[str]] = defaultdict(set)
    for record in records:
        learners[group(record)].add(record.learner)
    return [record for record in records if len(learners[group(record)]) >= MIN_GROUP_SIZE]
