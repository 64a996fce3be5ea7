"""Random models, `tiny_models.py` and `tiny_gguf.py`, and engines over them."""

from __future__ import annotations

from typing import Any

import pytest
from tiny_gguf import make_tiny_gguf
from tiny_models import TinyModel, make_tiny


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> TinyModel:
    """A random Llama with six adapters of ranks 2, 4 and 8 on different layers."""
    return make_tiny(tmp_path_factory.mktemp("llama"), "llama", 6)


@pytest.fixture(scope="session")
def tiny_qwen(tmp_path_factory: pytest.TempPathFactory) -> TinyModel:
    """A random Qwen-style model: norms on q and k, tied embeddings, an explicit head size."""
    return make_tiny(tmp_path_factory.mktemp("qwen"), "qwen", 6)


@pytest.fixture(scope="session")
def tiny_gguf(tmp_path_factory: pytest.TempPathFactory) -> TinyModel:
    """A random Qwen2 in a GGUF file, with four adapters."""
    return make_tiny_gguf(tmp_path_factory.mktemp("gguf"), 4)


@pytest.fixture
def open_tiny(tiny: TinyModel) -> Any:
    """Return a function that opens engines over `tiny`; all are closed at the end."""
    yield from _engine_factory(tiny)


@pytest.fixture
def open_qwen(tiny_qwen: TinyModel) -> Any:
    yield from _engine_factory(tiny_qwen)


@pytest.fixture(scope="module")
def shared_tiny_engine(tiny: TinyModel) -> Any:
    """One engine over `tiny` for all examples of a property test, so that its slots are reused."""
    yield from _shared_engine(tiny)


@pytest.fixture(scope="module")
def shared_qwen_engine(tiny_qwen: TinyModel) -> Any:
    yield from _shared_engine(tiny_qwen)


def _shared_engine(model: TinyModel) -> Any:
    for start in _engine_factory(model):
        yield start()


def _engine_factory(model: TinyModel) -> Any:
    from tutor.engine.capacity import EngineCapacity
    from tutor.engine.local import LocalEngine
    from tutor.engine.model_loading import load_model

    engines: list[LocalEngine] = []

    def start(queue_size: int = 64, **fields: int) -> LocalEngine:
        capacity = EngineCapacity(
            **{"slots": 4, "chunk": 16, "prefill_rows": 2, "prefix_cache_bytes": 4 << 20, **fields}
        )
        engines.append(LocalEngine(load_model(model.files, "fp32"), capacity, queue_size, stop_repetition=False))
        return engines[-1]

    yield start
    for engine in engines:
        engine.close()
