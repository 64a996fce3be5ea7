"""Forward passes: logits and losses of answers, and greedy decoding, without packing the base.

A tutor's prompt is several times as long as its answer, so prompts are read without a graph, and only answers are
scored. The model always stays in training mode (see `base_model.require_trainable_weights`); only dropout is disabled.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch.nn.functional import cross_entropy

from adapters.dataset import EncodedExample
from adapters.padded_batch import PaddedBatch, pad_batch
from adapters.upper_layers import lower_states_of, upper_logits, upper_prefill

EVAL_BATCH_SIZE = 8  # rows of a pass without gradients


@dataclass(frozen=True, slots=True)
class AnswerLogits:
    """Logits and labels of all answer tokens of some rows."""

    logits: torch.Tensor  # [answer tokens, vocabulary]
    labels: torch.Tensor  # [answer tokens]

    def loss(self) -> torch.Tensor:
        """Return the summed cross-entropy."""
        return cross_entropy(self.logits, self.labels, reduction="sum")


def answer_logits(model: Any, examples: Sequence[EncodedExample], *, train_prompt: bool = False) -> AnswerLogits:
    """Return the logits of the answers, row after row.

    Gradients flow through the keys and values of the prompts only with `train_prompt`. Without it a step costs half as
    much and learns about the same (docs/LOG.md).
    """
    batch = pad_batch(examples, model.device)
    answered = batch.labels >= 0
    lower = lower_states_of(model)
    if lower is not None:
        logits = upper_logits(model, lower, examples, batch, train_prompt=train_prompt)
        return AnswerLogits(logits.float(), batch.labels[answered])
    with torch.set_grad_enabled(train_prompt and torch.is_grad_enabled()):
        cache = _prefill(model, batch)
    output = model(
        input_ids=batch.answer,
        attention_mask=batch.mask,
        position_ids=batch.positions[:, batch.prompt.shape[1] :],
        past_key_values=cache,
        use_cache=True,
    )
    return AnswerLogits(output.logits[answered].float(), batch.labels[answered])


def mean_loss(model: Any, examples: Sequence[EncodedExample]) -> float:
    """Return the mean loss per answer token, without gradients."""
    return sum(answer_losses(model, examples)) / sum(len(example.answer) for example in examples)


def answer_losses(model: Any, examples: Sequence[EncodedExample]) -> list[float]:
    """Return the summed loss of each row's answer, without gradients."""
    return [loss for loss, _ in answer_losses_and_predictions(model, examples)]


def answer_losses_and_predictions(
    model: Any, examples: Sequence[EncodedExample]
) -> list[tuple[float, tuple[int, ...]]]:
    """Return for each row's answer the summed loss and the likeliest token at each position."""
    results: dict[int, tuple[float, tuple[int, ...]]] = {}
    with no_grad_no_dropout(model):
        for batch in length_sorted_batches(examples):
            answers, lengths = answer_logits(model, batch), [len(example.answer) for example in batch]
            losses = torch.split(cross_entropy(answers.logits, answers.labels, reduction="none"), lengths)
            predictions = torch.split(answers.logits.argmax(-1), lengths)
            for example, loss, predicted in zip(batch, losses, predictions, strict=True):
                results[id(example)] = loss.sum().item(), tuple(predicted.tolist())
    return [results[id(example)] for example in examples]


def length_sorted_batches(examples: Sequence[EncodedExample]) -> list[list[EncodedExample]]:
    """Return the rows sorted by length in batches for passes without gradients."""
    order = sorted(examples, key=len)
    return [order[first : first + EVAL_BATCH_SIZE] for first in range(0, len(order), EVAL_BATCH_SIZE)]


def greedy_decode(model: Any, examples: Sequence[EncodedExample], eos_token: int, max_tokens: int) -> list[list[int]]:
    """Return the greedy answers to the prompts as tokens, without `eos_token`."""
    answers: list[list[int]] = [[] for _ in examples]
    batch = pad_batch(examples, model.device)
    before = batch.prompt.shape[1]
    mask, token, position = batch.mask[:, :before], batch.answer[:, :1], batch.positions[:, before : before + 1]
    ended = torch.zeros(len(examples), dtype=torch.bool, device=token.device)
    lower = lower_states_of(model)
    with no_grad_no_dropout(model):
        cache = upper_prefill(model, lower, examples, batch) if lower else _prefill(model, batch)
        for _ in range(max_tokens):
            mask = torch.cat([mask, torch.ones_like(token)], dim=1)
            output = model(
                input_ids=token, attention_mask=mask, position_ids=position, past_key_values=cache, use_cache=True
            )
            token, position = output.logits[:, -1:].argmax(-1), position + 1
            ended |= token[:, 0] == eos_token
            for answer, new, has_ended in zip(answers, token[:, 0].tolist(), ended.tolist(), strict=True):
                if not has_ended:
                    answer.append(new)
            if bool(ended.all()):
                break
    return answers


@contextmanager
def no_grad_no_dropout(model: Any) -> Iterator[None]:
    """Disable gradients and dropout, but stay in training mode, so that 4-bit layers are not packed."""
    dropouts = [module for module in model.modules() if isinstance(module, torch.nn.Dropout) and module.training]
    for module in dropouts:
        module.eval()
    try:
        with torch.no_grad():
            yield
    finally:
        for module in dropouts:
            module.train()


def _prefill(model: Any, batch: PaddedBatch) -> Any:
    """Return the keys and values of the prompts; skips the language-model head, whose logits are not needed."""
    causal = model.get_base_model() if hasattr(model, "get_base_model") else model
    length = batch.prompt.shape[1]
    read = getattr(causal, causal.base_model_prefix)(
        input_ids=batch.prompt,
        attention_mask=batch.mask[:, :length],
        position_ids=batch.positions[:, :length],
        use_cache=True,
    )
    return read.past_key_values
