"""The data model of adapters: rows to train on, what to train, and what came out. Pure values, all JSON-able."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import isfinite
from typing import Literal

Role = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One message of a training row."""

    role: Role
    content: str


@dataclass(frozen=True, slots=True)
class TrainingRow:
    """One accepted correction: the prompt as it was rendered and the better answer as the last message.

    `id` is the correction's id: it decides the split, so a row never moves between train and held-out.
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
    """Two answers to one prompt: an edited one and what it replaced, or what was thumbed up and what was not."""

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
        said = (self.chosen, self.rejected)
        good, bad = (TrainingRow(self.id, (*self.prompt, ChatMessage("assistant", text))) for text in said)
        return good, bad


@dataclass(frozen=True, slots=True)
class Recipe:
    """Hyper-parameters of one training run; docs/LOG.md has the figures behind the usual values."""

    method: Literal["lora", "adalora"] = "lora"
    rank: int = 8  # for AdaLoRA the mean of the ranks that are left
    alpha: int = 16
    dropout: float = 0.0
    learning_rate: float = 1e-3  # of LoRA; AdaLoRA takes ten times as much (pace.py)
    weight_decay: float = 0.0
    epochs: int = 10
    max_steps: int = 40
    update_steps: int = 15  # at most, of a version that goes on from the one before; 0: each begins from nothing
    batch_size: int = 2
    max_tokens: int = 1024  # rows are cut to this many tokens from the left of the prompt
    warmup_share: float = 0.1
    clip_norm: float = 1.0
    anchor_weight: float = 3.0  # of the divergence from the base on ordinary text, beside the loss of the corrections
    anchor_rows: int = 2  # ordinary rows a step
    most_drift: float = 0.02  # a finished adapter is weakened until ordinary text is told at most this much worse
    target_loss: float = 0.1  # an epoch whose mean training loss is below this is the last one
    held_out_share: float = 0.2
    rows_to_hold_out: int = 20  # with fewer, all rows are learnt and the card is on them
    most_watched: int = 8  # held-out rows that are looked at while training
    most_between_looks: int = 10  # steps
    patience: int = 2  # looks without a better held-out loss before the best one is taken back
    preference_steps: int = 0  # of DPO on pairs after the corrections are learnt; 0: none, as usual
    preference_rate: float = 1e-4
    preference_beta: float = 0.1
    seed: int = 17
    minimum_rows: int = 3
    time_limit_s: float = 1800.0  # training ends with what it has when all rows have been seen
    memory_limit_mb: int = 64_000
    checkpoint_every_s: float = 20.0


@dataclass(frozen=True, slots=True)
class TrainingJob:
    """Everything the trainer's process needs; written to `job.json` in `directory`."""

    directory: str  # an empty directory of this job; the adapter is written to its `adapter` folder
    base_directory: str
    base_sha256: str
    rows_file: str  # JSONL of TrainingRow
    name: str  # version name, e.g. quiet-heron-v3
    recipe: Recipe = field(default_factory=Recipe)
    previous: str | None = None  # directory of the version to go on from, if its rows all stand (beginning.py)
    pairs_file: str | None = None  # JSONL of PreferenceRow, read when the recipe has preference steps
    current: str | None = None  # directory of the version in use, which the candidate must beat; None: the base
    base_cache_directory: str | None = (
        None  # where what never changes of a base is kept between trainings; None: nowhere
    )


@dataclass(frozen=True, slots=True)
class TrainingProgress:
    """One line of the trainer's progress; the losses are the points of the curves."""

    stage: str  # loading | checking | training | saving
    step: int
    steps: int
    loss: float | None = None
    held_out: float | None = None  # loss of rows that are not learnt, where it was looked at
    drift: float | None = None  # divergence from the base on ordinary text


@dataclass(frozen=True, slots=True)
class StepMetrics:
    """One step of a run: its place, the loss of its rows, and what else was looked at then."""

    step: int
    steps: int
    loss: float
    held_out: float | None = None
    drift: float | None = None


@dataclass(frozen=True, slots=True)
class GateScores:
    """How a model does, in the numbers that decide; losses are nats a token, lower is better. None: not measured."""

    corrections_loss: float  # on held-out corrections, or on the trained ones when too few were there to hold any out
    held_out: int  # how many corrections were held out; 0: `corrections` is on the trained ones
    general_loss: float  # on ordinary questions that have nothing to do with the corrections
    grounded_share: float | None = None  # share of an answer's words that come from the passage, on course questions
    leak_share: float | None = None  # share of questions whose answer is given away against the instructions
    unsafe_share: float | None = None  # share of canaries answered with what must never be said

    def __post_init__(self) -> None:
        if not (isfinite(self.corrections_loss) and isfinite(self.general_loss) and self.general_loss > 0):
            raise ValueError(f"a score card needs finite losses, got {self.corrections_loss} and {self.general_loss}")


@dataclass(frozen=True, slots=True)
class TrainedAdapter:
    """What the trainer wrote and checked by reading it back."""

    name: str
    directory: str
    sha256: str
    base_sha256: str
    metrics: dict[str, float]


@dataclass(frozen=True, slots=True)
class AdapterLimits:
    """What an adapter may look like to be loaded at all."""

    max_rank: int = 64
    targets: tuple[str, ...] = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
    max_bytes: int = 512 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is known of one adapter directory; written last, so its presence means the directory is whole."""

    name: str
    base_sha256: str
    data_sha256: str
    sha256: str  # of adapter_model.safetensors
    config_sha256: str  # of adapter_config.json
    rows: int
    recipe: dict[str, float | int | str]
    versions: dict[str, str]
    metrics: dict[str, float]
    card_sha256: str = ""  # of card.json, the rows behind the metrics
    owner: str = ""  # whom the adapter belongs to; sealed with everything else when it is put in its place
    seal: str = ""  # HMAC-SHA256 over all of the above
