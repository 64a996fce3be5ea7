"""Erases an account with everything about it.

First the person is entered in the file of erased people; from then on each start erases what is left of them, whether
the server was killed meanwhile or an older database was restored. All further steps can be repeated.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from adapters.files import CHECKPOINT
from tutor.domain import AdapterVersion, Person
from tutor.errors import InputRefused
from tutor.platform.clock import Clock
from tutor.rights.erased_ids import ErasedIds
from tutor.store import account_rows
from tutor.store.database import Database
from tutor.tuning.work_dirs import WORK_FOLDER


@dataclass(frozen=True, slots=True)
class AccountErasure:
    """Erases people. The caller checks who may: owners erase themselves, whoever has the server anybody."""

    database: Database
    clock: Clock
    adapters_dir: Path
    erased: ErasedIds

    def erase_own(self, actor: Person, typed_name: str) -> None:
        """Erase the actor's account, once they have typed its name. Raises InputRefused."""
        if typed_name.strip() != actor.name:
            raise InputRefused(
                f"nothing was deleted: type {actor.name}, the name of your account, to delete it",
                key="account_name_wrong",
                name=actor.name,
            )
        self.erase(actor.id)

    def erase(self, person_id: str) -> None:
        """Erase somebody; a call that was interrupted is finished by the next one, or by the next start."""
        self.erased.add(person_id)
        self._finish(person_id)

    def finish_all(self) -> int:
        """Erase whoever was erased before and is still, or again, in the database; returns how many."""
        with self.database.read_connection() as connection:
            left = self.erased.among(account_rows.person_ids(connection))
        for person_id in left:
            self._finish(person_id)
        if self.erased.file.exists():
            self.database.empty_log()  # a server that was killed at the end has left it
        return len(left)

    def _finish(self, person_id: str) -> None:
        for step in (self._lock_out, self._delete_files, self._delete_rows, self._empty_log):
            step(person_id)

    def _lock_out(self, person_id: str) -> None:
        with self.database.write_transaction() as connection:
            account_rows.lock_out(connection, person_id, self.clock())

    def _delete_files(self, person_id: str) -> None:
        with self.database.read_connection() as connection:
            versions = account_rows.versions_with_words_of(connection, person_id)
            courses = account_rows.courses_with_corrections_of(connection, person_id)
        for version in versions:
            self._delete_adapter(version)
        work = self.adapters_dir / WORK_FOLDER
        for path in work.glob(f"{person_id}-*"):
            _delete(path)
        for course_id in courses:  # as when a correction is withdrawn
            _delete(work / f"course-{course_id}" / CHECKPOINT)

    def _delete_adapter(self, version: AdapterVersion) -> None:
        _delete(self.adapters_dir / version.name)
        for leftover in self.adapters_dir.glob(f".{version.name}.removed-*"):  # of a deletion that was killed
            _delete(leftover)

    def _delete_rows(self, person_id: str) -> None:
        with self.database.write_transaction() as connection:
            account_rows.delete_person(connection, person_id, self.clock())

    def _empty_log(self, _person_id: str) -> None:
        self.database.empty_log()


def _delete(path: Path) -> None:
    """Delete a file or folder, if it is there."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
