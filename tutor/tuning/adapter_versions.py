"""Adapter versions: which one serves a learner, promotion, rollback, switching off and deletion.

A learner in a course is served by their own active version, otherwise by the course's, otherwise by the unchanged base.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import tutor.store.adapters as adapter_store
import tutor.store.audit as audit_store
import tutor.store.corrections as correction_store
import tutor.store.data_keys as data_keys
from adapters import registry
from adapters.errors import AdapterNotFound
from adapters.signature import ManifestSigner, load_or_create_key
from adapters.vault import CLEAR, Vault
from tutor.accounts.permissions import AccessContext, Action, require_allowed
from tutor.courses.courses import Courses
from tutor.domain import AdapterState, AdapterVersion, Correction, Person
from tutor.engine.base import AdapterRef
from tutor.errors import InputRefused, NotFound
from tutor.platform.clock import Clock, utc_now
from tutor.store.audit import Act
from tutor.store.database import Connection, Database


@dataclass(frozen=True, slots=True)
class AdapterVersionService:
    """Lists and switches versions. `learner_id` None stands for the course's shared adapter."""

    database: Database
    courses: Courses
    adapters_dir: Path
    seals_files: bool = True  # a model server has to read them in clear
    clock: Clock = utc_now

    def list_versions(self, actor: Person, learner_id: str | None, course_id: str) -> list[AdapterVersion]:
        """Return the owner's versions, latest first, including rejected ones."""
        self.require_can_manage(actor, learner_id, course_id)
        with self.database.read_connection() as connection:
            return adapter_store.versions(connection, learner_id, course_id)

    def active(self, actor: Person, learner_id: str | None, course_id: str) -> AdapterVersion | None:
        """Return the owner's active version."""
        self.require_can_manage(actor, learner_id, course_id)
        with self.database.read_connection() as connection:
            return adapter_store.active(connection, learner_id, course_id)

    def serving_version(self, actor: Person, course_id: str) -> AdapterVersion | None:
        """Return the version that serves this person: their own, otherwise the course's; None for the base."""
        self.courses.authorize(actor, course_id)
        return self._find_serving_version(actor.id, course_id)

    def training_correction_ids(self, actor: Person, version_id: str) -> list[str]:
        """Return the ids of the corrections that a version was trained on."""
        version = self.get_managed(actor, version_id)
        with self.database.read_connection() as connection:
            return adapter_store.correction_ids_of(connection, version.id)

    def training_corrections(self, actor: Person, version_id: str) -> list[Correction]:
        """Return the corrections that a version was trained on, in their current state."""
        ids = self.training_correction_ids(actor, version_id)
        with self.database.read_connection() as connection:
            found = [correction_store.by_id(connection, identity) for identity in ids]
        return [correction for correction in found if correction is not None]

    def promote(self, actor: Person, version_id: str, base_sha256: str = "") -> AdapterVersion:
        """Make a version active from the next turn on; it has to fit the base with that hash, "" stands for any.

        Raises InputRefused when it is for another base, when the gate rejected it or a correction that it was trained
        on has been withdrawn, and AdapterError when its files are damaged.
        """
        version = self.get_managed(actor, version_id)
        if base_sha256 not in ("", version.base_sha256):
            raise InputRefused(
                f"{version.name} was trained on another model than the one that answers; train again",
                key="version_of_other_base",
                name=version.name,
            )
        self._require_promotable(version)
        signer = self.signer(version.learner_id, version.course_id)
        vault = self.vault(version.learner_id, version.course_id)
        registry.verify_adapter(self.directory(version), version.base_sha256, signer=signer, vault=vault)
        with self.database.write_transaction() as connection:
            self._require_valid_corrections(version)
            adapter_store.activate(connection, version)
            self.log(connection, Act.ADAPTER_ON, actor, version.learner_id, version.course_id)
        return self.get_managed(actor, version_id)

    def roll_back(self, actor: Person, learner_id: str | None, course_id: str) -> AdapterVersion | None:
        """Promote the latest usable version before the active one, for the same base, and return it.

        None: there is no such version, and the active one was switched off instead.
        """
        versions = self.list_versions(actor, learner_id, course_id)
        active = next((v for v in versions if v.state is AdapterState.ACTIVE), None)
        earlier = [v for v in versions if active is None or _is_before(v, active)]
        older = [v for v in earlier if self.is_promotable(v)]
        if older:
            return self.promote(actor, older[0].id)
        self.switch_off(actor, learner_id, course_id)
        return None

    def switch_off(self, actor: Person, learner_id: str | None, course_id: str) -> None:
        """Deactivate the owner's version; a learner is then served by the course's version or the base."""
        self.require_can_manage(actor, learner_id, course_id)
        with self.database.write_transaction() as connection:
            if adapter_store.active(connection, learner_id, course_id):
                adapter_store.deactivate(connection, learner_id, course_id)
                self.log(connection, Act.ADAPTER_OFF, actor, learner_id, course_id)

    def delete(self, actor: Person, version_id: str) -> None:
        """Remove a version and its files for good."""
        version = self.get_managed(actor, version_id)
        with self.database.write_transaction() as connection:
            adapter_store.remove(connection, version.id)
            self.log(connection, Act.ADAPTER_DELETED, actor, version.learner_id, version.course_id)
        try:
            registry.remove(self.directory(version))
        except AdapterNotFound:
            return  # rejected by the gate, or removed with a withdrawn correction

    def serving_adapter_ref(self, learner_id: str, course_id: str, base_sha256: str = "") -> AdapterRef | None:
        """Return the adapter that serves this learner on the base with that hash; None for the base alone.

        A version that was trained on another base is passed over, so that a change of the model leaves nobody without
        answers: the page of the adapter says that it waits to be trained again. "" stands for any base.
        """
        version = self._find_serving_version(learner_id, course_id, base_sha256)
        return self.to_adapter_ref(version) if version else None

    def to_adapter_ref(self, version: AdapterVersion) -> AdapterRef:
        vault = self.vault(version.learner_id, version.course_id)
        return AdapterRef(version.name, self.directory(version), version.sha256, version.base_sha256, vault)

    def size_bytes(self, version: AdapterVersion) -> int:
        """Return the size of a version on disk; 0 if its files were removed."""
        folder = self.directory(version)
        return sum(path.stat().st_size for path in folder.iterdir()) if folder.is_dir() else 0

    def is_promotable(self, version: AdapterVersion) -> bool:
        """Whether a version can be promoted: the gate passed it and all its corrections are still valid."""
        return version.state is not AdapterState.REJECTED and self._has_valid_corrections(version)

    def get_managed(self, actor: Person, version_id: str) -> AdapterVersion:
        """Return a version that the actor may manage: their own, or of a course that they teach. Raises NotFound."""
        with self.database.read_connection() as connection:
            version = adapter_store.by_id(connection, version_id)
        if version is None:
            raise NotFound(f"there is no adapter version {version_id}")
        self.require_can_manage(actor, version.learner_id, version.course_id)
        return version

    def require_can_manage(self, actor: Person, learner_id: str | None, course_id: str) -> None:
        """Raise NotAllowed or NotFound unless the actor may train and switch the owner's adapter."""
        if learner_id is None:
            self.courses.authorize(actor, course_id, Action.TEACH)
        else:
            self.courses.authorize(actor, course_id)
            require_allowed(actor, Action.TRAIN, AccessContext(owner_id=learner_id))

    def log(self, connection: Connection, act: Act, actor: Person, learner_id: str | None, course_id: str) -> None:
        """Log what was done to an adapter of a learner, or of the course, in the transaction that did it."""
        audit_store.append(connection, act, self.clock(), actor=actor.id, subject=learner_id, course_id=course_id)

    def signer(self, learner_id: str | None, course_id: str) -> ManifestSigner:
        """Return the signer for an owner's adapters."""
        return ManifestSigner(load_or_create_key(self.adapters_dir / ".key"), f"{learner_id or 'course'}/{course_id}")

    def vault(self, learner_id: str | None, course_id: str) -> Vault:
        """Return what seals and opens the files of an owner's adapters, under the data key of learner or course."""
        if not self.seals_files:
            return CLEAR
        owner = learner_id or course_id
        with self.database.read_connection() as connection:
            key = data_keys.find_key(connection, owner)
        if key is None:
            with self.database.write_transaction() as connection:
                key = data_keys.key_to_seal(connection, owner)
        return Vault(key.derive("adapter files"))

    def directory(self, version: AdapterVersion) -> Path:
        return self.adapters_dir.parent / version.directory

    def _find_serving_version(self, learner_id: str, course_id: str, base_sha256: str = "") -> AdapterVersion | None:
        with self.database.read_connection() as connection:
            candidates = [adapter_store.active(connection, owner, course_id) for owner in (learner_id, None)]
        fitting = (one for one in candidates if one is not None and base_sha256 in ("", one.base_sha256))
        return next(fitting, None)

    def _require_promotable(self, version: AdapterVersion) -> None:
        if version.state is AdapterState.REJECTED:
            raise InputRefused(
                f"{version.name} did not pass the gate ({'; '.join(version.reasons)}); train again",
                key="gate_not_passed",
                name=version.name,
            )
        self._require_valid_corrections(version)

    def _require_valid_corrections(self, version: AdapterVersion) -> None:
        if not self._has_valid_corrections(version):
            raise InputRefused(
                f"{version.name} was trained on a better answer that has been withdrawn or declined; train again",
                key="version_revoked",
                name=version.name,
            )

    def _has_valid_corrections(self, version: AdapterVersion) -> bool:
        with self.database.read_connection() as connection:
            found = [
                correction_store.by_id(connection, i) for i in adapter_store.correction_ids_of(connection, version.id)
            ]
        return all(correction is not None and correction.may_train(version.learner_id) for correction in found)


def _is_before(version: AdapterVersion, active: AdapterVersion) -> bool:
    return version.version < active.version and version.base_sha256 == active.base_sha256
