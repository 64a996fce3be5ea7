"""The interface between a turn and whatever generates text.

An `Engine` streams the answer to one request; closing the iterator cancels it. `LocalEngine` runs a 4-bit model in
this process, `RemoteEngine` asks an OpenAI-compatible server, and `ScriptedEngine` is a fake for tests and page work.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Literal, Protocol

from adapters.vault import CLEAR, Vault
from tutor.domain import Queued, Token
from tutor.engine.load_progress import Fallback, LoadProgress
from tutor.errors import InputRefused


@dataclass(frozen=True, slots=True)
class Message:
    """One chat message. `content` is untrusted: engines must not let it forge role markers.

    `images` are PNG files; only an engine whose `info().vision_model` is set accepts them.
    """

    role: Literal["system", "user", "assistant"]
    content: str
    images: tuple[bytes, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class AdapterRef:
    """A published adapter version. A `name` is never reused, so it can be a cache key."""

    name: str
    directory: Path  # PEFT files: adapter_config.json, adapter_model.safetensors
    sha256: str  # of adapter_model.safetensors
    base_sha256: str  # of the base model it was trained on
    vault: Vault = field(default=CLEAR, repr=False, compare=False)  # opens its files


@dataclass(frozen=True, slots=True)
class GenerationRequest:
    """One answer to generate. `temperature` 0 is greedy; the queue shares slots fairly between values of `learner`."""

    messages: tuple[Message, ...]
    learner: str
    adapter: AdapterRef | None = None
    max_tokens: int = 320
    temperature: float = 0.0
    top_p: float = 1.0
    seed: int = 0
    stop: tuple[str, ...] = ()
    time_limit_s: float = 120.0


def text_of(stream: Iterable[Token | Queued]) -> str:
    """Return the complete answer of a stream."""
    return "".join(event.text for event in stream if isinstance(event, Token))


def require_text_only(request: GenerationRequest) -> None:
    """Raise InputRefused for a request with images, which a text model would silently ignore."""
    if any(message.images for message in request.messages):
        raise InputRefused("the model cannot read pictures; describe in words what the picture shows", key="no_vision")


class EngineState(StrEnum):
    """Whether an engine can answer."""

    LOADING = "loading"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class QueueState:
    """How many answers are computed at once and wait for that, with the most that there may be of each."""

    running: int
    slots: int
    waiting: int
    places: int


@dataclass(frozen=True, slots=True)
class EngineInfo:
    """The serving model: shown on the page and in /healthz, and stored with each turn."""

    model: str
    quantization: str  # of the weights: "q4_k_m", "nf4", "bf16", "fp32", "none", "remote"
    state: EngineState
    base_sha256: str  # "" while loading; an adapter must have been trained on this base
    context_tokens: int  # context window: prompt and answer together
    detail: str = ""  # one sentence for people, such as a fallback or a load error
    device: str = "cpu"
    kernel: str = ""  # what computes the linear layers: "int8-rows", "int4-groups", "bitsandbytes", ...
    vision_model: str = ""  # the model that accepts images, "" for none
    progress: LoadProgress | None = None  # while LOADING; `detail` says it in English
    fallback: Fallback | None = None  # why this is not the requested model; `detail` says it in English
    parameters: int = 0  # of the model, which decide what it may do (`size_class`); 0: unknown
    queue: QueueState | None = None  # None while loading, and where another server queues


class Engine(Protocol):
    """Streams answers. Every method may be called from any thread."""

    def stream(self, request: GenerationRequest) -> Generator[Token | Queued, None, None]:
        """Yield the answer as it is generated; closing the generator cancels it within one step.

        While the request waits, yields a `Queued` whenever its place in the queue changes. Raises EngineNotReady,
        EngineBusy, PromptTooLong, AdapterNotLoaded, GenerationTimeout, RemoteEngineFailed, and InputRefused for images
        when `info().vision_model` is "".
        """
        ...

    def prefetch_prefix(self, messages: Sequence[Message], adapter: AdapterRef | None = None) -> None:
        """Read messages that a later request will begin with into the prefix cache, while the engine is idle."""
        ...

    def count_tokens(self, messages: Sequence[Message]) -> int:
        """Return the length of the prompt in tokens, with the chat template and the generation prompt."""
        ...

    def info(self) -> EngineInfo: ...

    def close(self) -> None: ...
