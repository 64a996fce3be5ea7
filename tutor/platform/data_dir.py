"""The data directory: everything that the tutor stores. Created, checked, and locked by the server that uses it."""

from __future__ import annotations

import fcntl
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tutor.errors import DataDirInUse, DataDirUnusable


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
    """Create the directory, readable by this user only; raises DataDirUnusable when it cannot be written."""
    root = DataDir(path.expanduser().absolute())
    try:
        for folder in (root.path, root.index_dir, root.originals_dir, root.adapters_dir, root.models_dir):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = root.path / f".probe-{os.getpid()}"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise DataDirUnusable(
            f"the data folder {root.path} cannot be written ({error.strerror}); "
            "make it writable or choose another with --data-dir or TUTOR_DATA_DIR"
        ) from error
    return root
