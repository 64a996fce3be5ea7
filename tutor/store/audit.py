"""The audit log: who did what to whom, written in the transaction of what was done.

Each row has a keyed hash (HMAC) of itself and of the row before, and the head has one of the length: without the key no
row can be changed, added, moved or removed unnoticed. Not found: a log written anew with the master key, an old copy of
the whole database, and a log that was removed together with its key. People are keyed hashes of their ids, which lead
to nobody after an erasure.
"""

from __future__ import annotations

import hmac
import json
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa

from tutor.platform.clock import to_iso
from tutor.store.data_keys import find_key, key_to_seal
from tutor.store.schema import audit_head, audit_log

_KEY_OWNER = _PURPOSE = "audit log"
_FIELDS = ("sequence", "at", "act", "actor", "subject", "course_id")


class Act(StrEnum):
    """What is logged."""

    LINK_ISSUED = "sign-in link issued"
    REMOVED = "taken out of a course"
    READMITTED = "let into a course again"
    PAUSED = "chat paused"
    RESUMED = "chat resumed"
    ACCEPTED = "better answer accepted"
    DECLINED = "better answer declined"
    UNDECIDED = "decision on a better answer undone"
    ERASED = "account erased"


def append(
    connection: sa.Connection,
    act: Act,
    now: datetime,
    *,
    actor: str | None = None,
    subject: str | None = None,
    course_id: str | None = None,
) -> None:
    """Add a row; `actor` and `subject` are ids of people, None for a command on the server and for nobody."""
    key = key_to_seal(connection, _KEY_OWNER).derive(_PURPOSE)
    last = connection.execute(audit_log.select().order_by(audit_log.c.sequence.desc()).limit(1)).first()
    row = {
        "sequence": last.sequence + 1 if last else 1,
        "at": to_iso(now),
        "act": act.value,
        "actor": _pseudonym(key, actor),
        "subject": _pseudonym(key, subject),
        "course_id": course_id or "",
    }
    mac = _row_mac(key, [row[name] for name in _FIELDS], last.mac if last else "")
    connection.execute(audit_log.insert().values(**row, mac=mac))
    head = {"id": 1, "sequence": row["sequence"], "mac": _mac(key, "head", row["sequence"], mac)}
    connection.execute(audit_head.delete())
    connection.execute(audit_head.insert().values(head))


def first_bad_row(connection: sa.Connection) -> int | None:
    """Return the sequence number of the first row that was changed, moved, added or is missing; None: all are right."""
    if (made := find_key(connection, _KEY_OWNER)) is None:  # nothing was ever logged
        return 1 if count_rows(connection) or connection.execute(audit_head.select()).first() else None
    key, before, expected = made.derive(_PURPOSE), "", 1
    for row in connection.execute(audit_log.select().order_by(audit_log.c.sequence)):
        mac = _row_mac(key, [row._mapping[name] for name in _FIELDS], before)
        if row.sequence != expected or not _is_same(row.mac, mac):
            return expected
        before, expected = mac, expected + 1
    heads = connection.execute(audit_head.select()).all()
    is_right = len(heads) == 1 and heads[0].sequence == expected - 1 and before
    return None if is_right and _is_same(heads[0].mac, _mac(key, "head", expected - 1, before)) else expected


def count_rows(connection: sa.Connection) -> int:
    return connection.scalar(sa.select(sa.func.count()).select_from(audit_log)) or 0


def _pseudonym(key: bytes, person_id: str | None) -> str:
    return _mac(key, "person", person_id)[:32] if person_id else ""


def _row_mac(key: bytes, values: list[object], before: str) -> str:
    return _mac(key, "row", *values, before)


def _mac(key: bytes, *values: object) -> str:
    return hmac.digest(key, json.dumps(values).encode(), "sha256").hex()


def _is_same(stored: object, mac: str) -> bool:
    return isinstance(stored, str) and hmac.compare_digest(stored.encode(), mac.encode())
