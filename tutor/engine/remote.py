"""The engine that asks an OpenAI-compatible server: vLLM first, SGLang too.

A learner's adapter is loaded there under a name that holds its version and the hash of its weights, so that neither a
new version nor another house can meet what the server cached under an old name. Talking HTTP is `http_client.py`.
"""

from __future__ import annotations

import logging
import re
import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass

from tutor.engine.base import AdapterRef, EngineInfo, EngineState, Message, Request, require_no_pictures
from tutor.engine.files import sha256_of
from tutor.engine.http_client import Json, Server, ServerRefused
from tutor.engine.openai_messages import as_json, picture_tokens
from tutor.errors import (
    AdapterNotLoaded,
    EngineBusy,
    EngineNotReady,
    InputRefused,
    PromptTooLong,
    RemoteEngineFailed,
)
from tutor.platform.settings import Settings

log = logging.getLogger(__name__)

USUAL_CONTEXT = 4096  # taken for the window of a server that does not tell it
TOO_LONG = "the question with its passages does not fit the model; ask a shorter one"
_TOO_LONG = re.compile(r"context length|context window|too long|longer than|maximum.{0,20}length", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Driver:
    """What differs between servers: two paths, and the model name that asks for an adapter."""

    name: str
    load: str
    unload: str
    model: str  # format of `base` and `adapter`


VLLM = Driver("vllm", "/v1/load_lora_adapter", "/v1/unload_lora_adapter", "{adapter}")
SGLANG = Driver("sglang", "/load_lora_adapter", "/unload_lora_adapter", "{base}:{adapter}")


@dataclass(frozen=True, slots=True)
class Served:
    """What the server says it serves."""

    base: str
    context_tokens: int
    driver: Driver
    sees: str = ""  # its model that takes pictures


def open_remote(settings: Settings) -> RemoteEngine:
    """Return the engine of `TUTOR_ENGINE_URL`; the server is first asked at the first use. Raises SetupError."""
    assert settings.engine_url
    limit = settings.queue_size + (settings.slots or settings.queue_size)
    server = Server(settings.engine_url, settings.engine_key)
    return RemoteEngine(server, settings.model, vision_model=settings.vision_model, most_at_once=limit)


class RemoteEngine:
    """Streams answers from a server. `model` is used where the server lists it, else the server's first base model."""

    def __init__(
        self,
        server: Server,
        model: str = "auto",
        *,
        vision_model: str | None = None,  # which of the server's models takes pictures
        driver: Driver | None = None,  # None: the one that the server names itself
        most_at_once: int = 64,
        most_adapters: int = 64,
        believed_s: float = 2.0,  # how long an answer about the server's health counts
    ) -> None:
        self._server = server
        self._model = model
        self._vision_model = vision_model
        self._driver = driver
        self._most_at_once = most_at_once
        self._believed_s = believed_s
        self._running = 0
        self._lock = threading.Lock()
        self._asking = threading.Lock()
        self._asked_at = float("-inf")
        self._served: Served | None = None
        self._trouble = ""
        self._adapters = ServerAdapters(server, most_adapters)

    def stream(self, request: Request) -> Generator[str, None, None]:
        if not any(message.content.strip() for message in request.messages):
            raise InputRefused("there is nothing to answer: the message is empty")
        if request.max_tokens < 1:
            raise InputRefused(f"an answer of {request.max_tokens} tokens cannot be given; ask for at least 1")
        with self._admitted():
            served = self._ready()
            if any(message.pictures for message in request.messages):
                yield from self._answer(request, served, self._seeing(request, served))
            elif request.adapter is None:
                yield from self._answer(request, served, served.base)
            else:
                yield from self._answer_with(request.adapter, request, served)

    def prepare(self, messages: Sequence[Message], adapter: AdapterRef | None = None) -> None:
        """Do nothing: the server keeps its own cache of beginnings, and its time is everybody's."""

    def count_tokens(self, messages: Sequence[Message]) -> int:
        served = self._ready()
        body: Json = {"model": served.base, "messages": as_json(messages, pictures=False)}
        try:
            reply = self._server.call("POST", "/tokenize", {**body, "add_generation_prompt": True})
            return int(reply["count"]) + picture_tokens(messages)
        except (ServerRefused, KeyError):  # an older server: one token of an answer tells the length of its prompt
            reply = self._server.call("POST", "/v1/chat/completions", {**body, "max_tokens": 1})
            return int(reply["usage"]["prompt_tokens"]) + picture_tokens(messages)

    def info(self) -> EngineInfo:
        """Ask the server, at most every `believed_s`; while one thread asks, the others take what was known."""
        known = self._served is not None or self._trouble != ""
        if time.monotonic() - self._asked_at > self._believed_s and self._asking.acquire(blocking=not known):
            try:
                self._ask()
            finally:
                self._asking.release()
        served, trouble = self._served, self._trouble
        if served is None:
            return EngineInfo(self._model, "remote", EngineState.FAILED, "", 0, trouble, self._server.url)
        state = EngineState.FAILED if trouble else EngineState.READY
        detail = trouble or self._blindness(served)
        return EngineInfo(
            served.base, "remote", state, "", served.context_tokens, detail, self._server.url, sees=served.sees
        )

    def close(self) -> None:
        """Unload what this engine loaded; a server that is gone needs no unloading."""
        served = self._served
        if served is not None:
            self._adapters.unload_all(served.driver)

    def _ask(self) -> None:
        try:
            self._server.call("GET", "/health", timeout_s=2.0)
            self._served = _served(
                self._server.call("GET", "/v1/models", timeout_s=2.0), self._model, self._driver, self._vision_model
            )
            self._trouble = ""
        except RemoteEngineFailed as error:
            self._trouble = str(error)
        self._asked_at = time.monotonic()

    def _blindness(self, served: Served) -> str:
        """Say that the operator asked for a vision model which the server does not have."""
        if not self._vision_model or served.sees:
            return ""
        return f"no model {self._vision_model} on the server (TUTOR_VISION_MODEL), so pictures are read by OCR"

    def _seeing(self, request: Request, served: Served) -> str:
        """Return the model that takes pictures; an adapter of ours belongs to the base and never runs on another."""
        if not served.sees:
            require_no_pictures(request)
        if request.adapter is not None:
            raise AdapterNotLoaded(f"adapter {request.adapter.name} is not used on pictures; ask without it")
        return served.sees

    def _ready(self) -> Served:
        info = self.info()
        served = self._served
        if info.state is not EngineState.READY or served is None:
            raise EngineNotReady(info.detail or "the model server is not ready; try again in a moment")
        return served

    @contextmanager
    def _admitted(self) -> Iterator[None]:
        with self._lock:
            if self._running >= self._most_at_once:
                raise EngineBusy(self._running - self._most_at_once + 1)
            self._running += 1
        try:
            yield
        finally:
            with self._lock:
                self._running -= 1

    def _answer_with(self, ref: AdapterRef, request: Request, served: Served) -> Generator[str, None, None]:
        """Answer on the adapter; a server that has forgotten it (it was started again) is given it once more."""
        with self._adapters.lent(ref, served.driver) as name:
            model = served.driver.model.format(base=served.base, adapter=name)
            try:
                yield from self._answer(request, served, model)
            except ServerRefused as refused:  # a status comes before the first piece, so nothing was said yet
                if refused.status not in (400, 404):
                    raise
                self._adapters.forget(name)
                self._adapters.ensure(name, ref, served.driver)
                yield from self._second_try(ref, request, served, model)

    def _second_try(self, ref: AdapterRef, request: Request, served: Served, model: str) -> Generator[str, None, None]:
        try:
            yield from self._answer(request, served, model)
        except ServerRefused as refused:
            if refused.status != 404:
                raise
            raise AdapterNotLoaded(
                f"the model server took adapter {ref.name} and does not know it; is there more than one server behind "
                f"{self._server.url}?"
            ) from refused

    def _answer(self, request: Request, served: Served, model: str) -> Generator[str, None, None]:
        body: Json = {
            "model": model,
            "messages": as_json(request.messages),
            "stream": True,
            "max_tokens": self._room(request, served),
            "temperature": request.temperature,
            "top_p": request.top_p,
            "seed": request.seed,
        }
        if request.stop:
            body["stop"] = list(request.stop)
        ended = False
        try:
            events = self._server.events("/v1/chat/completions", body, timeout_s=request.time_limit_s)
            with closing(events):
                for event in events:
                    for choice in event.get("choices", ()):
                        ended = ended or choice.get("finish_reason") in ("stop", "length")
                        if piece := choice.get("delta", {}).get("content"):
                            yield piece
        except ServerRefused as refused:
            if _TOO_LONG.search(refused.reason):
                raise PromptTooLong(TOO_LONG) from refused
            raise
        if not ended:
            raise RemoteEngineFailed(f"the model server {self._server.url} ended an answer without finishing it")

    def _room(self, request: Request, served: Served) -> int:
        """Return how long the answer may be; the prompt is measured only where the wish is a large one."""
        if request.max_tokens <= served.context_tokens // 4:
            return request.max_tokens
        room = served.context_tokens - self.count_tokens(request.messages)
        if room < 1:
            raise PromptTooLong(TOO_LONG)
        return min(request.max_tokens, room)


class ServerAdapters:
    """Which adapters the server holds for us: loaded on demand; beyond `most`, the longest unused one is unloaded."""

    def __init__(self, server: Server, most: int) -> None:
        self._server = server
        self._most = most
        self._held: OrderedDict[str, None] = OrderedDict()
        self._users: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._loading = threading.Lock()

    @contextmanager
    def lent(self, ref: AdapterRef, driver: Driver) -> Iterator[str]:
        """Hold the adapter on the server while an answer uses it. Raises AdapterNotLoaded."""
        name = name_on_server(ref)
        with self._lock:
            self._users[name] += 1
        try:
            self.ensure(name, ref, driver)
            yield name
        finally:
            with self._lock:
                self._users[name] -= 1
            self._trim(driver)

    def ensure(self, name: str, ref: AdapterRef, driver: Driver) -> None:
        """Return when the server holds the adapter; its file is checked before it is handed over."""
        if self._touch(name):
            return
        with self._loading:
            if self._touch(name):
                return
            _check(ref)
            self._load(name, ref, driver)
            with self._lock:
                self._held[name] = None

    def forget(self, name: str) -> None:
        with self._lock:
            self._held.pop(name, None)

    def unload_all(self, driver: Driver) -> None:
        with self._lock:
            names = list(self._held)
            self._held.clear()
        for name in names:
            self._unload(name, driver)

    def _touch(self, name: str) -> bool:
        with self._lock:
            if name in self._held:
                self._held.move_to_end(name)
                return True
            return False

    def _load(self, name: str, ref: AdapterRef, driver: Driver) -> None:
        """Load; "there is one of that name already" is success, because the name holds the hash of the weights."""
        body: Json = {"lora_name": name, "lora_path": str(ref.directory.absolute())}
        try:
            self._server.call("POST", driver.load, body, timeout_s=60.0)
        except ServerRefused as refused:
            if name in _listed(self._server.call("GET", "/v1/models")):
                return
            raise AdapterNotLoaded(
                f"the model server could not load adapter {ref.name} from {ref.directory} (HTTP {refused.status}); "
                "it must see that folder and allow loading at run time, see docs/operations.md"
            ) from refused

    def _trim(self, driver: Driver) -> None:
        with self._lock:
            idle = [name for name in self._held if not self._users[name]]
            surplus = idle[: max(0, len(self._held) - self._most)]
            for name in surplus:
                del self._held[name]
                del self._users[name]
        for name in surplus:
            self._unload(name, driver)

    def _unload(self, name: str, driver: Driver) -> None:
        try:
            self._server.call("POST", driver.unload, {"lora_name": name})
        except RemoteEngineFailed as error:  # the answer is given; an adapter that stays is only memory
            log.warning("adapter %s stays on the model server: %s", name, error)


def name_on_server(ref: AdapterRef) -> str:
    """Return the version's name with the start of its hash: two houses on one server cannot take each other's."""
    return f"{ref.name}-{ref.sha256[:12]}"


def _check(ref: AdapterRef) -> None:
    weights = ref.directory / "adapter_model.safetensors"
    try:
        found = sha256_of(weights)
    except OSError as error:
        raise AdapterNotLoaded(f"adapter {ref.name}: {weights} cannot be read ({error.strerror})") from error
    if found != ref.sha256:
        raise AdapterNotLoaded(f"adapter {ref.name}: {weights} is not the file that was published; train it again")


def _listed(models: Json) -> dict[str, Json]:
    return {str(entry.get("id")): entry for entry in models.get("data", ()) if isinstance(entry, dict)}


def _served(models: Json, wanted: str, driver: Driver | None, vision: str | None = None) -> Served:
    """Read `/v1/models`: adapters have a parent, the base has none."""
    listed = _listed(models)
    bases = {name: entry for name, entry in listed.items() if not entry.get("parent")}
    if not bases:
        raise RemoteEngineFailed("the model server lists no model; start it with one")
    base = wanted if wanted in bases else next(iter(bases))
    named = SGLANG if bases[base].get("owned_by") == "sglang" else VLLM
    context = int(bases[base].get("max_model_len") or USUAL_CONTEXT)
    return Served(base, context, driver or named, vision if vision in bases else "")
