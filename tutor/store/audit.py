"""The audit log: who did what to whom, written in the transaction of what was done.

Each row has a keyed hash (HMAC) of itself and of the row before, and the head has one of the first row and the length:
without the key no row can be changed, added, moved or removed unnoticed. Not found: a log written anew with the master
key, an old copy of the whole database, and a log that was removed together with its key. People are keyed hashes of
their ids, which lead to nobody after an erasure.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from tutor.errors import SealBroken
from tutor.platform.clock import to_iso
from tutor.store.data_keys import find_key, key_to_seal
from tutor.store.schema import audit_head, audit_log

_KEY_OWNER = _PURPOSE = "audit log"
_FIELDS = ("sequence", "at", "act", "actor", "subject", "course_id")


class Act(StrEnum):
    """What is logged."""

    LINK_ISSUED = "sign-in link issued"
    JOINED = "joined a course by its code"
    ENROLLED = "put into a course"
    REMOVED = "taken out of a course"
    READMITTED = "let into a course again"
    JOINING_CHANGED = "who may join a course changed"
    PAUSED = "chat paused"
    RESUMED = "chat resumed"
    RULES_CHANGED = "rules of the chat changed"
    READ_CHATS = "questions and answers read"
    READ_ANSWERS = "answers of practice read"
    READ_PROGRESS = "progress of the class read"
    GRADED = "answer graded by a person"
    REGRADED = "answer graded again"
    GRADE_UNDONE = "grade undone"
    ACCEPTED = "better answer accepted"
    DECLINED = "better answer declined"
    UNDECIDED = "decision on a better answer undone"
    WITHDRAWN = "better answer withdrawn"
    TRAINED = "adapter trained and in use"
    TRAINED_IN_VAIN = "adapter trained and rejected"
    ADAPTER_ON = "adapter switched on"
    ADAPTER_OFF = "adapter switched off"
    ADAPTER_DELETED = "adapter deleted"
    EXPORTED_CLASS = "answers of the class exported"
    EXPORTED_RESEARCH = "course exported for research"
    EXPORTED_PERSON = "data of a person exported"
    ROLE_CHANGED = "role changed"
    SIGNED_OUT = "signed out everywhere"
    ACCOUNT_PAUSED = "account paused"
    ACCOUNT_RESUMED = "account in use again"
    ERASED = "account erased"
    PRUNED = "old rows of this log deleted"


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
    append_all(connection, act, now, [subject], actor=actor, course_id=course_id)


def append_all(
    connection: sa.Connection,
    act: Act,
    now: datetime,
    subjects: Iterable[str | None],
    *,
    actor: str | None = None,
    course_id: str | None = None,
) -> None:
    """Add a row for each subject."""
    key = key_to_seal(connection, _KEY_OWNER).derive(_PURPOSE)
    last = connection.execute(audit_log.select().order_by(audit_log.c.sequence.desc()).limit(1)).first()
    sequence, before, rows = (last.sequence, last.mac, []) if last else (0, "", [])
    for subject in subjects:
        sequence += 1
        row = {
            "sequence": sequence,
            "at": to_iso(now),
            "act": act.value,
            "actor": _pseudonym(key, actor),
            "subject": _pseudonym(key, subject),
            "course_id": course_id or "",
        }
        before = _row_mac(key, [row[name] for name in _FIELDS], before)
        rows.append({**row, "mac": before})
    if rows:
        connection.execute(audit_log.insert(), rows)
        head = connection.execute(audit_head.select()).first()
        first, root = (head.first, head.root) if head else (1, "")
        _write_head(connection, key, sequence, before, first, root)


def first_bad_row(connection: sa.Connection) -> int | None:
    """Return the sequence number of the first row that was changed, moved, added or is missing; None: all are right."""
    if (made := find_key(connection, _KEY_OWNER)) is None:  # nothing was ever logged
        return 1 if count_rows(connection) or connection.execute(audit_head.select()).first() else None
    key, heads = made.derive(_PURPOSE), connection.execute(audit_head.select()).all()
    expected, before = (heads[0].first, heads[0].root) if len(heads) == 1 else (1, "")
    if not isinstance(expected, int) or not isinstance(before, str):
        return 1
    for row in connection.execute(audit_log.select().order_by(audit_log.c.sequence)):
        mac = _row_mac(key, [row._mapping[name] for name in _FIELDS], before)
        if row.sequence != expected or not _is_same(row.mac, mac):
            return expected
        before, expected = mac, expected + 1
    is_right = len(heads) == 1 and heads[0].sequence == expected - 1 and before
    if is_right and _is_same(heads[0].mac, _head_mac(key, expected - 1, before, heads[0].first, heads[0].root)):
        return None
    return expected


def prune(connection: sa.Connection, earlier_than: datetime, now: datetime) -> int:
    """Delete the rows before a moment and log that; returns how many. The head keeps the hash that the rest follows."""
    if (bad := first_bad_row(connection)) is not None:
        raise SealBroken(f"row {bad} of the audit log is wrong; nothing was deleted from it")
    old = audit_log.select().where(audit_log.c.at < to_iso(earlier_than)).order_by(audit_log.c.sequence.desc())
    last = connection.execute(old.limit(1)).first()
    if last is None:
        return 0
    append(connection, Act.PRUNED, now)
    head = connection.execute(audit_head.select()).one()
    newest = connection.scalar(sa.select(audit_log.c.mac).where(audit_log.c.sequence == head.sequence))
    key = key_to_seal(connection, _KEY_OWNER).derive(_PURPOSE)
    deleted = connection.execute(audit_log.delete().where(audit_log.c.sequence <= last.sequence)).rowcount
    _write_head(connection, key, head.sequence, str(newest), last.sequence + 1, last.mac)
    return deleted


def count_rows(connection: sa.Connection) -> int:
    return connection.scalar(sa.select(sa.func.count()).select_from(audit_log)) or 0


def pseudonyms(connection: sa.Connection, person_ids: Iterable[str]) -> dict[str, str]:
    """Return the ids of people by what stands for them in the log; nothing while nothing was logged."""
    if (made := find_key(connection, _KEY_OWNER)) is None:
        return {}
    key = made.derive(_PURPOSE)
    return {_pseudonym(key, each): each for each in person_ids}


def rows(
    connection: sa.Connection, *conditions: sa.ColumnElement[bool], limit: int | None = None, offset: int = 0
) -> list[sa.Row[Any]]:
    """Return the rows of the log for which all conditions hold, the newest first."""
    query = audit_log.select().where(*conditions).order_by(audit_log.c.sequence.desc())
    return list(connection.execute(query.limit(limit).offset(offset)))


def _write_head(connection: sa.Connection, key: bytes, sequence: int, mac: str, first: int, root: str) -> None:
    head = {"id": 1, "sequence": sequence, "first": first, "root": root}
    connection.execute(audit_head.delete())
    connection.execute(audit_head.insert().values(**head, mac=_head_mac(key, sequence, mac, first, root)))


def _head_mac(key: bytes, sequence: int, mac: str, first: int, root: str) -> str:
    start = () if (first, root) == (1, "") else (first, root)  # a log that was never shortened, as older versions wrote
    return _mac(key, "head", sequence, mac, *start)


def _pseudonym(key: bytes, person_id: str | None) -> str:
    return _mac(key, "person", person_id)[:32] if person_id else ""


def _row_mac(key: bytes, values: list[object], before: str) -> str:
    return _mac(key, "row", *values, before)


def _mac(key: bytes, *values: object) -> str:
    return hmac.digest(key, json.dumps(values).encode(), "sha256").hex()


def _is_same(stored: object, mac: str) -> bool:
    return isinstance(stored, str) and hmac.compare_digest(stored.encode(), mac.encode())
