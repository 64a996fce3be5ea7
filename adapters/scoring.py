"""Passes through the model: the scores of answers, their loss, and answers of its own, without ever packing the base.

A tutor's prompt is several times as long as its answer, so prompts are read once without a graph and only answers are
scored. The model stays in training mode for good (`base.refuse_packed` says why); only dropout is switched off.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch.nn.functional import cross_entropy

from adapters.dataset import EncodedExample

EVAL_BATCH_SIZE = 8  # rows in a pass without a graph


@dataclass(frozen=True, slots=True)
class AnswerLogits:
    """Of every answer token of some rows: the score of each word, and the word that is right."""

    logits: torch.Tensor  # [answer tokens, words]
    labels: torch.Tensor  # [answer tokens]

    def loss(self) -> torch.Tensor:
        """Return the summed cross-entropy."""
        return cross_entropy(self.logits, self.labels, reduction="sum")


def answer_logits(model: Any, examples: Sequence[EncodedExample], *, train_prompt: bool = False) -> AnswerLogits:
    """Return the scores of the answers, row after row.

    Gradients do not flow through the prompts' keys and values unless `through_prompt` asks for it. That halves the
    work, and what is learnt is the same in kind (docs/LOG.md).
    """
    batch = _pad_batch(examples, model.device)
    with torch.set_grad_enabled(train_prompt and torch.is_grad_enabled()):
        cache = _prefill(model, batch)
    output = model(
        input_ids=batch.answer,
        attention_mask=batch.mask,
        position_ids=batch.positions[:, batch.prompt.shape[1] :],
        past_key_values=cache,
        use_cache=True,
    )
    answered = batch.labels >= 0
    return AnswerLogits(output.logits[answered].float(), batch.labels[answered])


def mean_loss(model: Any, examples: Sequence[EncodedExample]) -> float:
    """Return the mean loss of the answers' tokens, without learning."""
    return sum(answer_losses(model, examples)) / sum(len(example.answer) for example in examples)


def answer_losses(model: Any, examples: Sequence[EncodedExample]) -> list[float]:
    """Return the summed loss of each row's answer, without learning."""
    return [loss for loss, _ in answer_losses_and_predictions(model, examples)]


def answer_losses_and_predictions(
    model: Any, examples: Sequence[EncodedExample]
) -> list[tuple[float, tuple[int, ...]]]:
    """Return of each row's answer the summed loss, and the likeliest word at each place."""
    found: dict[int, tuple[float, tuple[int, ...]]] = {}
    with no_grad_no_dropout(model):
        for some in length_sorted_batches(examples):
            told, lengths = answer_logits(model, some), [len(example.answer) for example in some]
            each = torch.split(cross_entropy(told.logits, told.labels, reduction="none"), lengths)
            words = torch.split(told.logits.argmax(-1), lengths)
            for example, loss, word in zip(some, each, words, strict=True):
                found[id(example)] = loss.sum().item(), tuple(word.tolist())
    return [found[id(example)] for example in examples]


def length_sorted_batches(examples: Sequence[EncodedExample]) -> list[list[EncodedExample]]:
    """Return the rows in parts of like length that are read in one pass without a graph."""
    order = sorted(examples, key=len)
    return [order[first : first + EVAL_BATCH_SIZE] for first in range(0, len(order), EVAL_BATCH_SIZE)]


def greedy_decode(model: Any, examples: Sequence[EncodedExample], eos_token: int, max_tokens: int) -> list[list[int]]:
    """Return what the model answers to the prompts, each time the likeliest word, without the `end` token."""
    answers: list[list[int]] = [[] for _ in examples]
    batch = _pad_batch(examples, model.device)
    before = batch.prompt.shape[1]
    mask, word, position = batch.mask[:, :before], batch.answer[:, :1], batch.positions[:, before : before + 1]
    ended = torch.zeros(len(examples), dtype=torch.bool, device=word.device)
    with no_grad_no_dropout(model):
        cache = _prefill(model, batch)
        for _ in range(max_tokens):
            mask = torch.cat([mask, torch.ones_like(word)], dim=1)
            output = model(
                input_ids=word, attention_mask=mask, position_ids=position, past_key_values=cache, use_cache=True
            )
            word, position = output.logits[:, -1:].argmax(-1), position + 1
            ended |= word[:, 0] == eos_token
            for answer, token, over in zip(answers, word[:, 0].tolist(), ended.tolist(), strict=True):
                if not over:
                    answer.append(token)
            if bool(ended.all()):
                break
    return answers


@contextmanager
def no_grad_no_dropout(model: Any) -> Iterator[None]:
    """No gradients and no dropout, and still in training mode, so that 4-bit layers are not packed."""
    dropouts = [module for module in model.modules() if isinstance(module, torch.nn.Dropout) and module.training]
    for module in dropouts:
        module.eval()
    try:
        with torch.no_grad():
            yield
    finally:
        for module in dropouts:
            module.train()


@dataclass(frozen=True, slots=True)
class _Batch:
    """Prompts padded on the left, answers on the right, so that all answers begin together."""

    prompt: torch.Tensor  # all but the last token of each prompt
    answer: torch.Tensor  # the last token of the prompt and all but the last of the answer
    labels: torch.Tensor
    mask: torch.Tensor
    positions: torch.Tensor


def _pad_batch(examples: Sequence[EncodedExample], device: torch.device) -> _Batch:
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


def _prefill(model: Any, batch: _Batch) -> Any:
    """Return the keys and values of the prompts, read without the head, which would score every word for nothing."""
    causal = model.get_base_model() if hasattr(model, "get_base_model") else model
    length = batch.prompt.shape[1]
    read = getattr(causal, causal.base_model_prefix)(
        input_ids=batch.prompt,
        attention_mask=batch.mask[:, :length],
        position_ids=batch.positions[:, :length],
        use_cache=True,
    )
    return read.past_key_values
