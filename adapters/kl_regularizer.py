"""A KL regularizer: keeps an adapter close to its reference model on ordinary questions.

Before training, the reference's log-probabilities on the replay rows (`replay.jsonl`) are stored. Each step adds the KL
divergence from them on a few rows to the loss. Some rows are only monitored and never trained on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch.nn.functional import kl_div, log_softmax

from adapters.dataset import EncodedExample, Tokenizer, encode_row, read_rows
from adapters.records import Recipe
from adapters.schedule import rotating_batch_at
from adapters.scoring import answer_logits, length_sorted_batches, no_grad_no_dropout

REPLAY_FILE = Path(__file__).parent / "replay.jsonl"
MONITORED_EVERY = 4  # every fourth row is only monitored


def load_replay_examples(tokenizer: Tokenizer) -> list[EncodedExample]:
    """Return the replay rows as tokens."""
    return [encode_row(row, tokenizer, 512) for row in read_rows(REPLAY_FILE)]


def compute_log_probs(model: Any, examples: Sequence[EncodedExample]) -> dict[str, torch.Tensor]:
    """Return by row the log-probabilities of all tokens at each position of the answer, in bf16 and main memory.

    A position takes 0.1 MB with a vocabulary of 50,000.
    """
    result: dict[str, torch.Tensor] = {}
    for batch in length_sorted_batches(examples):
        with no_grad_no_dropout(model):
            log_probs = log_softmax(answer_logits(model, batch).logits, dim=-1).to("cpu", torch.bfloat16)
        parts = torch.split(log_probs, [len(example.answer) for example in batch])
        result |= {example.row_id: part for example, part in zip(batch, parts, strict=True)}
    return result


class KlRegularizer:
    """The penalty on the divergence from a reference model, which is `model` at the time of construction."""

    def __init__(
        self,
        model: Any,
        examples: Sequence[EncodedExample],
        monitor_every: int = MONITORED_EVERY,
        reference_log_probs: Mapping[str, torch.Tensor] | None = None,
    ) -> None:
        self.reference_log_probs = (
            dict(reference_log_probs) if reference_log_probs else compute_log_probs(model, examples)
        )
        self.monitored = tuple(examples[::monitor_every]) if monitor_every else ()
        self.regularized = tuple(example for example in examples if example not in self.monitored)

    def penalty(self, model: Any, recipe: Recipe, step: int) -> torch.Tensor:
        """Return the weighted KL divergence on the rows of a step, in nats per token."""
        return recipe.anchor_weight * self.divergence(model, self.rows_at(recipe, step))

    def rows_at(self, recipe: Recipe, step: int) -> list[EncodedExample]:
        """Return the rows of a step."""
        return rotating_batch_at(self.regularized, recipe.anchor_rows, recipe.seed, step)

    def divergence(self, model: Any, examples: Sequence[EncodedExample]) -> torch.Tensor:
        """Return the mean KL divergence from the reference on some rows, in nats per token."""
        return self.divergence_of(answer_logits(model, examples).logits, examples)

    def divergence_of(self, logits: torch.Tensor, examples: Sequence[EncodedExample]) -> torch.Tensor:
        """Return the divergence of known logits of the rows' answers."""
        now = log_softmax(logits, dim=-1)
        then = torch.cat([self.reference_log_probs[example.row_id] for example in examples]).to(now)
        return kl_div(now, then, log_target=True, reduction="sum") / len(now)
