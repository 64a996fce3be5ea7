"""What people can demand about their data, and what happens to it by itself: export, erasure, retention."""

from __future__ import annotations

from dataclasses import dataclass

from tutor.accounts.session_limits import SessionLimits
from tutor.platform.clock import Clock
from tutor.platform.data_dir import DataDir
from tutor.platform.settings import Settings
from tutor.rights.erased_ids import FILE_NAME, ErasedIds
from tutor.rights.erasure import AccountErasure
from tutor.rights.person_export import PersonExport
from tutor.rights.retention import Retention, RetentionPeriods
from tutor.store.database import Database


@dataclass(frozen=True, slots=True)
class Rights:
    """The use cases."""

    erasure: AccountErasure
    person_export: PersonExport
    retention: Retention


def open_rights(
    database: Database, clock: Clock, data_dir: DataDir, sessions: SessionLimits, settings: Settings
) -> Rights:
    """Return the use cases, after finishing the erasures that a killed server left."""
    erasure = AccountErasure(database, clock, data_dir.adapters_dir, ErasedIds(data_dir.path / FILE_NAME))
    erasure.finish_all()
    periods = RetentionPeriods(settings.guest_days, settings.deleted_chat_days, settings.audit_days)
    retention = Retention(database, clock, erasure, sessions, periods)
    return Rights(erasure, PersonExport(database, clock), retention)
