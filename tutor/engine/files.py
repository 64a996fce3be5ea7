"""File helpers: SHA-256, a lock between processes, and folders and files that appear only when complete."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from tutor.errors import DataDirUnusable

LOCK_POLL_S = 0.2


def sha256_of(file: Path) -> str:
    """Return the SHA-256 of a file."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@contextmanager
def hold_file_lock(lock: Path, while_waiting: Callable[[], None] | None = None) -> Iterator[None]:
    """Hold `lock` against other processes and threads; the kernel frees it when the holder dies.

    `while_waiting` is called again and again as long as somebody else holds it, and may raise to give up.
    """
    try:
        handle = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise DataDirUnusable(
            f"{lock} cannot be written ({error.strerror}); set TUTOR_DATA_DIR to a writable folder"
        ) from error
    try:
        if while_waiting is None:
            fcntl.flock(handle, fcntl.LOCK_EX)
        else:
            _wait_for_lock(handle, while_waiting)
        yield
    finally:
        os.close(handle)


def _wait_for_lock(handle: int, while_waiting: Callable[[], None]) -> None:
    while True:
        try:
            return fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            while_waiting()
            time.sleep(LOCK_POLL_S)


def publish_folder(target: Path, fill: Callable[[Path], None], manifest: Mapping[str, str]) -> None:
    """Let `fill` write a temporary folder, then rename it to `target`; its manifest is written last.

    The caller holds the lock of the parent folder, so leftovers of earlier crashes are removed.
    """
    for stale in target.parent.glob(".partial-*"):
        shutil.rmtree(stale, ignore_errors=True)
    partial = Path(tempfile.mkdtemp(prefix=".partial-", dir=target.parent))
    try:
        fill(partial)
        hashes = {file.name: sha256_of(file) for file in sorted(partial.iterdir())}
        for name in hashes:
            sync_to_disk(partial / name)
        write_atomically(partial / "manifest.json", json.dumps({**manifest, "files": hashes}, indent=1))
        if target.exists():
            shutil.rmtree(target)
        partial.rename(target)
        sync_to_disk(target.parent)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def write_atomically(file: Path, text: str) -> None:
    """Replace `file` so that a reader, even after a crash, sees either the old text or the new."""
    handle, name = tempfile.mkstemp(prefix=f".{file.name}-", dir=file.parent)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    Path(name).replace(file)


def sync_to_disk(path: Path) -> None:
    """Return when a file's bytes, or a folder's entries, are on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class FileHashCache:
    """Caches the hashes of large files by path, size and modification time, so that a start does not read them all."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def sha256(self, path: Path) -> str:
        """Return the SHA-256 of `path`, reading it only when it is new or has changed."""
        stat = path.stat()
        stamp = [stat.st_size, stat.st_mtime_ns]
        known = self._read().get(str(path))
        if known and known[:2] == stamp:
            return str(known[2])
        found = sha256_of(path)
        self.remember(path, found)
        return found

    def remember(self, path: Path, sha256: str) -> None:
        """Store a hash that the caller has just computed; a cache that cannot be written is done without."""
        stat = path.stat()
        entry = {str(path): [stat.st_size, stat.st_mtime_ns, sha256]}
        with suppress(OSError):
            write_atomically(self._file, json.dumps({**self._read(), **entry}, indent=1))

    def _read(self) -> dict[str, list[int | str]]:
        try:
            cached: dict[str, list[int | str]] = json.loads(self._file.read_text("utf-8"))
            return cached
        except (OSError, ValueError):  # an unreadable cache is started again
            return {}
