"""Rows of data keys: one per owner (a person, or a course), wrapped by the master key.

A destroyed key makes everything of its owner unreadable, wherever it is still stored; its row stays, so that no new key
takes its place.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from tutor.errors import KeyDestroyed, SealBroken
from tutor.platform.clock import to_iso, utc_now
from tutor.sealing.master_key import MasterKey
from tutor.sealing.values import DataKey, new_key
from tutor.store.schema import data_keys

_KEY_RING = "key_ring"  # the execution option of a connection


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The data keys that one connection has opened; it lives as long as a transaction, so no destroyed key stays."""

    master: MasterKey
    opened: dict[str, DataKey] = field(default_factory=dict)


def give_key_ring(connection: sa.Connection, master: MasterKey) -> sa.Connection:
    """Let a connection seal and open; returns it."""
    return connection.execution_options(**{_KEY_RING: KeyRing(master)})


def key_to_open(connection: sa.Connection, owner: str) -> DataKey:
    """Return an owner's key. Raises KeyDestroyed, and SealBroken where the owner never had one."""
    key = find_key(connection, owner)
    if key is None:
        raise SealBroken(f"there is no data key of {owner}; restore the database from a backup")
    return key


def key_to_seal(connection: sa.Connection, owner: str) -> DataKey:
    """Return an owner's key; makes the first one. Raises KeyDestroyed."""
    return find_key(connection, owner) or _make_key(connection, owner)


def destroy(connection: sa.Connection, owner: str, now: datetime) -> None:
    """Destroy the key of a person or course for good: nothing that it sealed can be opened again.

    `Database.empty_log` afterwards removes the wrapped key from the log, too.
    """
    _ring(connection).opened.pop(owner, None)
    row = {"owner": owner, "wrapped": None, "created_at": to_iso(now), "destroyed_at": to_iso(now)}
    changed = connection.execute(
        data_keys.update().where(data_keys.c.owner == owner).values(wrapped=None, destroyed_at=to_iso(now))
    )
    if not changed.rowcount:
        connection.execute(data_keys.insert().values(**row))


def is_destroyed(connection: sa.Connection, owner: str) -> bool:
    """Whether the key of a person or course was destroyed."""
    return bool(connection.scalar(sa.select(data_keys.c.destroyed_at).where(data_keys.c.owner == owner)))


def rewrap_all(connection: sa.Connection, new: MasterKey) -> int:
    """Wrap every data key with another master key; returns how many."""
    old = _ring(connection).master
    rows = connection.execute(sa.select(data_keys.c.owner, data_keys.c.wrapped).where(data_keys.c.wrapped.is_not(None)))
    for row in (found := rows.all()):
        wrapped = new.wrap(row.owner, old.unwrap(row.owner, row.wrapped))
        connection.execute(data_keys.update().where(data_keys.c.owner == row.owner).values(wrapped=wrapped))
    return len(found)


def _ring(connection: sa.Connection) -> KeyRing:
    ring = connection.get_execution_options()[_KEY_RING]
    assert isinstance(ring, KeyRing)
    return ring


def find_key(connection: sa.Connection, owner: str) -> DataKey | None:
    """Return an owner's key; None where there never was one. Raises KeyDestroyed."""
    ring = _ring(connection)
    if owner in ring.opened:
        return ring.opened[owner]
    row = connection.execute(sa.select(data_keys.c.wrapped).where(data_keys.c.owner == owner)).first()
    if row is None:
        return None
    if row.wrapped is None:
        raise KeyDestroyed(f"what {owner} wrote was erased: its key was destroyed")
    key = ring.opened[owner] = DataKey.from_bytes(owner, ring.master.unwrap(owner, row.wrapped))
    return key


def _make_key(connection: sa.Connection, owner: str) -> DataKey:
    ring, key = _ring(connection), new_key()
    connection.execute(
        data_keys.insert().values(owner=owner, wrapped=ring.master.wrap(owner, key), created_at=to_iso(utc_now()))
    )
    made = ring.opened[owner] = DataKey.from_bytes(owner, key)
    return made
