"""Signs adapters, to show that this installation installed them for their owner and that nothing has changed since.

The signature is an HMAC over the manifest, which has the hash of every file; the key never leaves the data folder. The
manifest's field is named `seal`.
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
    """Signs manifests for one owner with the key of this installation."""

    key: bytes
    owner: str

    def sign(self, manifest: Manifest) -> Manifest:
        """Return the manifest with its owner and its signature."""
        owned = replace(manifest, owner=self.owner, seal="")
        return replace(owned, seal=self._hmac(owned))

    def verify(self, manifest: Manifest) -> None:
        """Check the signature and the owner. Raises AdapterDamaged, AdapterMismatch."""
        if not hmac.compare_digest(manifest.seal, self._hmac(manifest)):
            raise AdapterDamaged(f"adapter {manifest.name} does not have this installation's signature; train it again")
        if manifest.owner != self.owner:
            raise AdapterMismatch(f"adapter {manifest.name} belongs to another owner")

    def _hmac(self, manifest: Manifest) -> str:
        signed = json.dumps(asdict(replace(manifest, seal="")), sort_keys=True)
        return hmac.new(self.key, signed.encode(), hashlib.sha256).hexdigest()


def load_or_create_key(file: Path) -> bytes:
    """Return the key of this installation; creates it at the first use, readable only by the user."""
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        key = file.read_bytes()
        if len(key) != KEY_BYTES:
            raise AdapterDamaged(
                f"{file} is not a key; restore it from a backup, or delete it and train again"
            ) from None
        return key
    with os.fdopen(descriptor, "wb") as opened:
        key = secrets.token_bytes(KEY_BYTES)
        opened.write(key)
        opened.flush()
        os.fsync(opened.fileno())
    return key
