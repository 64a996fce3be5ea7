"""The verb `audit`: check that the audit log was not changed."""

from __future__ import annotations

import argparse

from tutor.cli.common import AddCommand, core_services_session
from tutor.errors import InputRefused
from tutor.platform.settings import Settings
from tutor.store import audit as audit_store


def add_commands(add: AddCommand) -> None:
    verb = add("audit", audit, "check that no row of the audit log was changed, added or removed (`verify`)")
    verb.add_argument("action", choices=["verify"])


def audit(_arguments: argparse.Namespace, settings: Settings) -> int:
    """Name the first bad row of the audit log, or say how many rows are right."""
    with core_services_session(settings) as core, core.database.read_connection() as connection:
        bad, count = audit_store.first_bad_row(connection), audit_store.count_rows(connection)
    if bad is not None:
        raise InputRefused(
            f"row {bad} of the audit log was changed, added, moved or removed; compare the database with a backup"
        )
    print(f"the audit log is unchanged: {count} rows")
    return 0
