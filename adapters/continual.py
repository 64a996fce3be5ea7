"""Going on from the last version: which rows are new, and which older ones are shown again. Pure.

Compared in docs/LOG.md ("a stream of five batches") with training from scratch and with self-distillation.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence

from adapters.records import TrainingRow


def sample_of(rows: Sequence[TrainingRow], count: int, seed: int) -> tuple[TrainingRow, ...]:
    """Return at most `count` of the rows, chosen by id and seed alone, in the order in which they were given."""
    chosen = set(sorted((row.id for row in rows), key=lambda name: _lot(name, seed))[:count])
    return tuple(row for row in rows if row.id in chosen)


def lesson(
    rows: Sequence[TrainingRow], learnt: Collection[str], seed: int
) -> tuple[tuple[TrainingRow, ...], tuple[TrainingRow, ...]]:
    """Return the rows that the last version has not seen, and as many of those that it has."""
    new = tuple(row for row in rows if row.id not in learnt)
    older = [row for row in rows if row.id in learnt]
    return new, sample_of(older, max(1, len(new)), seed)


def _lot(name: str, seed: int) -> bytes:
    return hashlib.sha256(f"{seed}:{name}".encode()).digest()
