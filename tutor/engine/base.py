"""The seam between a turn and whatever generates text.

An `Engine` streams the answer to one request; closing the iterator cancels it. `ScriptedEngine` is the trivial
twin, `LocalEngine` runs a 4-bit model in this process, `RemoteEngine` asks an OpenAI-compatible server.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Literal, Protocol

from tutor.domain import Queued, Token
from tutor.errors import InputRefused


@dataclass(frozen=True, slots=True)
class Message:
    """One chat message. `content` is untrusted: engines must not let it forge role markers.

    `pictures` are PNGs shown with it; only an engine whose `info().sees` names a model takes them.
    """

    role: Literal["system", "user", "assistant"]
    content: str
    images: tuple[bytes, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class AdapterRef:
    """A published adapter version; `name` is unique for ever, so caches may be keyed by it."""

    name: str
    directory: Path  # PEFT files: adapter_config.json, adapter_model.safetensors
    sha256: str  # of adapter_model.safetensors
    base_sha256: str  # of the base model it was trained on


@dataclass(frozen=True, slots=True)
class GenerationRequest:
    """One answer to generate. `temperature` 0 is greedy; `learner` is the fairness key of the queue."""

    messages: tuple[Message, ...]
    learner: str
    conversation: str = ""
    adapter: AdapterRef | None = None
    max_tokens: int = 320
    temperature: float = 0.0
    top_p: float = 1.0
    seed: int = 0
    stop: tuple[str, ...] = ()
    time_limit_s: float = 120.0


def text_of(stream: Iterable[Token | Queued]) -> str:
    """Return the whole answer of a stream."""
    return "".join(event.text for event in stream if isinstance(event, Token))


def require_text_only(request: GenerationRequest) -> None:
    """Refuse what a model of words cannot see, rather than answer as if nothing had been shown."""
    if any(message.images for message in request.messages):
        raise InputRefused("the model that answers here does not see pictures; write down what is in it", key="blind")


class EngineState(StrEnum):
    """Whether an engine can answer now."""

    LOADING = "loading"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class EngineInfo:
    """What serves: shown on the page, in /healthz and stored with each turn."""

    model: str
    quantization: str  # "nf4", "bf16", "fp32", "none", "remote"
    state: EngineState
    base_sha256: str  # "" while loading; what an adapter must have been trained on
    context_tokens: int  # window for prompt and answer together
    detail: str = ""  # one sentence for people: a fallback, a load error
    device: str = "cpu"
    vision_model: str = ""  # the model that takes pictures, "" where none does


class Engine(Protocol):
    """Streams answers. Every method may be called from any thread."""

    def stream(self, request: GenerationRequest) -> Generator[Token | Queued, None, None]:
        """Yield the answer token by token as it comes; closing the generator cancels within one step.

        While the request is in the queue, a `Queued` comes whenever its place has changed.
        Raises EngineNotReady, EngineBusy, PromptTooLong, AdapterNotLoaded, GenerationTimeout, RemoteEngineFailed;
        InputRefused for pictures where `info().sees` names no model.
        """
        ...

    def prefetch_prefix(self, messages: Sequence[Message], adapter: AdapterRef | None = None) -> None:
        """Take the hint that a coming request will begin with these messages; reads them while nobody waits."""
        ...

    def count_tokens(self, messages: Sequence[Message]) -> int:
        """Return the length of the templated prompt in tokens, generation prompt included."""
        ...

    def info(self) -> EngineInfo: ...

    def close(self) -> None: ...
