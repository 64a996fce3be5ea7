"""Files that must be whole: hashing, a lock between processes, and a folder that appears only when it is complete."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tutor.errors import DataDirUnusable


def sha256_of(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@contextmanager
def hold_file_lock(lock: Path) -> Iterator[None]:
    """Hold `lock` against other processes and threads; the kernel frees it when the holder dies."""
    try:
        handle = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise DataDirUnusable(f"{lock} cannot be written ({error.strerror}); choose another TUTOR_DATA_DIR") from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def publish_folder(target: Path, fill: Callable[[Path], None], manifest: Mapping[str, str]) -> None:
    """Let `fill` write a temporary folder, then make it `target` in one rename, its manifest written last.

    The caller holds the lock of the parent folder, so what earlier crashes left there can be swept.
    """
    for stale in target.parent.glob(".partial-*"):
        shutil.rmtree(stale, ignore_errors=True)
    partial = Path(tempfile.mkdtemp(prefix=".partial-", dir=target.parent))
    try:
        fill(partial)
        hashes = {file.name: sha256_of(file) for file in sorted(partial.iterdir())}
        for name in hashes:
            _fsync(partial / name)
        write_atomically(partial / "manifest.json", json.dumps({**manifest, "files": hashes}, indent=1))
        if target.exists():
            shutil.rmtree(target)
        partial.rename(target)
        _fsync(target.parent)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def write_atomically(file: Path, text: str) -> None:
    """Replace `file` so that a reader, or a crash, sees the old text or the new one."""
    handle, name = tempfile.mkstemp(prefix=f".{file.name}-", dir=file.parent)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    Path(name).replace(file)


def _fsync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class FileHashCache:
    """Remembers the hashes of large files by path, size and modification time, so that a start need not read 8 GB."""

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
        write_atomically(self._file, json.dumps({**self._read(), str(path): [*stamp, found]}, indent=1))
        return found

    def _read(self) -> dict[str, list[int | str]]:
        try:
            book: dict[str, list[int | str]] = json.loads(self._file.read_text("utf-8"))
            return book
        except (OSError, ValueError):  # a cache: an unreadable one is begun again
            return {}
