"""The file of who was erased: hashes of their ids, only ever added to.

It is not in the database, so that one restored from an older backup is known to hold somebody who was erased. Ids are
96 random bits, so their hashes cannot be guessed.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from adapters.durability import fsync_path

FILE_NAME = "erased.txt"


@dataclass(frozen=True, slots=True)
class ErasedIds:
    """The ids of erased people."""

    file: Path

    def add(self, person_id: str) -> None:
        """Add an id durably; what a crash left of an earlier line does not spoil it."""
        if self.contains(person_id):
            return
        descriptor = os.open(self.file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(f"\n{_hash(person_id)}\n")
            file.flush()
            os.fsync(file.fileno())
        fsync_path(self.file.parent)

    def contains(self, person_id: str) -> bool:
        return _hash(person_id) in self._hashes()

    def among(self, person_ids: list[str]) -> list[str]:
        """Return those of these ids that were erased."""
        hashes = self._hashes()
        return [each for each in person_ids if _hash(each) in hashes] if hashes else []

    def _hashes(self) -> set[str]:
        return set(self.file.read_text(encoding="ascii").split()) if self.file.exists() else set()


def _hash(person_id: str) -> str:
    return hashlib.sha256(f"erased person {person_id}".encode()).hexdigest()
