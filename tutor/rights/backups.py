"""Backups in the data folder: a consistent copy of the database, with the files that never change.

The master key is not among them. A backup still has whoever was erased after it; they are erased again when a server
starts with it, from the file of erased people, which is not part of a backup either.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import threading
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tutor.errors import InputRefused
from tutor.platform.clock import Clock
from tutor.platform.data_dir import DataDir
from tutor.tuning.work_dirs import WORK_FOLDER

FOLDER = "backups"
KEPT = 5
_NAME = "%Y-%m-%dT%H%M%SZ"
_PARTIAL = ".partial"
_making = threading.Lock()


@dataclass(frozen=True, slots=True)
class Backup:
    """A finished backup; `size` in bytes, files shared with the data folder included."""

    name: str
    made_at: datetime
    size: int


@dataclass(frozen=True, slots=True)
class Backups:
    """Makes and lists backups. The caller checks who may."""

    data_dir: DataDir
    clock: Clock

    @property
    def folder(self) -> Path:
        return self.data_dir.path / FOLDER

    def list_all(self) -> list[Backup]:
        """Return the finished backups, the latest first."""
        found = []
        for path in sorted(self.folder.glob("*Z"), reverse=True):
            with suppress(ValueError):
                made = datetime.strptime(path.name, _NAME).replace(tzinfo=UTC)
                found.append(Backup(path.name, made, folder_size(path)))
        return found

    def make(self) -> Backup:
        """Make a backup, and delete all but the latest ones. Raises InputRefused while another is being made."""
        if not _making.acquire(blocking=False):
            raise InputRefused("a backup is being made already; wait until it is done", key="backup_running")
        try:
            made = self.clock()
            target = self.folder / made.strftime(_NAME)
            partial = target.with_name(_PARTIAL)
            shutil.rmtree(partial, ignore_errors=True)
            partial.mkdir(mode=0o700, parents=True)
            self._copy_into(partial)
            shutil.rmtree(target, ignore_errors=True)
            partial.rename(target)
            for old in self.list_all()[KEPT:]:
                shutil.rmtree(self.folder / old.name, ignore_errors=True)
            return Backup(target.name, made, folder_size(target))
        finally:
            _making.release()

    def _copy_into(self, target: Path) -> None:
        """Copy the database as of one moment, then what it refers to: published files never change."""
        with (
            closing(sqlite3.connect(self.data_dir.database_file)) as source,
            closing(sqlite3.connect(target / self.data_dir.database_file.name)) as copy,
        ):
            source.backup(copy, pages=1_000)
        originals, adapters = self.data_dir.originals_dir, self.data_dir.adapters_dir
        if originals.is_dir():  # the name of each file is the hash of its bytes
            shutil.copytree(originals, target / originals.name, copy_function=_link_or_copy)
        if adapters.is_dir():
            left_out = shutil.ignore_patterns(WORK_FOLDER)
            shutil.copytree(adapters, target / adapters.name, copy_function=_copy, ignore=left_out)


def folder_size(folder: Path) -> int:
    """Return the bytes of all files below a folder, or of a file; files that vanish meanwhile count nothing."""
    if not folder.is_dir():
        return folder.stat().st_size if folder.exists() else 0
    total = 0
    for path in folder.rglob("*"):
        with suppress(FileNotFoundError):
            total += path.stat().st_size if path.is_file() and not path.is_symlink() else 0
    return total


def _copy(source: str, target: str) -> None:
    with suppress(FileNotFoundError):  # deleted since the folder was listed
        shutil.copy2(source, target)


def _link_or_copy(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # a file system without links, or the file is gone
        _copy(source, target)
