"""How the next version begins: from the last one with a sample of what it knows, or from nothing. Pure.

Going on is a third of the work, but a version cannot be made to forget: as soon as a row that it learnt is gone, or is
to be examined on, the next one begins from nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from adapters.dataset import sample_rows
from adapters.records import Recipe, TrainingRow


@dataclass(frozen=True, slots=True)
class StartPlan:
    """What a run learns, and how."""

    is_warm_start: bool  # from the version before
    rows: tuple[TrainingRow, ...]
    recipe: Recipe


def plan_start(
    train_rows: Sequence[TrainingRow],
    held_out_rows: Sequence[TrainingRow],
    learned_ids: Collection[str],
    recipe: Recipe,
) -> StartPlan:
    """Return how to begin when a version before has learnt the rows of the ids in `known`."""
    new = [row for row in train_rows if row.id not in learned_ids]
    still = {row.id for row in train_rows} >= set(learned_ids)
    if not learned_ids or not new or not still or recipe.update_steps == 0 or recipe.method != "lora":
        return StartPlan(False, tuple(train_rows), recipe)
    old = [row for row in train_rows if row.id in learned_ids]
    shorter = replace(recipe, max_steps=min(recipe.max_steps, recipe.update_steps))
    return StartPlan(True, (*new, *sample_rows(old, len(new), recipe.seed)), shorter)
