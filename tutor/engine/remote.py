"""The remote engine: streams answers from an OpenAI-compatible server (vLLM or SGLang)."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass

from tutor.domain import Token
from tutor.engine.base import AdapterRef, EngineInfo, EngineState, GenerationRequest, Message, require_text_only
from tutor.engine.http_client import Json, ModelServer, ServerHttpError
from tutor.engine.openai_messages import image_token_count, to_openai_messages
from tutor.engine.parameter_count import parameters_in_name
from tutor.engine.server_adapters import SGLANG, VLLM, ServerAdapters, ServerDialect, models_by_id
from tutor.errors import (
    AdapterNotLoaded,
    EngineBusy,
    EngineNotReady,
    InputRefused,
    PromptTooLong,
    RemoteEngineFailed,
)
from tutor.platform.settings import Settings

DEFAULT_CONTEXT_TOKENS = 4096  # assumed for a server that does not report its context window
TOO_LONG_MESSAGE = "the question and its passages are too long for the model; ask a shorter question"
_TOO_LONG_PATTERN = re.compile(
    r"context length|context window|too long|longer than|maximum.{0,20}length", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class ServedModel:
    """The models that the server reports."""

    base: str
    context_tokens: int
    dialect: ServerDialect
    vision_model: str = ""  # its model that accepts images
    root: str = ""  # the hub id or path of the base, which a server may offer under another name


def open_remote(settings: Settings) -> RemoteEngine:
    """Return the engine of `TUTOR_ENGINE_URL`; the server is contacted at the first use. Raises SetupError."""
    assert settings.engine_url
    limit = settings.queue_size + (settings.slots or settings.queue_size)
    server = ModelServer(settings.engine_url, settings.engine_key)
    billions = settings.engine_parameters_b
    return RemoteEngine(
        server,
        settings.model,
        vision_model=settings.vision_model,
        max_concurrent=limit,
        parameters=None if billions is None else round(billions * 1e9),
    )


class RemoteEngine:
    """Streams answers from a server: from `model` if the server lists it, otherwise from its first base model."""

    def __init__(
        self,
        server: ModelServer,
        model: str = "auto",
        *,
        vision_model: str | None = None,  # the server's model that accepts images
        max_concurrent: int = 64,
        max_adapters: int = 64,
        health_ttl_s: float = 2.0,  # how long a health check stays valid
        parameters: int | None = None,  # of the model; None: as its name on the server tells
    ) -> None:
        self._server = server
        self._model = model
        self._vision_model = vision_model
        self._max_concurrent = max_concurrent
        self._health_ttl_s = health_ttl_s
        self._parameters = parameters
        self._running = 0
        self._lock = threading.Lock()
        self._refresh_lock = threading.Lock()
        self._refreshed_at = float("-inf")
        self._served: ServedModel | None = None
        self._last_error = ""
        self._adapters = ServerAdapters(server, max_adapters)

    def stream(self, request: GenerationRequest) -> Generator[Token, None, None]:
        if not any(message.content.strip() for message in request.messages):
            raise InputRefused("the message is empty; write a question")
        if request.max_tokens < 1:
            raise InputRefused(f"max_tokens is {request.max_tokens}; ask for at least 1")
        with self._concurrency_slot():
            served = self._require_served()
            if any(message.images for message in request.messages):
                yield from self._answer(request, served, self._require_vision_model(request, served))
            elif request.adapter is None:
                yield from self._answer(request, served, served.base)
            else:
                yield from self._answer_with_adapter(request.adapter, request, served)

    def prefetch_prefix(self, messages: Sequence[Message], adapter: AdapterRef | None = None) -> None:
        """Do nothing: the server has its own prefix cache."""

    def count_tokens(self, messages: Sequence[Message]) -> int:
        served = self._require_served()
        body: Json = {"model": served.base, "messages": to_openai_messages(messages, with_images=False)}
        try:
            reply = self._server.call("POST", "/tokenize", {**body, "add_generation_prompt": True})
            return int(reply["count"]) + image_token_count(messages)
        except (ServerHttpError, KeyError):  # an older server: an answer of one token reports the length of its prompt
            reply = self._server.call("POST", "/v1/chat/completions", {**body, "max_tokens": 1})
            return int(reply["usage"]["prompt_tokens"]) + image_token_count(messages)

    def info(self) -> EngineInfo:
        """Return the server's state, at most `health_ttl_s` old; while one thread asks, others get the last state."""
        known = self._served is not None or self._last_error != ""
        if time.monotonic() - self._refreshed_at > self._health_ttl_s and self._refresh_lock.acquire(
            blocking=not known
        ):
            try:
                self._refresh()
            finally:
                self._refresh_lock.release()
        served, error = self._served, self._last_error
        if served is None:
            return EngineInfo(self._model, "remote", EngineState.FAILED, "", 0, error, self._server.url)
        state = EngineState.FAILED if error else EngineState.READY
        detail = error or self._missing_vision_detail(served)
        return EngineInfo(
            served.base,
            "remote",
            state,
            "",
            served.context_tokens,
            detail,
            self._server.url,
            vision_model=served.vision_model,
            parameters=self._count_parameters(served),
        )

    def close(self) -> None:
        """Unload the adapters that this engine loaded."""
        served = self._served
        if served is not None:
            self._adapters.unload_all(served.dialect)

    def _refresh(self) -> None:
        try:
            self._server.call("GET", "/health", timeout_s=2.0)
            self._served = _parse_served_model(
                self._server.call("GET", "/v1/models", timeout_s=2.0), self._model, self._vision_model
            )
            self._last_error = ""
        except RemoteEngineFailed as error:
            self._last_error = str(error)
        self._refreshed_at = time.monotonic()

    def _count_parameters(self, served: ServedModel) -> int:
        """Return the parameters that are set, or that a name of the base tells, else 0."""
        if self._parameters is not None:
            return self._parameters
        return parameters_in_name(served.base) or parameters_in_name(served.root)

    def _missing_vision_detail(self, served: ServedModel) -> str:
        """Return a sentence if the configured vision model is not on the server, otherwise ""."""
        if not self._vision_model or served.vision_model:
            return ""
        return f"the server has no model {self._vision_model} (TUTOR_VISION_MODEL), so pictures are read by OCR"

    def _require_vision_model(self, request: GenerationRequest, served: ServedModel) -> str:
        """Return the vision model; adapters belong to the base model and are not used with it."""
        if not served.vision_model:
            require_text_only(request)
        if request.adapter is not None:
            raise AdapterNotLoaded(f"adapter {request.adapter.name} cannot be used with pictures; ask without it")
        return served.vision_model

    def _require_served(self) -> ServedModel:
        info = self.info()
        served = self._served
        if info.state is not EngineState.READY or served is None:
            raise EngineNotReady(info.detail or "the model server is not ready; try again in a moment")
        return served

    @contextmanager
    def _concurrency_slot(self) -> Iterator[None]:
        with self._lock:
            if self._running >= self._max_concurrent:
                raise EngineBusy(self._running - self._max_concurrent + 1)
            self._running += 1
        try:
            yield
        finally:
            with self._lock:
                self._running -= 1

    def _answer_with_adapter(
        self, ref: AdapterRef, request: GenerationRequest, served: ServedModel
    ) -> Generator[Token, None, None]:
        """Answer with the adapter; a server that has lost it, for example after a restart, gets it again."""
        with self._adapters.hold(ref, served.dialect) as name:
            model = served.dialect.model_format.format(base=served.base, adapter=name)
            try:
                yield from self._answer(request, served, model)
            except ServerHttpError as refused:  # the status comes before the first token, so nothing was sent yet
                if refused.status not in (400, 404):
                    raise
                self._adapters.forget(name)
                self._adapters.ensure_loaded(name, ref, served.dialect)
                yield from self._retry(ref, request, served, model)

    def _retry(
        self, ref: AdapterRef, request: GenerationRequest, served: ServedModel, model: str
    ) -> Generator[Token, None, None]:
        try:
            yield from self._answer(request, served, model)
        except ServerHttpError as refused:
            if refused.status != 404:
                raise
            raise AdapterNotLoaded(
                f"the model server loaded adapter {ref.name}, but cannot find it; make sure that only one server is "
                f"behind {self._server.url}"
            ) from refused

    def _answer(self, request: GenerationRequest, served: ServedModel, model: str) -> Generator[Token, None, None]:
        body: Json = {
            "model": model,
            "messages": to_openai_messages(request.messages),
            "stream": True,
            "max_tokens": self._max_tokens_for(request, served),
            "temperature": request.temperature,
            "top_p": request.top_p,
            "seed": request.seed,
        }
        if request.stop:
            body["stop"] = list(request.stop)
        ended = False
        try:
            events = self._server.stream_events("/v1/chat/completions", body, timeout_s=request.time_limit_s)
            with closing(events):
                for event in events:
                    for choice in event.get("choices", ()):
                        ended = ended or choice.get("finish_reason") in ("stop", "length")
                        if piece := choice.get("delta", {}).get("content"):
                            yield Token(piece)
        except ServerHttpError as refused:
            if _TOO_LONG_PATTERN.search(refused.reason):
                raise PromptTooLong(TOO_LONG_MESSAGE) from refused
            raise
        if not ended:
            raise RemoteEngineFailed(f"the model server {self._server.url} ended an answer early; ask again")

    def _max_tokens_for(self, request: GenerationRequest, served: ServedModel) -> int:
        """Return how long the answer may be; the prompt is counted only for a large `max_tokens`."""
        if request.max_tokens <= served.context_tokens // 4:
            return request.max_tokens
        remaining = served.context_tokens - self.count_tokens(request.messages)
        if remaining < 1:
            raise PromptTooLong(TOO_LONG_MESSAGE)
        return min(request.max_tokens, remaining)


def _parse_served_model(models: Json, wanted: str, vision_model: str | None = None) -> ServedModel:
    """Read the reply of `/v1/models`: adapters have a parent, base models have none."""
    listed = models_by_id(models)
    bases = {name: entry for name, entry in listed.items() if not entry.get("parent")}
    if not bases:
        raise RemoteEngineFailed("the model server lists no model; start it with a model")
    base = wanted if wanted in bases else next(iter(bases))
    dialect = SGLANG if bases[base].get("owned_by") == "sglang" else VLLM
    context = int(bases[base].get("max_model_len") or DEFAULT_CONTEXT_TOKENS)
    root = str(bases[base].get("root") or "")
    return ServedModel(base, context, dialect, vision_model if vision_model in bases else "", root)
