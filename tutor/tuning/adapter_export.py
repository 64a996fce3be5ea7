"""A person takes along the files of their own adapters: a zip a version, opened, with a manifest and hashes.

It is made in memory: no clear copy of a sealed file is ever on disk. The course's shared versions are nobody's own.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from dataclasses import dataclass

import tutor.store.adapters as adapter_store
from adapters.errors import AdapterDamaged
from adapters.files import CONFIG, EVAL_REPORT, MANIFEST, WEIGHTS
from tutor.domain import AdapterVersion, Person
from tutor.errors import NotFound
from tutor.store.audit import Act
from tutor.tuning.adapter_versions import AdapterVersionService

FORMAT = "tutor-adapter-export-1"
CONTENTS = "contents.json"  # what the zip has, with the hash of each file
_SEALED, _CLEAR = (WEIGHTS, EVAL_REPORT), (CONFIG, MANIFEST)


@dataclass(frozen=True, slots=True)
class AdapterExport:
    """Packs adapters for those whom they were trained for; also while a course, or the account, is paused."""

    versions: AdapterVersionService

    def list_own(self, actor: Person) -> list[AdapterVersion]:
        """Return the actor's versions, of all courses, whose files are there."""
        with self.versions.database.read_connection() as connection:
            stored = adapter_store.all_versions(connection)
        own = [version for version in stored if version.learner_id == actor.id]
        return [version for version in own if (self.versions.directory(version) / WEIGHTS).is_file()]

    def pack(self, actor: Person, version_id: str) -> tuple[str, bytes]:
        """Return the name of a version of the actor's own, and its zip; it is logged.

        Raises NotFound for any other version, AdapterDamaged for one whose weights were changed.
        """
        version = next((one for one in self.list_own(actor) if one.id == version_id), None)
        if version is None:
            raise NotFound("there is no adapter of yours with files here", key="no_adapter_files")
        files = self._read(version)
        if hashlib.sha256(files[WEIGHTS]).hexdigest() != version.sha256:
            raise AdapterDamaged(f"the weights of {version.name} were changed; train it again")
        with self.versions.database.write_transaction() as connection:
            self.versions.log(connection, Act.EXPORTED_PERSON, actor, actor.id, version.course_id)
        return version.name, _zipped(files | {CONTENTS: _contents(version, files)})

    def _read(self, version: AdapterVersion) -> dict[str, bytes]:
        folder, vault = self.versions.directory(version), self.versions.vault(version.learner_id, version.course_id)
        sealed = {name: vault.read(folder / name) for name in _SEALED if (folder / name).is_file()}
        return sealed | {name: (folder / name).read_bytes() for name in _CLEAR if (folder / name).is_file()}


def _contents(version: AdapterVersion, files: dict[str, bytes]) -> bytes:
    told = {
        "format": FORMAT,
        "adapter": version.name,
        "version": version.version,
        "course": version.course_id,
        "base_sha256": version.base_sha256,
        "made_at": version.created_at.isoformat(),
        "sha256": {name: hashlib.sha256(data).hexdigest() for name, data in sorted(files.items())},
    }
    return json.dumps(told, ensure_ascii=False, indent=1).encode()


def _zipped(files: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:  # weights hardly get smaller
        for name, data in sorted(files.items()):
            archive.writestr(name, data)
    return packed.getvalue()
