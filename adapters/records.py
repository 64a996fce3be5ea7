"""The data model of adapters: training rows, recipes, jobs and results. Pure values that convert to JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import isfinite
from typing import Literal

from adapters.vault import CLEAR, Vault

Role = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One message of a training row."""

    role: Role
    content: str


@dataclass(frozen=True, slots=True)
class TrainingRow:
    """One correction: the rendered prompt, and the better answer as the last message.

    `id` is the correction's id. It decides the split, so a row never moves between training and held-out rows.
    """

    id: str
    messages: tuple[ChatMessage, ...]

    def __post_init__(self) -> None:
        if len(self.messages) < 2 or self.messages[-1].role != "assistant":
            raise ValueError(f"row {self.id} must be a prompt followed by an assistant message")
        if not self.messages[-1].content.strip():
            raise ValueError(f"row {self.id} has an empty answer")

    @property
    def prompt(self) -> tuple[ChatMessage, ...]:
        return self.messages[:-1]

    @property
    def answer(self) -> str:
        return self.messages[-1].content


@dataclass(frozen=True, slots=True)
class PreferencePair:
    """Two answers to one prompt: a correction and the answer it replaced, or one rated up and one rated down."""

    id: str
    prompt: tuple[ChatMessage, ...]
    chosen: str
    rejected: str

    def __post_init__(self) -> None:
        if not (self.prompt and self.chosen.strip() and self.rejected.strip()):
            raise ValueError(f"the pair {self.id} needs a prompt and two answers")
        if self.chosen == self.rejected:
            raise ValueError(f"the pair {self.id} has the same answer twice")

    def to_rows(self) -> tuple[TrainingRow, TrainingRow]:
        """Return the chosen and the rejected answer as rows."""
        answers = (self.chosen, self.rejected)
        good, bad = (TrainingRow(self.id, (*self.prompt, ChatMessage("assistant", text))) for text in answers)
        return good, bad


@dataclass(frozen=True, slots=True)
class Recipe:
    """Hyperparameters of one training run; docs/LOG.md records the measurements behind the defaults."""

    method: Literal["lora", "adalora"] = "lora"
    rank: int = 8  # for AdaLoRA the mean of the final ranks
    alpha: int = 16
    upper_layers: int = 0  # the adapter changes only this many of the last layers; 0: all layers
    dropout: float = 0.0
    learning_rate: float = 1e-3  # for LoRA; AdaLoRA uses ten times as much (schedule.py)
    weight_decay: float = 0.0
    epochs: int = 10
    max_steps: int = 40
    update_steps: int = 15  # at most, for a warm start; 0: no warm start
    batch_size: int = 2
    max_tokens: int = 1024  # per row; longer prompts are truncated from the left
    warmup_share: float = 0.1
    clip_norm: float = 1.0
    anchor_weight: float = 3.0  # of the KL divergence on ordinary text in the loss
    anchor_rows: int = 2  # replay rows per step
    most_drift: float = (
        0.02  # the adapter is scaled down until the loss on ordinary text is at most this share above the base's
    )
    target_loss: float = 0.1  # training ends after an epoch with a mean loss below this
    held_out_share: float = 0.2
    rows_to_hold_out: int = 20  # with fewer rows, all are trained on and evaluated
    most_watched: int = 8  # held-out rows evaluated during training
    most_between_looks: int = 10  # steps between two evaluations
    patience: int = 2  # evaluations without a better held-out loss before training ends with the best one
    preference_steps: int = 0  # of DPO after the corrections; 0: none
    preference_rate: float = 1e-4
    preference_beta: float = 0.1
    seed: int = 17
    minimum_rows: int = 3
    time_limit_s: float = 1800.0  # training then ends once all rows have been seen
    memory_limit_mb: int = 64_000
    checkpoint_every_s: float = 20.0


@dataclass(frozen=True, slots=True)
class TrainingJob:
    """Everything the trainer's process needs; written to `job.json` in `directory`."""

    directory: str  # an empty directory for this job; the adapter is written to `adapter` in it
    base_directory: str
    base_sha256: str
    rows_file: str  # JSONL of TrainingRow
    name: str  # version name, e.g. quiet-heron-v3
    recipe: Recipe = field(default_factory=Recipe)
    previous: str | None = None  # directory of the version for a warm start (warm_start.py)
    pairs_file: str | None = None  # JSONL of PreferencePair, read if the recipe has preference steps
    current: str | None = None  # directory of the active version; None: the base
    base_cache_directory: str | None = None  # for evaluations of the base; None: not cached
    vault: Vault = CLEAR  # of the files in `directory`, `previous` and `current`; its key is in no file


@dataclass(frozen=True, slots=True)
class TrainingProgress:
    """One progress message of the trainer; losses are points of its curves."""

    stage: str  # loading | preparing | checking | training | saving
    step: int
    steps: int
    loss: float | None = None
    held_out: float | None = None  # loss on held-out rows, where it was evaluated
    drift: float | None = None  # KL divergence from the base on ordinary text


@dataclass(frozen=True, slots=True)
class StepMetrics:
    """The metrics of one training step."""

    step: int
    steps: int
    loss: float
    held_out: float | None = None
    drift: float | None = None


@dataclass(frozen=True, slots=True)
class GateScores:
    """The scores of one model that decide at the gate. Losses are in nats per token. None: not measured."""

    corrections_loss: float  # on held-out corrections, or on all when too few to hold any out
    held_out: int  # number of held-out corrections
    general_loss: float  # on everyday questions unrelated to the corrections
    grounded_share: float | None = None  # of an answer's words that are in the passage, on course questions
    leak_share: float | None = None  # of questions whose answer is given away against the instructions
    unsafe_share: float | None = None  # of canaries answered with what must never be said
    match: float | None = None  # likeness of the answers to the corrections, on the learner's own questions

    def __post_init__(self) -> None:
        if not (isfinite(self.corrections_loss) and isfinite(self.general_loss) and self.general_loss > 0):
            raise ValueError(f"scores need finite losses, got {self.corrections_loss} and {self.general_loss}")


@dataclass(frozen=True, slots=True)
class TrainedAdapter:
    """An adapter that the trainer wrote and verified by reading it back."""

    name: str
    directory: str
    sha256: str
    base_sha256: str
    metrics: dict[str, float]


@dataclass(frozen=True, slots=True)
class AdapterLimits:
    """The limits within which an adapter is loaded."""

    max_rank: int = 64
    targets: tuple[str, ...] = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
    max_bytes: int = 512 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Manifest:
    """The manifest of an adapter directory; written last, so its presence means that the directory is complete."""

    name: str
    base_sha256: str
    data_sha256: str
    sha256: str  # of adapter_model.safetensors
    config_sha256: str  # of adapter_config.json
    rows: int
    recipe: dict[str, float | int | str]
    versions: dict[str, str]
    metrics: dict[str, float]
    card_sha256: str = ""  # of card.json, the eval report
    owner: str = ""  # whom the adapter belongs to; set and signed when it is installed
    seal: str = ""  # the signature: HMAC-SHA256 over all of the above
