"""What people can demand about their data, and what happens to it by itself: export, erasure, retention."""

from __future__ import annotations

from dataclasses import dataclass

from tutor.accounts.sign_in import Accounts
from tutor.platform.clock import Clock
from tutor.platform.data_dir import DataDir
from tutor.platform.settings import Settings
from tutor.rights.administration import Administration
from tutor.rights.backups import Backups
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
    administration: Administration


def open_rights(database: Database, clock: Clock, data_dir: DataDir, accounts: Accounts, settings: Settings) -> Rights:
    """Return the use cases, after finishing the erasures that a killed server left."""
    erasure = AccountErasure(database, clock, data_dir.adapters_dir, ErasedIds(data_dir.path / FILE_NAME))
    erasure.finish_all()
    periods = RetentionPeriods(settings.guest_days, settings.deleted_chat_days, settings.audit_days)
    retention = Retention(database, clock, erasure, accounts.limits, periods)
    administration = Administration(database, accounts, erasure, Backups(data_dir, clock), data_dir, clock)
    return Rights(erasure, PersonExport(database, clock), retention, administration)
