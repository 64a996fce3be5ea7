"""The data model of adapters: rows to train on, what to train, and what came out. Pure values, all JSON-able."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One message of a training row."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class TrainingRow:
    """One accepted correction: the prompt as it was rendered and the better answer as the last message.

    `id` is the correction's id: it decides the split, so a row never moves between train and held-out.
    """

    id: str
    messages: tuple[ChatMessage, ...]


@dataclass(frozen=True, slots=True)
class Recipe:
    """Hyper-parameters of one training run."""

    rank: int = 8
    alpha: int = 16
    dropout: float = 0.0
    learning_rate: float = 1e-3
    weight_decay: float = 0.0
    epochs: int = 12
    max_steps: int = 60
    batch_size: int = 4
    max_tokens: int = 1024  # rows are cut to this many tokens from the left of the prompt
    warmup_share: float = 0.1
    clip_norm: float = 1.0
    seed: int = 17
    minimum_rows: int = 1
    time_limit_s: float = 600.0


@dataclass(frozen=True, slots=True)
class TrainingJob:
    """Everything the trainer's process needs; written to `job.json` in `directory`."""

    directory: str  # an empty directory of this job; the adapter is written to its `adapter` folder
    base_directory: str
    base_sha256: str
    rows_file: str  # JSONL of TrainingRow
    name: str  # version name, e.g. quiet-heron-v3
    recipe: Recipe = field(default_factory=Recipe)
    previous: str | None = None  # directory of the version to start from


@dataclass(frozen=True, slots=True)
class TrainingProgress:
    """One line of the trainer's progress."""

    stage: str  # loading | training | saving | checking
    step: int
    steps: int
    loss: float | None = None


@dataclass(frozen=True, slots=True)
class TrainedAdapter:
    """What the trainer wrote and checked by reading it back."""

    name: str
    directory: str
    sha256: str
    base_sha256: str
    metrics: dict[str, float]
