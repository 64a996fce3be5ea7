"""The master key of an installation, which wraps the data keys: from TUTOR_MASTER_KEY, or from a file.

It is never replaced silently: where something is sealed, a missing or wrong key is an error.
"""

from __future__ import annotations

import hashlib
import logging
import os
import stat
from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from pathlib import Path

from adapters.durability import fsync_path
from tutor.errors import MasterKeyUnusable, SealBroken
from tutor.sealing.values import KEY_BYTES, DataKey, new_key

KEY_FILE = "master.key"
NEXT_KEY_FILE = "master.key.next"  # of a rotation that has not ended
_CHECKED_TEXT = "the master key of this installation"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class MasterKey:
    """Wraps and unwraps data keys. `id` names the key and does not reveal it."""

    id: str
    _key: bytes = field(repr=False)

    @classmethod
    def from_bytes(cls, key: bytes) -> MasterKey:
        """Return the master key made of KEY_BYTES bytes."""
        return cls(hashlib.sha256(b"tutor master key id\0" + key).hexdigest()[:16], key)

    @classmethod
    def from_text(cls, text: str, source: str) -> MasterKey:
        """Read a key in base64; `source` is named in the error. Raises MasterKeyUnusable."""
        try:
            key = b64decode(text.strip(), validate=True)
        except ValueError:
            key = b""
        if len(key) != KEY_BYTES:
            raise MasterKeyUnusable(
                f"{source} is not a master key: {KEY_BYTES} bytes in base64 are needed; "
                "`python -m tutor keys new` prints a new one"
            )
        return cls.from_bytes(key)

    @property
    def text(self) -> str:
        """The key in base64."""
        return b64encode(self._key).decode()

    def make_check(self) -> str:
        """Return what `recognises` compares."""
        return self._wrapper("check").seal(_CHECKED_TEXT)

    def recognises(self, check: str) -> bool:
        """Whether `check` was made with this key."""
        try:
            return self._wrapper("check").open(check) == _CHECKED_TEXT
        except SealBroken:
            return False

    def wrap(self, owner: str, data_key: bytes) -> str:
        """Return an owner's data key, sealed."""
        return self._wrapper("data key").seal(b64encode(data_key).decode(), owner)

    def unwrap(self, owner: str, wrapped: str) -> bytes:
        """Return an owner's data key. Raises SealBroken for another owner's."""
        return b64decode(self._wrapper("data key").open(wrapped, owner))

    def _wrapper(self, purpose: str) -> DataKey:
        return DataKey.from_bytes(f"master key: {purpose}", self._key)


def new_master_key() -> MasterKey:
    """Return a random master key."""
    return MasterKey.from_bytes(new_key())


def read_key_file(file: Path) -> MasterKey | None:
    """Return the key of a file; None where there is none. Raises MasterKeyUnusable."""
    try:
        return MasterKey.from_text(file.read_text("ascii"), str(file))
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise MasterKeyUnusable(
            f"the master key {file} cannot be read; make it readable for the tutor's user"
        ) from error


def is_readable_by_others(file: Path) -> bool:
    """Whether a key file exists that others than its owner can read."""
    return file.exists() and bool(file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))


def write_key_file(file: Path, key: MasterKey) -> None:
    """Write a key that only the user can read, all of it or nothing. An existing file is replaced."""
    part = file.with_name(f".{file.name}.part-{os.getpid()}")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as opened:
        opened.write(key.text + "\n")
        opened.flush()
        os.fsync(opened.fileno())
    os.replace(part, file)
    fsync_path(file.parent)


def first_key(given: str | None, folder: Path) -> MasterKey:
    """Return the key of an installation in which nothing is sealed yet; creates the key file where none is given."""
    if given:
        return MasterKey.from_text(given, "TUTOR_MASTER_KEY")
    file = folder / KEY_FILE
    if found := read_key_file(file):
        return found
    key = new_master_key()
    write_key_file(file, key)
    log.warning(
        "made the master key %s: without it nothing that learners wrote can be read, and whoever has it and the data "
        "can read all of it; keep a copy apart from the backups, or set TUTOR_MASTER_KEY instead",
        file,
    )
    return key


def existing_key(given: str | None, folder: Path, check: str) -> MasterKey:
    """Return the key that made `check`. Raises MasterKeyUnusable where it is missing or another one."""
    file = folder / KEY_FILE
    if given:
        return _require_same(MasterKey.from_text(given, "TUTOR_MASTER_KEY"), check, "TUTOR_MASTER_KEY")
    following = read_key_file(folder / NEXT_KEY_FILE)
    if following and following.recognises(check):  # a rotation was killed after it was stored
        os.replace(folder / NEXT_KEY_FILE, file)
        return following
    key = read_key_file(file)
    if key is None:
        raise MasterKeyUnusable(
            f"the master key is missing, and what learners wrote is sealed with it: put {file} back, or set "
            "TUTOR_MASTER_KEY; no new key is made, because it could not open what is stored"
        )
    return _require_same(key, check, str(file))


def _require_same(key: MasterKey, check: str, source: str) -> MasterKey:
    if not key.recognises(check):
        raise MasterKeyUnusable(
            f"the master key of {source} ({key.id}) is not the one that this data was sealed with; "
            "put the right one back"
        )
    return key
