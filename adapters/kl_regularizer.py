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

from adapters.dataset import Example, Tokenizer, encode, read_rows
from adapters.records import Recipe
from adapters.schedule import turn_of
from adapters.scoring import scores, sober, together

REPLAY = Path(__file__).parent / "replay.jsonl"
WATCHED_EVERY = 4  # every fourth ordinary row is only watched, never trained on


def ordinary_examples(tokenizer: Tokenizer) -> list[Example]:
    """Return the ordinary questions and answers as tokens."""
    return [encode(row, tokenizer, 512) for row in read_rows(REPLAY)]


def likelihoods(model: Any, examples: Sequence[Example]) -> dict[str, torch.Tensor]:
    """Return how likely a model finds every word at each place of the answers: bf16, main memory, 0.1 MB a place."""
    found: dict[str, torch.Tensor] = {}
    for some in together(examples):
        with sober(model):
            likely = log_softmax(scores(model, some).logits, dim=-1).to("cpu", torch.bfloat16)
        parts = torch.split(likely, [len(example.answer) for example in some])
        found |= {example.row_id: part for example, part in zip(some, parts, strict=True)}
    return found


class Anchor:
    """What a model said about some rows at the time it was made, and the pull back to it."""

    def __init__(
        self,
        model: Any,
        examples: Sequence[Example],
        watch_every: int = WATCHED_EVERY,
        likely: Mapping[str, torch.Tensor] | None = None,
    ) -> None:
        self.likely = dict(likely) if likely else likelihoods(model, examples)
        self.watched = tuple(examples[::watch_every]) if watch_every else ()
        self.trained = tuple(example for example in examples if example not in self.watched)

    def pull(self, model: Any, recipe: Recipe, step: int) -> torch.Tensor:
        """Return the weighted divergence on the rows whose turn it is, nats a token."""
        return recipe.anchor_weight * self._divergence(
            model, turn_of(self.trained, recipe.anchor_rows, recipe.seed, step)
        )

    def moved(self, model: Any) -> float:
        """Return how far the model is from where it was, on the rows that are only watched."""
        with sober(model):
            parts = [self._divergence(model, some).item() * len(some) for some in together(self.watched)]
        return sum(parts) / len(self.watched)

    def _divergence(self, model: Any, examples: Sequence[Example]) -> torch.Tensor:
        now = log_softmax(scores(model, examples).logits, dim=-1)
        then = torch.cat([self.likely[example.row_id] for example in examples]).to(now)
        return kl_div(now, then, log_target=True, reduction="sum") / len(now)
