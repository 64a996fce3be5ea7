"""Seals texts and bytes under the data key of their owner (a learner or a course), with AES-256-GCM.

A sealed value opens only with its owner's key and in its own place (table, column, row): moved to another row it is
refused, as is one that was changed.
"""

from __future__ import annotations

import hmac
import json
import secrets
from base64 import b64decode, b64encode
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tutor.errors import SealBroken

KEY_BYTES = 32
NONCE_BYTES = 12
TEXT_PREFIX = "s1:"  # of sealed texts; the number is the version of the format


def new_key() -> bytes:
    """Return a random key of KEY_BYTES."""
    return secrets.token_bytes(KEY_BYTES)


def is_sealed(text: object) -> bool:
    """Whether a stored value looks like a sealed text; a person may have typed one that does."""
    return isinstance(text, str) and text.startswith(TEXT_PREFIX)


@dataclass(frozen=True, slots=True)
class DataKey:
    """The key of one owner. `place` is the path of a value, such as (table, column, row id)."""

    owner: str
    _key: bytes = field(repr=False)
    _cipher: AESGCM = field(repr=False, compare=False)

    @classmethod
    def from_bytes(cls, owner: str, key: bytes) -> DataKey:
        """Return the key made of KEY_BYTES bytes."""
        return cls(owner, key, AESGCM(key))

    def derive(self, purpose: str) -> bytes:
        """Return another key of KEY_BYTES for one purpose, from which this one cannot be found."""
        return hmac.digest(self._key, purpose.encode(), "sha256")

    def seal_bytes(self, data: bytes, *place: str) -> bytes:
        """Return nonce, encrypted data and tag."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, data, self._bound_to(place))

    def open_bytes(self, sealed: bytes, *place: str) -> bytes:
        """Return the data. Raises SealBroken where they were changed, or sealed for another owner or place."""
        try:
            return self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], self._bound_to(place))
        except (InvalidTag, ValueError) as error:
            raise SealBroken(
                f"what is stored in {'/'.join(place)} was changed or belongs to somebody else; restore it from a backup"
            ) from error

    def seal(self, text: str, *place: str) -> str:
        """Return the sealed text, which is ASCII; lone surrogates are kept."""
        return TEXT_PREFIX + b64encode(self.seal_bytes(text.encode("utf-8", "surrogatepass"), *place)).decode()

    def open(self, sealed: str, *place: str) -> str:
        """Return the text. Raises SealBroken, also for a text that is not sealed."""
        try:
            data = b64decode(sealed.removeprefix(TEXT_PREFIX), validate=True) if is_sealed(sealed) else b""
        except ValueError:
            data = b""
        return self.open_bytes(data, *place).decode("utf-8", "surrogatepass")

    def _bound_to(self, place: tuple[str, ...]) -> bytes:
        return json.dumps([TEXT_PREFIX, self.owner, *place]).encode()
