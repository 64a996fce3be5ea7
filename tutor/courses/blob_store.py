"""The uploaded files by their SHA-256: to resume an interrupted upload, and to show a cited page as printed.

A file is stored as long as a document (of any course) or an open upload needs it; `delete_unused` deletes the others.
Every read is hashed again, so a damaged file is never parsed.
"""

from __future__ import annotations

import hashlib
import os
import re
import time
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from tutor.errors import OriginalMissing

_SHA256_HEX = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class BlobStore:
    """A folder of files whose names are their hashes."""

    folder: Path

    def put(self, data: bytes) -> str:
        """Store the bytes durably and return their SHA-256."""
        digest = hashlib.sha256(data).hexdigest()
        path = self.folder / digest
        if path.is_file():
            path.touch()  # needed again: the time until it may be deleted starts again
            return digest
        partial = self.folder / f"{digest}.{os.getpid()}.{time.monotonic_ns()}.part"
        with partial.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
        return digest

    def contains(self, digest: str) -> bool:
        return bool(_SHA256_HEX.fullmatch(digest)) and (self.folder / digest).is_file()

    def read(self, digest: str, name: str) -> bytes:
        """Return the bytes; raises OriginalMissing, with the file's `name`, when they are gone or have changed."""
        try:
            data = (self.folder / digest).read_bytes() if self.contains(digest) else b""
        except OSError:
            data = b""
        if hashlib.sha256(data).hexdigest() != digest:
            raise OriginalMissing(f"the file of {name} is missing or damaged on this server; upload it again")
        return data

    def mark_released(self, digest: str) -> None:
        """Start the time after which `delete_unused` may delete a file that nothing needs any more."""
        if self.contains(digest):
            (self.folder / digest).touch()

    def delete_unused(self, needed: Collection[str], older_than_s: float) -> int:
        """Delete the files not in `needed` that were not touched for so many seconds; return how many."""
        limit, deleted = time.time() - older_than_s, 0
        for path in self.folder.iterdir():
            if path.name not in needed and path.is_file() and path.stat().st_mtime <= limit:
                path.unlink(missing_ok=True)
                deleted += 1
        return deleted
