"""The card: how base and candidate do on the corrections and on ordinary text, measured in the trainer's process.

The ordinary text is `general.jsonl`, a dozen everyday questions written for this purpose: an adapter that tells them
much worse than the base has forgotten more than it has learnt.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from adapters.dataset import Example, Tokenizer, encode, read_rows
from adapters.passes import mean_loss
from adapters.records import ScoreCard

GENERAL = Path(__file__).parent / "general.jsonl"


def general_examples(tokenizer: Tokenizer) -> list[Example]:
    """Return the ordinary questions and answers as tokens."""
    return [encode(row, tokenizer, 512) for row in read_rows(GENERAL)]


def score(model: Any, trained: Sequence[Example], held_out: Sequence[Example], general: Sequence[Example]) -> ScoreCard:
    """Return the card of a model as it stands; with nothing held out it is on the trained corrections."""
    return ScoreCard(mean_loss(model, held_out or trained), len(held_out), mean_loss(model, general))
