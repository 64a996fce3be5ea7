"""The anchor: keeps an adapter near its base where nobody has corrected anything, or near its earlier self.

On ordinary questions (`replay.jsonl`, written for this) the base's own likelihood of every word is kept before
training. Each step pays for how far the adapter has moved away on a few of them (the KL divergence). Some rows are
never trained on; they say how far it has moved elsewhere.
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
MONITORED_EVERY = 4  # every fourth ordinary row is only watched, never trained on


def load_replay_examples(tokenizer: Tokenizer) -> list[EncodedExample]:
    """Return the ordinary questions and answers as tokens."""
    return [encode_row(row, tokenizer, 512) for row in read_rows(REPLAY_FILE)]


def compute_log_probs(model: Any, examples: Sequence[EncodedExample]) -> dict[str, torch.Tensor]:
    """Return how likely a model finds every word at each place of the answers: bf16, main memory, 0.1 MB a place."""
    found: dict[str, torch.Tensor] = {}
    for some in length_sorted_batches(examples):
        with no_grad_no_dropout(model):
            likely = log_softmax(answer_logits(model, some).logits, dim=-1).to("cpu", torch.bfloat16)
        parts = torch.split(likely, [len(example.answer) for example in some])
        found |= {example.row_id: part for example, part in zip(some, parts, strict=True)}
    return found


class KlRegularizer:
    """What a model said about some rows at the time it was made, and the pull back to it."""

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
        """Return the weighted divergence on the rows whose turn it is, nats a token."""
        return recipe.anchor_weight * self._divergence(
            model, rotating_batch_at(self.regularized, recipe.anchor_rows, recipe.seed, step)
        )

    def monitored_divergence(self, model: Any) -> float:
        """Return how far the model is from where it was, on the rows that are only watched."""
        with no_grad_no_dropout(model):
            parts = [self._divergence(model, some).item() * len(some) for some in length_sorted_batches(self.monitored)]
        return sum(parts) / len(self.monitored)

    def _divergence(self, model: Any, examples: Sequence[EncodedExample]) -> torch.Tensor:
        now = log_softmax(answer_logits(model, examples).logits, dim=-1)
        then = torch.cat([self.reference_log_probs[example.row_id] for example in examples]).to(now)
        return kl_div(now, then, log_target=True, reduction="sum") / len(now)
