"""Learning from pairs: the chosen answer becomes likelier than the one it replaced (DPO). Off unless asked for.

It comes after the corrections are learnt and before the exam, so that what it does must pass the same gate. What the
model found likely before is the reference; the anchors hold as they do while corrections are learnt.
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
    """Take `preference_steps` steps on the pairs; none without pairs. Raises TrainingRefused when the loss breaks."""
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
        turn = rotating_batch_at(chosen, recipe.batch_size, recipe.seed, step)
        for example in turn:
            good, bad = sides[example.row_id]
            moved = margin(model, (good, bad)) - before[example.row_id]
            loss = -logsigmoid(recipe.preference_beta * moved) / len(turn)
            loss.backward()  # type: ignore[no-untyped-call]
            total += loss.item()
        for regularizer in regularizers:
            regularizer.penalty(model, recipe, step).backward()  # type: ignore[no-untyped-call]
        if not math.isfinite(total):
            raise TrainingRefused("the loss of the pairs is no longer a number; lower the preference rate")
        torch.nn.utils.clip_grad_norm_(trainable_parameters(model), recipe.clip_norm)
        optimizer.step()
        on_step(StepMetrics(step + 1, recipe.preference_steps, total))


def margin(model: Any, pair: EncodedPair) -> torch.Tensor:
    """Return by how many nats the chosen answer is likelier than the rejected one."""
    told = answer_logits(model, pair)
    each = -cross_entropy(told.logits, told.labels, reduction="none")
    good, bad = torch.split(each, [len(example.answer) for example in pair])
    return good.sum() - bad.sum()
