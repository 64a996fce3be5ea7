"""What administrators do on their page: people and their roles, pauses and erasure, the server's state, backups.

Administrators run the server. They read neither chats nor answers, and nobody takes away their own access by mistake.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import tutor.store.audit as audit_store
from tutor.accounts.permissions import Action, require_allowed
from tutor.accounts.sign_in import Accounts
from tutor.domain import Person, Role
from tutor.errors import InputRefused, NotFound
from tutor.platform.clock import Clock
from tutor.platform.data_dir import DataDir
from tutor.rights.backups import Backup, Backups, folder_size
from tutor.rights.erasure import AccountErasure
from tutor.store import people
from tutor.store.audit import Act
from tutor.store.database import Database
from tutor.store.server_counts import count_open_jobs, count_running_turns

MAX_LISTED = 50
OPERATOR_NAME = "operator"  # the account of whoever runs commands on the server; commands need its role


@dataclass(frozen=True, slots=True)
class FoundPeople:
    """The first people that a search found, and how many there are."""

    people: Sequence[Person]
    count: int


@dataclass(frozen=True, slots=True)
class ServerState:
    """What the server is busy with, what it stores in bytes, its audit log and its backups."""

    running_turns: int
    open_jobs: dict[str, int]  # by kind
    storage: dict[str, int]
    audit_rows: int
    backups: Sequence[Backup]


@dataclass(frozen=True, slots=True)
class Administration:
    """The use cases; each is for administrators alone."""

    database: Database
    accounts: Accounts
    erasure: AccountErasure
    backups: Backups
    data_dir: DataDir
    clock: Clock

    def find_people(self, actor: Person, words: str) -> FoundPeople:
        """Return those whose name, chosen name or role has these words; all without words."""
        self._require(actor)
        wanted = words.strip().casefold()
        found = [one for one in self.accounts.list_people() if wanted in f"{one.listed_as} {one.role.value}".casefold()]
        found.sort(key=lambda one: (not one.is_staff, one.guest, one.name))
        return FoundPeople(found[:MAX_LISTED], len(found))

    def person(self, actor: Person, person_id: str) -> Person:
        self._require(actor)
        with self.database.read_connection() as connection:
            found = people.by_id(connection, person_id)
        if found is None:
            raise NotFound("there is nobody like that; the account may have been deleted", key="nobody_there")
        return found

    def invite(self, actor: Person, name: str, role: Role) -> str:
        """Create an account; return its one-time link."""
        self._require(actor)
        return self.accounts.invite(actor, name.strip(), role, actor.language)

    def issue_link(self, actor: Person, person_id: str) -> str:
        """Return a new one-time link for an account."""
        return self.accounts.issue_sign_in_link(self.person(actor, person_id), actor)

    def set_role(self, actor: Person, person_id: str, role: Role) -> None:
        """Give somebody another role; it applies to their next click."""
        self._somebody_else(actor, person_id)
        with self.database.write_transaction() as connection:
            people.set_role(connection, person_id, role)
            audit_store.append(connection, Act.ROLE_CHANGED, self.clock(), actor=actor.id, subject=person_id)

    def sign_out(self, actor: Person, person_id: str) -> None:
        """End all sessions of somebody."""
        self._somebody_else(actor, person_id)
        with self.database.write_transaction() as connection:
            people.delete_sessions_of(connection, person_id)
            audit_store.append(connection, Act.SIGNED_OUT, self.clock(), actor=actor.id, subject=person_id)

    def set_paused(self, actor: Person, person_id: str, *, paused: bool) -> None:
        """Pause an account, or end its pause: meanwhile only its owner's rights are left to it."""
        self._somebody_else(actor, person_id)
        now, act = self.clock(), Act.ACCOUNT_PAUSED if paused else Act.ACCOUNT_RESUMED
        with self.database.write_transaction() as connection:
            people.set_paused_at(connection, person_id, now if paused else None)
            audit_store.append(connection, act, now, actor=actor.id, subject=person_id)

    def erase(self, actor: Person, person_id: str, typed_name: str) -> None:
        """Erase an account, once its name is typed. Raises InputRefused."""
        person = self._somebody_else(actor, person_id)
        if typed_name.strip() != person.name:
            raise InputRefused(
                f"nothing was deleted: type {person.name} to delete this account",
                key="account_name_wrong",
                name=person.name,
            )
        self.erasure.erase(person.id)

    def server_state(self, actor: Person) -> ServerState:
        self._require(actor)
        root = self.data_dir
        parts = {
            "database": root.database_file,
            "originals": root.originals_dir,
            "index": root.index_dir,
            "adapters": root.adapters_dir,
            "models": root.models_dir,
            "backups": self.backups.folder,
        }
        with self.database.read_connection() as connection:
            turns, jobs = count_running_turns(connection), count_open_jobs(connection)
            rows = audit_store.count_rows(connection)
        sizes = {name: folder_size(path) for name, path in parts.items()}
        return ServerState(turns, jobs, sizes, rows, self.backups.list_all())

    def make_backup(self, actor: Person) -> Backup:
        self._require(actor)
        return self.backups.make()

    def first_bad_audit_row(self, actor: Person) -> int | None:
        """Return the first row of the audit log that was changed, moved, added or removed; None: all are right."""
        self._require(actor)
        with self.database.read_connection() as connection:
            return audit_store.first_bad_row(connection)

    def _require(self, actor: Person) -> None:
        require_allowed(actor, Action.ADMINISTER)

    def _somebody_else(self, actor: Person, person_id: str) -> Person:
        person = self.person(actor, person_id)
        if person.id == actor.id:
            raise InputRefused("this is your own account; another administrator can change it", key="own_account")
        if person.name == OPERATOR_NAME:
            raise InputRefused(
                "this account runs the commands of the server and stays as it is", key="operator_account"
            )
        return person
