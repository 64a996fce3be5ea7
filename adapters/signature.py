"""The seal of an adapter: says that this installation put it there, for this owner, and that nothing was changed since.

An HMAC over the whole manifest (and through its hashes over every file), with a key that never leaves the data folder.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from adapters.errors import AdapterDamaged, AdapterMismatch
from adapters.records import Manifest

KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class ManifestSigner:
    """A key and the owner for whom it seals."""

    key: bytes
    owner: str

    def sign(self, manifest: Manifest) -> Manifest:
        """Return the manifest with its owner and its seal."""
        owned = replace(manifest, owner=self.owner, seal="")
        return replace(owned, seal=self._hmac(owned))

    def verify(self, manifest: Manifest) -> None:
        """Raise when the manifest is another owner's, or not sealed with this key as it stands."""
        if not hmac.compare_digest(manifest.seal, self._hmac(manifest)):
            raise AdapterDamaged(f"adapter {manifest.name} does not carry this installation's seal; train it again")
        if manifest.owner != self.owner:
            raise AdapterMismatch(f"adapter {manifest.name} belongs to somebody else")

    def _hmac(self, manifest: Manifest) -> str:
        told = json.dumps(asdict(replace(manifest, seal="")), sort_keys=True)
        return hmac.new(self.key, told.encode(), hashlib.sha256).hexdigest()


def load_or_create_key(file: Path) -> bytes:
    """Return the key of an installation, made at its first use and readable by its user alone."""
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        key = file.read_bytes()
        if len(key) != KEY_BYTES:
            raise AdapterDamaged(f"{file} is no key; restore it from a backup, or delete it and train again") from None
        return key
    with os.fdopen(descriptor, "wb") as opened:
        key = secrets.token_bytes(KEY_BYTES)
        opened.write(key)
        opened.flush()
        os.fsync(opened.fileno())
    return key
