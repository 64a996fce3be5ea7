"""A data folder is readable by its owner only: an open one is closed, one that serves others too is refused."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from tutor.errors import DataDirUnusable
from tutor.platform.data_dir import open_data_dir


def make_folder(path: Path, mode: int, *names: str) -> Path:
    path.mkdir()
    for name in names:
        make = (path / name).touch if "." in name else (path / name).mkdir
        make()
    path.chmod(mode)  # mkdir's mode depends on the umask
    return path


def permissions(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("mode", [0o755, 0o750, 0o775, 0o711])
@pytest.mark.parametrize("names", [(), ("tutor.sqlite",), (".hidden",), ("models",), ("tutor.sqlite", "backup.zip")])
def test_an_open_data_folder_is_closed_to_others(tmp_path: Path, mode: int, names: tuple[str, ...]):
    folder = make_folder(tmp_path / "var", mode, *names)
    open_data_dir(folder)
    assert permissions(folder) == 0o700


def test_a_new_data_folder_is_closed_to_others_under_any_umask(tmp_path: Path):
    before = os.umask(0)
    try:
        open_data_dir(tmp_path / "new" / "var")
    finally:
        os.umask(before)
    assert permissions(tmp_path / "new" / "var") == 0o700


@pytest.mark.parametrize(
    ("mode", "names"), [(0o755, ("thesis.odt",)), (0o755, ("adapters", "models", "thesis.odt")), (0o1777, ())]
)
def test_a_folder_that_serves_others_too_is_refused_unchanged(tmp_path: Path, mode: int, names: tuple[str, ...]):
    folder = make_folder(tmp_path / "shared", mode, *names)
    with pytest.raises(DataDirUnusable, match=r"chmod 700 .*shared`.*tutor-data, with --data-dir"):
        open_data_dir(folder)
    assert permissions(folder) == mode and sorted(entry.name for entry in folder.iterdir()) == sorted(names)


def test_a_folder_of_another_user_that_others_can_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder = make_folder(tmp_path / "var", 0o755)
    owner = folder.stat().st_uid
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    with pytest.raises(DataDirUnusable, match="belongs to another user"):
        open_data_dir(folder)


def test_a_closed_folder_with_other_files_is_used(tmp_path: Path):
    assert open_data_dir(make_folder(tmp_path / "var", 0o700, "notes.txt")).path == tmp_path / "var"
