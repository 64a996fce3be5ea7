"""Reads and writes the files of a training that hold a learner's words or weights, sealed under a key or in clear.

What is sealed: rows, pairs, checkpoints, weights and eval reports; configuration and manifest hold none of it. Files
are opened into memory; no clear copy is ever on disk.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from adapters.durability import fsync_path
from adapters.errors import AdapterDamaged

_MAGIC = b"sealed adapter file 1\n"  # no safetensors file and no JSON begins like this
_NONCE_BYTES = 12


@dataclass(frozen=True, slots=True)
class Vault:
    """The files of one owner; without a key, files are written in clear. `key` has 32 bytes."""

    key: bytes | None = field(default=None, repr=False)

    def write(self, path: Path, data: bytes) -> None:
        """Write a file, sealed if there is a key. A sealed file is bound to its name."""
        path.write_bytes(data if self.key is None else _seal(self.key, path.name, data))

    def replace(self, path: Path, data: bytes) -> None:
        """Write a file in place of an older one; after a kill or a power failure one of them is there, whole."""
        temporary = path.with_name(f"{path.name}.tmp")
        temporary.write_bytes(data if self.key is None else _seal(self.key, path.name, data))
        fsync_path(temporary)
        os.replace(temporary, path)
        fsync_path(path.parent)

    def read(self, path: Path) -> bytes:
        """Return what was written to a file, sealed or in clear. Raises AdapterDamaged, OSError."""
        data = path.read_bytes()
        if not data.startswith(_MAGIC):
            return data
        if self.key is None:
            raise AdapterDamaged(f"{path.name} in {path.parent.name} is sealed, and there is no key; train it again")
        return _open(self.key, path, data)

    def sha256(self, path: Path) -> str:
        """Return the SHA-256 of what was written to a file."""
        return hashlib.sha256(self.read(path)).hexdigest()


CLEAR = Vault()


def is_sealed(path: Path) -> bool:
    """Whether a file is sealed."""
    with path.open("rb") as file:
        return file.read(len(_MAGIC)) == _MAGIC


def _seal(key: bytes, name: str, data: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return _MAGIC + nonce + AESGCM(key).encrypt(nonce, data, name.encode())


def _open(key: bytes, path: Path, data: bytes) -> bytes:
    nonce, sealed = data[len(_MAGIC) :][:_NONCE_BYTES], data[len(_MAGIC) + _NONCE_BYTES :]
    try:
        return AESGCM(key).decrypt(nonce, sealed, path.name.encode())
    except (InvalidTag, ValueError) as error:
        raise AdapterDamaged(
            f"{path.name} in {path.parent.name} was changed, or sealed for another owner; train it again"
        ) from error
