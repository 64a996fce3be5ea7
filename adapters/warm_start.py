"""How the next version begins: from the last one with a sample of what it knows, or from nothing. Pure.

Going on is a third of the work, but a version cannot be made to forget: as soon as a row that it learnt is gone, or is
to be examined on, the next one begins from nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from adapters.dataset import sample_of
from adapters.records import Recipe, TrainingRow


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a run learns, and how."""

    goes_on: bool  # from the version before
    rows: tuple[TrainingRow, ...]
    recipe: Recipe


def beginning(
    to_learn: Sequence[TrainingRow], to_check: Sequence[TrainingRow], known: Collection[str], recipe: Recipe
) -> Beginning:
    """Return how to begin when a version before has learnt the rows of the ids in `known`."""
    new = [row for row in to_learn if row.id not in known]
    still = {row.id for row in to_learn} >= set(known)
    if not known or not new or not still or recipe.update_steps == 0 or recipe.method != "lora":
        return Beginning(False, tuple(to_learn), recipe)
    old = [row for row in to_learn if row.id in known]
    shorter = replace(recipe, max_steps=min(recipe.max_steps, recipe.update_steps))
    return Beginning(True, (*new, *sample_of(old, len(new), recipe.seed)), shorter)
