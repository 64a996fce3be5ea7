"""The plan of a run: how many steps, which rows in each, at what rate. Pure, and the same after a new start."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

from adapters.dataset import Example
from adapters.records import Recipe

ADALORA_RATE = (
    10.0  # times as high: its singular values begin at zero; at LoRA's own rate it learns nothing (docs/LOG.md)
)


def planned_steps(rows: int, recipe: Recipe) -> int:
    """Return how many steps a run takes at most."""
    return min(recipe.max_steps, recipe.epochs * steps_an_epoch(rows, recipe))


def steps_an_epoch(rows: int, recipe: Recipe) -> int:
    return math.ceil(rows / recipe.batch_size)


def batch_of(examples: Sequence[Example], recipe: Recipe, step: int) -> list[Example]:
    """Return the rows of a step, counted from 0; each epoch shows every row once, in an order of its own."""
    epoch, place = divmod(step, steps_an_epoch(len(examples), recipe))
    order = _shuffled(examples, f"rows:{recipe.seed}:{epoch}")
    return order[place * recipe.batch_size : (place + 1) * recipe.batch_size]


def turn_of(examples: Sequence[Example], count: int, seed: int, step: int) -> list[Example]:
    """Return the `count` rows whose turn it is at a step when all take turns for ever."""
    places = range(step * count, (step + 1) * count)
    return [_shuffled(examples, f"turns:{seed}:{p // len(examples)}")[p % len(examples)] for p in places]


def rate(recipe: Recipe, step: int, steps: int) -> float:
    """Return the learning rate: a linear warm-up, then a cosine down to a tenth."""
    peak = recipe.learning_rate * (ADALORA_RATE if recipe.method == "adalora" else 1.0)
    warmup = max(1, round(steps * recipe.warmup_share))
    if step < warmup:
        return peak * (step + 1) / warmup
    done = (step - warmup) / max(1, steps - warmup)
    return peak * (0.1 + 0.9 * (1 + math.cos(math.pi * done)) / 2)


def parts(batch: Sequence[Example], padding_share: float = 0.1) -> list[list[Example]]:
    """Cut a batch into parts of like length, so that at most about a tenth of a part is padding."""
    result: list[list[Example]] = []
    for example in sorted(batch, key=len):
        if result and len(result[-1][0]) >= (1 - padding_share) * len(example):
            result[-1].append(example)
        else:
            result.append([example])
    return result


def _shuffled(examples: Sequence[Example], seed: str) -> list[Example]:
    return random.Random(seed).sample(list(examples), len(examples))
