"""The data directory: everything that the tutor stores. Created, checked, and locked by the server that uses it."""

from __future__ import annotations

import fcntl
import logging
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tutor.errors import DataDirInUse, DataDirUnusable

_READABLE_BY_OTHERS = stat.S_IRWXG | stat.S_IRWXO

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DataDir:
    """Paths below `TUTOR_DATA_DIR`."""

    path: Path

    @property
    def database_file(self) -> Path:
        return self.path / "tutor.sqlite"

    @property
    def index_dir(self) -> Path:
        return self.path / "index"

    @property
    def originals_dir(self) -> Path:
        return self.path / "originals"

    @property
    def adapters_dir(self) -> Path:
        return self.path / "adapters"

    @property
    def models_dir(self) -> Path:
        return self.path / "models"

    @contextmanager
    def server_lock(self) -> Iterator[None]:
        """Hold the server's lock; raises DataDirInUse, which names the process that holds it."""
        with (self.path / "server.lock").open("a+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                lock.seek(0)
                holder = lock.read().strip() or "unknown"
                raise DataDirInUse(
                    f"{self.path} is in use by another server (process {holder}); stop it, or choose another --data-dir"
                ) from None
            lock.seek(0)
            lock.truncate()
            lock.write(str(os.getpid()))
            lock.flush()
            yield


def shared_models_dir(chosen: Path | None, data_dir: Path) -> Path:
    """Return the folder of downloaded models: the chosen one, else one that all data folders share, else `data_dir`'s.

    The shared one is in the virtual environment, if this is one that can be written.
    """
    if chosen:
        return chosen.expanduser().absolute()
    if sys.prefix != sys.base_prefix:
        shared = Path(sys.prefix) / "share" / "tutor" / "models"
        with suppress(OSError):
            shared.mkdir(parents=True, exist_ok=True)
            if os.access(shared, os.W_OK):
                return shared
    return DataDir(data_dir.expanduser().absolute()).models_dir


def open_data_dir(path: Path) -> DataDir:
    """Create the directory, or close an existing one to other users, so that only this user can read it.

    Raises DataDirUnusable when it cannot be written, or others can read it and it is not the tutor's own to close.
    """
    root = DataDir(path.expanduser().absolute())
    folders = (root.index_dir, root.originals_dir, root.adapters_dir, root.models_dir)
    try:
        root.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        _close_to_others(root, {folder.name for folder in folders})
        for folder in folders:
            folder.mkdir(mode=0o700, exist_ok=True)
        probe = root.path / f".probe-{os.getpid()}"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise DataDirUnusable(
            f"the data folder {root.path} cannot be written ({error.strerror}); "
            "make it writable or choose another with --data-dir or TUTOR_DATA_DIR"
        ) from error
    return root


def _close_to_others(root: DataDir, own_folders: set[str]) -> None:
    """Take everybody else's permissions from the folder; raises DataDirUnusable if it may serve others too.

    It is the tutor's own if it has the tutor's database, or nothing but (some of) its folders, whose names are common.
    """
    folder, status = root.path, root.path.stat()
    if not status.st_mode & _READABLE_BY_OTHERS:
        return
    names = {entry.name for entry in folder.iterdir() if not entry.name.startswith(".")}
    is_shared = status.st_mode & stat.S_ISVTX or not (root.database_file.name in names or names <= own_folders)
    if status.st_uid != os.geteuid() or is_shared:
        raise DataDirUnusable(
            f"other users can read the data folder {folder}, and it holds more than the tutor's data or "
            f"belongs to another user; run `chmod 700 {folder}`, or choose a new folder, for example "
            f"{folder / 'tutor-data'}, with --data-dir or TUTOR_DATA_DIR"
        )
    folder.chmod(stat.S_IMODE(status.st_mode) & ~_READABLE_BY_OTHERS)
    log.warning("other users could read the data folder %s; now only its owner can", folder)
