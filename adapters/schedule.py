"""The schedule of a training run: number of steps, rows and learning rate of each. Pure and reproducible."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

from adapters.dataset import EncodedExample
from adapters.records import Recipe

ADALORA_RATE_FACTOR = 10.0  # its singular values start at zero; at LoRA's rate it learns nothing (docs/LOG.md)
MAX_PADDING_SHARE = 0.1  # of a micro-batch


def planned_steps(rows: int, recipe: Recipe) -> int:
    """Return the largest number of steps of a run."""
    return min(recipe.max_steps, recipe.epochs * steps_per_epoch(rows, recipe))


def steps_per_epoch(rows: int, recipe: Recipe) -> int:
    return math.ceil(rows / recipe.batch_size)


def batch_at(examples: Sequence[EncodedExample], recipe: Recipe, step: int) -> list[EncodedExample]:
    """Return the rows of a step, counted from 0; each epoch has every row once, in a different order."""
    epoch, place = divmod(step, steps_per_epoch(len(examples), recipe))
    order = _shuffled(examples, f"rows:{recipe.seed}:{epoch}")
    return order[place * recipe.batch_size : (place + 1) * recipe.batch_size]


def rotating_batch_at(examples: Sequence[EncodedExample], count: int, seed: int, step: int) -> list[EncodedExample]:
    """Return the `count` rows of a step when all rows take turns endlessly."""
    places = range(step * count, (step + 1) * count)
    return [_shuffled(examples, f"turns:{seed}:{p // len(examples)}")[p % len(examples)] for p in places]


def learning_rate_at(recipe: Recipe, step: int, steps: int) -> float:
    """Return the learning rate of a step: linear warm-up, then cosine decay to a tenth of the peak."""
    peak = recipe.learning_rate * (ADALORA_RATE_FACTOR if recipe.method == "adalora" else 1.0)
    warmup = max(1, round(steps * recipe.warmup_share))
    if step < warmup:
        return peak * (step + 1) / warmup
    done = (step - warmup) / max(1, steps - warmup)
    return peak * (0.1 + 0.9 * (1 + math.cos(math.pi * done)) / 2)


def split_by_length(batch: Sequence[EncodedExample]) -> list[list[EncodedExample]]:
    """Split a batch into micro-batches of similar length, of which about MAX_PADDING_SHARE at most is padding."""
    result: list[list[EncodedExample]] = []
    for example in sorted(batch, key=len):
        if result and len(result[-1][0]) >= (1 - MAX_PADDING_SHARE) * len(example):
            result[-1].append(example)
        else:
            result.append([example])
    return result


def _shuffled(examples: Sequence[EncodedExample], seed: str) -> list[EncodedExample]:
    return random.Random(seed).sample(list(examples), len(examples))
