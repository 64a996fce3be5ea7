"""Clock and ids. Services get a `Clock`, so that tests can pass a fixed one."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    return datetime.now(UTC)


def to_iso(moment: datetime) -> str:
    """Return ISO 8601 in UTC with microseconds, so that text order is time order."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no time zone")
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def from_iso(text: str) -> datetime:
    return datetime.fromisoformat(text)


def new_id() -> str:
    """Return a fresh opaque id of 96 random bits."""
    return secrets.token_hex(12)
