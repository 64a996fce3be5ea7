"""Loads learners' adapters on a model server and unloads them again.

An adapter is loaded under a name that holds its version and the hash of its weights, so neither a new version nor
another installation can meet what the server cached under an old name.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter, OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tutor.engine.base import AdapterRef
from tutor.engine.files import sha256_of
from tutor.engine.http_client import Json, ModelServer, ServerHttpError
from tutor.errors import AdapterNotLoaded, RemoteEngineFailed

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ServerDialect:
    """What differs between servers: two paths, and the model name that selects an adapter."""

    load_path: str
    unload_path: str
    model_format: str  # with the fields `base` and `adapter`


VLLM = ServerDialect("/v1/load_lora_adapter", "/v1/unload_lora_adapter", "{adapter}")
SGLANG = ServerDialect("/load_lora_adapter", "/unload_lora_adapter", "{base}:{adapter}")


class ServerAdapters:
    """The adapters that this engine has loaded on the server.

    They are loaded on demand; beyond `max_adapters`, the least recently used ones that no answer uses are unloaded.
    """

    def __init__(self, server: ModelServer, max_adapters: int) -> None:
        self._server = server
        self._max_adapters = max_adapters
        self._loaded: OrderedDict[str, None] = OrderedDict()
        self._users: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._loading = threading.Lock()

    @contextmanager
    def hold(self, ref: AdapterRef, dialect: ServerDialect) -> Iterator[str]:
        """Keep the adapter on the server while an answer uses it; yields its name there. Raises AdapterNotLoaded."""
        name = server_adapter_name(ref)
        with self._lock:
            self._users[name] += 1
        try:
            self.ensure_loaded(name, ref, dialect)
            yield name
        finally:
            with self._lock:
                self._users[name] -= 1
            self._evict_idle(dialect)

    def ensure_loaded(self, name: str, ref: AdapterRef, dialect: ServerDialect) -> None:
        """Load the adapter on the server if it is not there, after checking its file. Raises AdapterNotLoaded."""
        if self._touch(name):
            return
        with self._loading:
            if self._touch(name):
                return
            _check_weights(ref)
            self._load(name, ref, dialect)
            with self._lock:
                self._loaded[name] = None

    def forget(self, name: str) -> None:
        with self._lock:
            self._loaded.pop(name, None)

    def unload_all(self, dialect: ServerDialect) -> None:
        with self._lock:
            names = list(self._loaded)
            self._loaded.clear()
        for name in names:
            self._unload(name, dialect)

    def _touch(self, name: str) -> bool:
        with self._lock:
            if name in self._loaded:
                self._loaded.move_to_end(name)
                return True
            return False

    def _load(self, name: str, ref: AdapterRef, dialect: ServerDialect) -> None:
        """Load the adapter; "already loaded" counts as success, because the name holds the hash of the weights."""
        body: Json = {"lora_name": name, "lora_path": str(ref.directory.absolute())}
        try:
            self._server.call("POST", dialect.load_path, body, timeout_s=60.0)
        except ServerHttpError as refused:
            if name in models_by_id(self._server.call("GET", "/v1/models")):
                return
            raise AdapterNotLoaded(
                f"the model server could not load adapter {ref.name} from {ref.directory} (HTTP {refused.status}); "
                "it needs access to that folder and loading at run time, see docs/operations.md"
            ) from refused

    def _evict_idle(self, dialect: ServerDialect) -> None:
        with self._lock:
            idle = [name for name in self._loaded if not self._users[name]]
            surplus = idle[: max(0, len(self._loaded) - self._max_adapters)]
            for name in surplus:
                del self._loaded[name]
                del self._users[name]
        for name in surplus:
            self._unload(name, dialect)

    def _unload(self, name: str, dialect: ServerDialect) -> None:
        try:
            self._server.call("POST", dialect.unload_path, {"lora_name": name})
        except RemoteEngineFailed as error:  # the answer is complete; an adapter that stays only takes memory
            log.warning("adapter %s could not be unloaded from the model server: %s", name, error)


def server_adapter_name(ref: AdapterRef) -> str:
    """Return the version's name with the start of its hash, so that installations can share a server."""
    return f"{ref.name}-{ref.sha256[:12]}"


def _check_weights(ref: AdapterRef) -> None:
    weights = ref.directory / "adapter_model.safetensors"
    try:
        found = sha256_of(weights)
    except OSError as error:
        raise AdapterNotLoaded(f"adapter {ref.name}: {weights} cannot be read ({error.strerror})") from error
    if found != ref.sha256:
        raise AdapterNotLoaded(f"adapter {ref.name}: {weights} is not the file that was published; train it again")


def models_by_id(models: Json) -> dict[str, Json]:
    """Return the entries of a reply of `/v1/models` by their id."""
    return {str(entry.get("id")): entry for entry in models.get("data", ()) if isinstance(entry, dict)}
