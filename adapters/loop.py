"""The training loop: examples in, an adapter that has learnt them out.

A loop of our own because it does three things that the common trainers do not: it computes scores only where there
is an answer, it can be watched and stopped between any two steps, and it keeps 4-bit layers in training mode for
good, so that they are never packed (docs/decisions/training-loop.md).
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch.nn.functional import cross_entropy

from adapters.base import refuse_packed
from adapters.dataset import Example
from adapters.errors import TrainingRefused
from adapters.lora import trainable
from adapters.records import Recipe

Watch = Callable[[int, int, float], None]  # step, steps, loss


@dataclass(frozen=True, slots=True)
class Fitted:
    """What happened in one run; `losses` has one entry a step."""

    losses: tuple[float, ...]
    tokens: int
    seconds: float


def fit(model: Any, examples: Sequence[Example], recipe: Recipe, watch: Watch) -> Fitted:
    """Train the adapter on the examples.

    Stops after `epochs` or `max_steps`, or when an epoch's loss is below `target_loss`. Raises TrainingRefused when
    the loss is no longer a number or the time limit has passed.
    """
    refuse_packed(model)
    began, dice = time.monotonic(), random.Random(recipe.seed)
    parameters = trainable(model)
    optimizer = torch.optim.AdamW(parameters, lr=recipe.learning_rate, weight_decay=recipe.weight_decay)
    steps = planned_steps(len(examples), recipe)
    losses: list[float] = []
    tokens = 0
    for epoch in batches(examples, recipe, dice):
        before = len(losses)
        for batch in epoch:
            _set_rate(optimizer, recipe, len(losses), steps)
            losses.append(_step(model, batch, optimizer, parameters, recipe))
            tokens += sum(len(example) for example in batch)
            watch(len(losses), steps, losses[-1])
            _check(losses[-1], time.monotonic() - began, recipe)
            if len(losses) == steps:
                return Fitted(tuple(losses), tokens, time.monotonic() - began)
        if sum(losses[before:]) / (len(losses) - before) < recipe.target_loss:
            break
    return Fitted(tuple(losses), tokens, time.monotonic() - began)


def planned_steps(rows: int, recipe: Recipe) -> int:
    """Return how many steps a run takes at most."""
    return min(recipe.max_steps, recipe.epochs * math.ceil(rows / recipe.batch_size))


def batches(examples: Sequence[Example], recipe: Recipe, dice: random.Random) -> list[list[list[Example]]]:
    """Return the shuffled batches of every epoch."""
    epochs = []
    for _ in range(recipe.epochs):
        order = dice.sample(list(examples), len(examples))
        epochs.append([order[i : i + recipe.batch_size] for i in range(0, len(order), recipe.batch_size)])
    return epochs


def rate(recipe: Recipe, step: int, steps: int) -> float:
    """Return the learning rate: a linear warm-up, then a cosine down to a tenth."""
    warmup = max(1, round(steps * recipe.warmup_share))
    if step < warmup:
        return recipe.learning_rate * (step + 1) / warmup
    done = (step - warmup) / max(1, steps - warmup)
    return recipe.learning_rate * (0.1 + 0.9 * (1 + math.cos(math.pi * done)) / 2)


def _set_rate(optimizer: torch.optim.Optimizer, recipe: Recipe, step: int, steps: int) -> None:
    for group in optimizer.param_groups:
        group["lr"] = rate(recipe, step, steps)


def _step(
    model: Any, batch: Sequence[Example], optimizer: torch.optim.Optimizer, parameters: list[Any], recipe: Recipe
) -> float:
    """Take one optimizer step; return the mean loss of the batch's answer tokens."""
    optimizer.zero_grad(set_to_none=True)
    answers = sum(len(example.answer) for example in batch)
    total = 0.0
    for part in parts(batch):
        loss = answer_loss(model, part) / answers
        loss.backward()  # type: ignore[no-untyped-call]
        total += loss.item()
    torch.nn.utils.clip_grad_norm_(parameters, recipe.clip_norm)
    optimizer.step()
    return total


def parts(batch: Sequence[Example], padding_share: float = 0.1) -> list[list[Example]]:
    """Cut a batch into parts of like length, so that at most about a tenth of a part is padding."""
    result: list[list[Example]] = []
    for example in sorted(batch, key=len):
        if result and len(result[-1][0]) >= (1 - padding_share) * len(example):
            result[-1].append(example)
        else:
            result.append([example])
    return result


def answer_loss(model: Any, examples: Sequence[Example]) -> torch.Tensor:
    """Return the summed cross-entropy of the answers; rows are padded on the left, so that all answers end together."""
    longest = max(len(example) for example in examples)
    kept = max(len(example.answer) for example in examples) + 1
    tokens, mask, labels = [], [], []
    for example in examples:
        padding = longest - len(example)
        tokens.append([0] * padding + [*example.prompt, *example.answer])
        mask.append([0] * padding + [1] * len(example))
        labels.append([-100] * (kept - 1 - len(example.answer)) + list(example.answer))
    device = model.device
    output = model(
        input_ids=torch.tensor(tokens, device=device),
        attention_mask=torch.tensor(mask, device=device),
        logits_to_keep=kept,
        use_cache=False,
    )
    scores = output.logits[:, :-1].float()
    return cross_entropy(scores.flatten(0, 1), torch.tensor(labels, device=device).flatten(), reduction="sum")


def mean_loss(model: Any, examples: Sequence[Example]) -> float:
    """Return the mean loss of the answers' tokens without learning, with dropout off and 4-bit layers unpacked."""
    dropouts = [module for module in model.modules() if isinstance(module, torch.nn.Dropout) and module.training]
    for module in dropouts:
        module.eval()
    with torch.no_grad():
        total = sum(answer_loss(model, [example]).item() for example in examples)
    for module in dropouts:
        module.train()
    return total / sum(len(example.answer) for example in examples)


def _check(loss: float, seconds: float, recipe: Recipe) -> None:
    if not math.isfinite(loss):
        raise TrainingRefused("the loss is no longer a number; lower the learning rate")
    if seconds > recipe.time_limit_s:
        raise TrainingRefused(f"training took longer than {recipe.time_limit_s:.0f} s; train on fewer corrections")


def seed(value: int) -> None:
    """Make what follows (the adapter's first values, dropout) the same in every run."""
    torch.manual_seed(value)
