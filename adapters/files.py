"""The files of an adapter directory: names, hashes, manifest, and publishing in one rename."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict
from pathlib import Path

from adapters.durability import fsync_path
from adapters.errors import AdapterDamaged, AdapterNotFound
from adapters.records import Manifest

WEIGHTS = "adapter_model.safetensors"
CONFIG = "adapter_config.json"
MANIFEST = "manifest.json"
EVAL_REPORT = "card.json"
CHECKPOINT = "checkpoint.safetensors"


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_manifest(directory: Path, manifest: Manifest) -> None:
    """Write the manifest; call it last, since its presence means that the directory is complete."""
    (directory / MANIFEST).write_text(json.dumps(asdict(manifest), indent=1, sort_keys=True), encoding="utf-8")


def read_manifest(directory: Path) -> Manifest:
    """Return the manifest of an adapter directory. Raises AdapterNotFound, AdapterDamaged."""
    path = directory / MANIFEST
    if not path.is_file():
        raise AdapterNotFound(f"{directory} is not an adapter: {MANIFEST} is missing")
    try:
        return Manifest(**json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError) as error:
        raise AdapterDamaged(f"{path} is not a manifest: {error}") from error


def publish(temporary: Path, final: Path) -> None:
    """Rename a complete temporary directory to its final name; safe against a power failure at any moment."""
    for path in temporary.iterdir():
        fsync_path(path)
    fsync_path(temporary)
    os.replace(temporary, final)
    fsync_path(final.parent)
