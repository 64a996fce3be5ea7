"""A fake model server, an engine that uses it, and adapters on disk."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fake_model_server import FakeModelServer

from tutor.engine.base import AdapterRef
from tutor.engine.http_client import ModelServer
from tutor.engine.remote import RemoteEngine


@pytest.fixture
def server() -> Iterator[FakeModelServer]:
    with FakeModelServer() as fake:
        yield fake


@pytest.fixture
def engine(server: FakeModelServer) -> RemoteEngine:
    return RemoteEngine(ModelServer(server.url, read_timeout_s=0.5))


@pytest.fixture
def adapter(tmp_path: Path) -> Callable[[str], AdapterRef]:
    def publish(name: str) -> AdapterRef:
        directory = tmp_path / name
        directory.mkdir()
        weights = f"weights of {name}".encode()
        (directory / "adapter_model.safetensors").write_bytes(weights)
        return AdapterRef(name, directory, hashlib.sha256(weights).hexdigest(), "base")

    return publish
