"""Rows of identities at other providers. A subject is stored as a keyed hash, from which its id there is not found."""

from __future__ import annotations

import hmac
import json
from datetime import datetime

import sqlalchemy as sa

from tutor.domain import Person
from tutor.platform.clock import to_iso
from tutor.store import people as people_store
from tutor.store.data_keys import key_to_seal
from tutor.store.schema import identities

_KEY_OWNER = _PURPOSE = "identities"


def find_person(connection: sa.Connection, issuer: str, subject: str) -> Person | None:
    """Return whose identity this is. Needs a write transaction: the first call makes the key."""
    mine = (identities.c.issuer == issuer, identities.c.subject_mac == _mac(connection, issuer, subject))
    person_id = connection.scalar(sa.select(identities.c.person_id).where(*mine))
    return people_store.by_id(connection, person_id) if person_id else None


def add(connection: sa.Connection, issuer: str, subject: str, person_id: str, now: datetime) -> None:
    row = {"issuer": issuer, "subject_mac": _mac(connection, issuer, subject)}
    connection.execute(identities.insert().values(**row, person_id=person_id, created_at=to_iso(now)))


def _mac(connection: sa.Connection, issuer: str, subject: str) -> str:
    key = key_to_seal(connection, _KEY_OWNER).derive(_PURPOSE)
    return hmac.digest(key, json.dumps([issuer, subject]).encode(), "sha256").hex()
