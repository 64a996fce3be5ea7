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


def fit(
    model: Any, examples: Sequence[Example], recipe: Recipe, watch: Watch, held_out: Sequence[Example] = ()
) -> Fitted:
    """Train the adapter on the examples.

    Stops after `epochs` or `max_steps`, when an epoch's loss is below `target_loss`, or when the held-out loss has
    not fallen for `patience` epochs; the adapter with the best held-out loss is what stays. Raises TrainingRefused
    when the loss is no longer a number or the time limit has passed.
    """
    refuse_packed(model)
    began, dice = time.monotonic(), random.Random(recipe.seed)
    parameters = trainable(model)
    optimizer = torch.optim.AdamW(parameters, lr=recipe.learning_rate, weight_decay=recipe.weight_decay)
    steps = planned_steps(len(examples), recipe)
    losses: list[float] = []
    best = _Best(parameters)
    for epoch in batches(examples, recipe, dice):
        before = len(losses)
        for batch in epoch[: steps - before]:
            _set_rate(optimizer, recipe, len(losses), steps)
            losses.append(_step(model, batch, optimizer, parameters, recipe))
            watch(len(losses), steps, losses[-1])
            _check(losses[-1], time.monotonic() - began, recipe)
        if held_out:
            best.see(mean_loss(model, held_out))
        learnt = sum(losses[before:]) / (len(losses) - before) < recipe.target_loss
        if learnt or len(losses) == steps or best.waited >= recipe.patience:
            break
    best.restore()
    tokens = len(losses) * sum(map(len, examples)) // math.ceil(len(examples) / recipe.batch_size)
    return Fitted(tuple(losses), tokens, time.monotonic() - began)


class _Best:
    """The parameters at the lowest held-out loss so far, and how many epochs ago that was."""

    def __init__(self, parameters: list[Any]) -> None:
        self.parameters, self.kept, self.loss, self.waited = parameters, list[Any](), math.inf, 0

    def see(self, loss: float) -> None:
        self.waited += 1
        if loss < self.loss:
            self.loss, self.waited = loss, 0
            self.kept = [parameter.detach().clone() for parameter in self.parameters]

    def restore(self) -> None:
        for parameter, value in zip(self.parameters, self.kept, strict=False):
            parameter.data.copy_(value)


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


def answer_loss(model: Any, examples: Sequence[Example], *, through_prompt: bool = False) -> torch.Tensor:
    """Return the summed cross-entropy of the answers.

    The prompts are read once without a graph, then the answers with one: gradients do not flow through the prompts'
    keys and values unless `through_prompt` asks for it. That halves the work, and what is learnt is the same in kind
    (docs/LOG.md).
    """
    batch = _padded(examples, model.device)
    with torch.set_grad_enabled(through_prompt and torch.is_grad_enabled()):
        read = _body(model)(
            input_ids=batch.prompt,
            attention_mask=batch.mask[:, : batch.prompt.shape[1]],
            position_ids=batch.positions[:, : batch.prompt.shape[1]],
            use_cache=True,
        )
    output = model(
        input_ids=batch.answer,
        attention_mask=batch.mask,
        position_ids=batch.positions[:, batch.prompt.shape[1] :],
        past_key_values=read.past_key_values,
        use_cache=True,
    )
    return cross_entropy(output.logits.float().flatten(0, 1), batch.labels.flatten(), reduction="sum")


def _body(model: Any) -> Any:
    """Return the model without its head, which would score every word of the vocabulary for nothing."""
    causal = model.get_base_model() if hasattr(model, "get_base_model") else model
    return getattr(causal, causal.base_model_prefix)


@dataclass(frozen=True, slots=True)
class _Batch:
    """Prompts padded on the left, answers on the right, so that all answers begin together."""

    prompt: torch.Tensor  # all but the last token of each prompt
    answer: torch.Tensor  # the last token of the prompt and all but the last of the answer
    labels: torch.Tensor
    mask: torch.Tensor
    positions: torch.Tensor


def _padded(examples: Sequence[Example], device: torch.device) -> _Batch:
    before = max(1, max(len(example.prompt) - 1 for example in examples))
    after = max(len(example.answer) for example in examples)
    prompts, answers, labels, masks = [], [], [], []
    for example in examples:
        left, right = before - len(example.prompt) + 1, after - len(example.answer)
        prompts.append([0] * left + list(example.prompt[:-1]))
        answers.append([example.prompt[-1], *example.answer[:-1]] + [0] * right)
        labels.append([*example.answer] + [-100] * right)
        masks.append([0] * left + [1] * (len(example) - 1) + [0] * right)
    mask = torch.tensor(masks, device=device)
    return _Batch(
        prompt=torch.tensor(prompts, device=device),
        answer=torch.tensor(answers, device=device),
        labels=torch.tensor(labels, device=device),
        mask=mask,
        positions=(mask.cumsum(-1) - 1).clamp(min=0),
    )


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
