"""Retention: once a day, what nobody needs any more is deleted."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import tutor.store.audit as audit_store
import tutor.store.retention as retention_store
from tutor.accounts.session_limits import SessionLimits
from tutor.domain import Role
from tutor.platform.clock import Clock
from tutor.platform.failure_log import describe_failure
from tutor.rights.erasure import AccountErasure
from tutor.store.database import Database

log = logging.getLogger(__name__)
STAFF_ROLES = [Role.INSTRUCTOR.value, Role.ADMIN.value]


@dataclass(frozen=True, slots=True)
class RetentionPeriods:
    """How long things are kept, in days; 0: for good."""

    guests: int = 365  # who do not come back; longer than the longest session, after which there is no way back
    deleted_chats: int = 30
    audit_log: int = 730  # the EU AI Act wants logs of six months at least


@dataclass(frozen=True, slots=True)
class Retention:
    """Deletes what is too old. Each step goes on where an earlier one failed."""

    database: Database
    clock: Clock
    erasure: AccountErasure
    sessions: SessionLimits
    periods: RetentionPeriods = RetentionPeriods()

    def run(self) -> dict[str, int]:
        """Delete everything whose time is over; returns how much of each kind."""
        steps: dict[str, Callable[[datetime], int]] = {
            "sessions": self._end_sessions,
            "sign-in links": self._delete_links,
            "guests": self._erase_guests,
            "deleted chats": self._delete_chats,
            "rows of the audit log": self._shorten_audit_log,
        }
        now, done = self.clock(), {}
        for name, step in steps.items():
            try:
                done[name] = step(now)
            except Exception as error:  # noqa: BLE001 - the boundary: logged, and the other steps go on
                log.error("old %s were not deleted; the next day tries again: %s", name, describe_failure(error))
        if any(done.values()):
            self.database.empty_log()
            log.info("deleted because they were too old: %s", ", ".join(f"{n} {name}" for name, n in done.items() if n))
        return done

    def _end_sessions(self, now: datetime) -> int:
        limits, ended = self.sessions, 0
        kinds = (
            (True, limits.staff_lifetime, limits.staff_idle),
            (False, limits.learner_lifetime, limits.learner_idle),
        )
        with self.database.write_transaction() as connection:
            for staff, lifetime, idle in kinds:
                ended += retention_store.delete_sessions(
                    connection,
                    staff=staff,
                    begun_before=now - lifetime,
                    unused_since=now - idle,
                    staff_roles=STAFF_ROLES,
                )
        return ended

    def _delete_links(self, now: datetime) -> int:
        with self.database.write_transaction() as connection:
            return retention_store.delete_links(connection, now)

    def _erase_guests(self, now: datetime) -> int:
        if not self.periods.guests:
            return 0
        with self.database.read_connection() as connection:
            gone = retention_store.inactive_guests(connection, now - timedelta(days=self.periods.guests))
        for person_id in gone:
            self.erasure.erase(person_id)
        return len(gone)

    def _delete_chats(self, now: datetime) -> int:
        if not self.periods.deleted_chats:
            return 0
        with self.database.write_transaction() as connection:
            return retention_store.delete_hidden_chats(connection, now - timedelta(days=self.periods.deleted_chats))

    def _shorten_audit_log(self, now: datetime) -> int:
        if not self.periods.audit_log:
            return 0
        with self.database.write_transaction() as connection:
            return audit_store.prune(connection, now - timedelta(days=self.periods.audit_log), now)
