"""Direct preference optimization (Rafailov et al. 2023) on pairs of a chosen and a rejected answer. Off by default.

It runs after training on the corrections and before the evaluation, so its result passes the same gate. The reference
is the model before these steps; the regularizers apply as in the training loop.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch.nn.functional import cross_entropy, logsigmoid

from adapters.base_model import require_trainable_weights
from adapters.dataset import EncodedExample, Tokenizer, encode_row
from adapters.errors import TrainingRefused
from adapters.kl_regularizer import KlRegularizer
from adapters.lora import trainable_parameters
from adapters.records import PreferencePair, Recipe, StepMetrics
from adapters.schedule import rotating_batch_at
from adapters.scoring import answer_logits, no_grad_no_dropout

EncodedPair = tuple[EncodedExample, EncodedExample]  # chosen, rejected


def train_dpo(
    model: Any,
    tokenizer: Tokenizer,
    pairs: Sequence[PreferencePair],
    recipe: Recipe,
    on_step: Callable[[StepMetrics], None],
    regularizers: Sequence[KlRegularizer] = (),
) -> None:
    """Take `preference_steps` steps on the pairs, if any. Raises TrainingRefused when the loss is not finite."""
    if not pairs or not recipe.preference_steps:
        return
    require_trainable_weights(model)
    sides = {p.id: tuple(encode_row(row, tokenizer, recipe.max_tokens) for row in p.to_rows()) for p in pairs}
    with no_grad_no_dropout(model):
        before = {name: margin(model, (good, bad)).item() for name, (good, bad) in sides.items()}
    optimizer = torch.optim.AdamW(
        trainable_parameters(model), lr=recipe.preference_rate, weight_decay=recipe.weight_decay
    )
    chosen = [good for good, _ in sides.values()]
    for step in range(recipe.preference_steps):
        optimizer.zero_grad(set_to_none=True)
        total = 0.0
        batch = rotating_batch_at(chosen, recipe.batch_size, recipe.seed, step)
        for example in batch:
            good, bad = sides[example.row_id]
            moved = margin(model, (good, bad)) - before[example.row_id]
            loss = -logsigmoid(recipe.preference_beta * moved) / len(batch)
            loss.backward()  # type: ignore[no-untyped-call]
            total += loss.item()
        for regularizer in regularizers:
            regularizer.penalty(model, recipe, step).backward()  # type: ignore[no-untyped-call]
        if not math.isfinite(total):
            raise TrainingRefused("the loss on the preference pairs is no longer a number; lower `preference_rate`")
        torch.nn.utils.clip_grad_norm_(trainable_parameters(model), recipe.clip_norm)
        optimizer.step()
        on_step(StepMetrics(step + 1, recipe.preference_steps, total))


def margin(model: Any, pair: EncodedPair) -> torch.Tensor:
    """Return the log-probability of the chosen answer minus that of the rejected one, in nats."""
    answers = answer_logits(model, pair)
    log_probs = -cross_entropy(answers.logits, answers.labels, reduction="none")
    good, bad = torch.split(log_probs, [len(example.answer) for example in pair])
    return good.sum() - bad.sum()
