"""Decides whether training continues from the previous version (a warm start) or begins from scratch. Pure.

A warm start trains on the new rows and a sample of the old ones, a third of the work. But a version cannot be made to
forget: when a row that it learned is withdrawn or now held out, the next version is trained from scratch.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from adapters.dataset import sample_rows
from adapters.records import Recipe, TrainingRow


@dataclass(frozen=True, slots=True)
class StartPlan:
    """The rows and the recipe of a run."""

    is_warm_start: bool
    rows: tuple[TrainingRow, ...]
    recipe: Recipe


def plan_start(train_rows: Sequence[TrainingRow], learned_ids: Collection[str], recipe: Recipe) -> StartPlan:
    """Return the plan, where `learned_ids` are the ids of the rows that the previous version learned."""
    new = [row for row in train_rows if row.id not in learned_ids]
    all_remain = {row.id for row in train_rows} >= set(learned_ids)
    if not learned_ids or not new or not all_remain or recipe.update_steps == 0 or recipe.method != "lora":
        return StartPlan(False, tuple(train_rows), recipe)
    old = [row for row in train_rows if row.id in learned_ids]
    shorter = replace(recipe, max_steps=min(recipe.max_steps, recipe.update_steps))
    return StartPlan(True, (*new, *sample_rows(old, len(new), recipe.seed)), shorter)
