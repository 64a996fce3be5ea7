"""The versions of an adapter: which one answers, going back, switching off, deleting.

For a learner in a course her own active version answers; without one the course's; without one the base, exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import tutor.store.adapters as adapter_store
import tutor.store.corrections as correction_store
from adapters import registry
from adapters.errors import AdapterNotFound
from adapters.signature import ManifestSigner, load_or_create_key
from tutor.accounts.permissions import AccessContext, Action, require_allowed
from tutor.courses.courses import Courses
from tutor.domain import AdapterState, AdapterVersion, Correction, Person
from tutor.engine.base import AdapterRef
from tutor.errors import InputRefused, NotFound
from tutor.store.database import Database


@dataclass(frozen=True, slots=True)
class AdapterVersionService:
    """Reads and switches versions; an owner is a learner's id, or None for the course itself."""

    database: Database
    courses: Courses
    adapters_dir: Path

    def list_versions(self, actor: Person, learner_id: str | None, course_id: str) -> list[AdapterVersion]:
        """Return the owner's versions, latest first, those that the gate kept out among them."""
        self.require_can_manage(actor, learner_id, course_id)
        with self.database.read_connection() as connection:
            return adapter_store.versions(connection, learner_id, course_id)

    def active(self, actor: Person, learner_id: str | None, course_id: str) -> AdapterVersion | None:
        """Return the owner's version in use."""
        self.require_can_manage(actor, learner_id, course_id)
        with self.database.read_connection() as connection:
            return adapter_store.active(connection, learner_id, course_id)

    def serving_version(self, actor: Person, course_id: str) -> AdapterVersion | None:
        """Return the version that answers this person: her own, else the course's, else None for the base."""
        self.courses.authorize(actor, course_id)
        return self._find_serving_version(actor.id, course_id)

    def training_correction_ids(self, actor: Person, version_id: str) -> list[str]:
        """Return the ids of the corrections that a version was trained on."""
        version = self.get_managed(actor, version_id)
        with self.database.read_connection() as connection:
            return adapter_store.correction_ids_of(connection, version.id)

    def training_corrections(self, actor: Person, version_id: str) -> list[Correction]:
        """Return the corrections that a version was trained on, as they stand now."""
        ids = self.training_correction_ids(actor, version_id)
        with self.database.read_connection() as connection:
            found = [correction_store.by_id(connection, identity) for identity in ids]
        return [correction for correction in found if correction is not None]

    def promote(self, actor: Person, version_id: str) -> AdapterVersion:
        """Make a version answer from the next turn on, once the gate has let it in and its files are what they were.

        Raises InputRefused when it was kept out or something that trained it was taken back since, and AdapterError
        when its files are not whole.
        """
        version = self.get_managed(actor, version_id)
        self._require_promotable(version)
        seal = self.signer(version.learner_id, version.course_id)
        registry.verify_adapter(self.directory(version), version.base_sha256, signer=seal)
        with self.database.write_transaction() as connection:
            self._require_valid_corrections(version)
            adapter_store.activate(connection, version)
        return self.get_managed(actor, version_id)

    def roll_back(self, actor: Person, learner_id: str | None, course_id: str) -> AdapterVersion | None:
        """Go back to the version before the active one, or to the base when none before it may answer."""
        versions = self.list_versions(actor, learner_id, course_id)
        active = next((v for v in versions if v.state is AdapterState.ACTIVE), None)
        older = [v for v in versions if self.is_promotable(v) and (active is None or v.version < active.version)]
        if older:
            return self.promote(actor, older[0].id)
        self.switch_off(actor, learner_id, course_id)
        return None

    def switch_off(self, actor: Person, learner_id: str | None, course_id: str) -> None:
        """Let the next best answer again: for a learner the course's version or the base, exactly as before."""
        self.require_can_manage(actor, learner_id, course_id)
        with self.database.write_transaction() as connection:
            adapter_store.deactivate(connection, learner_id, course_id)

    def delete(self, actor: Person, version_id: str) -> None:
        """Remove a version and its files for good."""
        version = self.get_managed(actor, version_id)
        with self.database.write_transaction() as connection:
            adapter_store.remove(connection, version.id)
        try:
            registry.remove(self.directory(version))
        except AdapterNotFound:
            return  # kept out by the gate, or taken along with a correction

    def serving_adapter_ref(self, learner_id: str, course_id: str) -> AdapterRef | None:
        """Return what the engine needs to answer this learner, None for the base."""
        version = self._find_serving_version(learner_id, course_id)
        return self.to_adapter_ref(version) if version else None

    def to_adapter_ref(self, version: AdapterVersion) -> AdapterRef:
        return AdapterRef(version.name, self.directory(version), version.sha256, version.base_sha256)

    def size_bytes(self, version: AdapterVersion) -> int:
        """Return how much a version takes on disk; 0 when its files are gone."""
        folder = self.directory(version)
        return sum(path.stat().st_size for path in folder.iterdir()) if folder.is_dir() else 0

    def is_promotable(self, version: AdapterVersion) -> bool:
        """Whether a version could be switched on: let in by the gate, and all that trained it stands."""
        return version.state is not AdapterState.REJECTED and self._has_valid_corrections(version)

    def get_managed(self, actor: Person, version_id: str) -> AdapterVersion:
        """Return a version of this person, or of a course that she teaches."""
        with self.database.read_connection() as connection:
            version = adapter_store.by_id(connection, version_id)
        if version is None:
            raise NotFound(f"there is no adapter version {version_id}")
        self.require_can_manage(actor, version.learner_id, version.course_id)
        return version

    def require_can_manage(self, actor: Person, learner_id: str | None, course_id: str) -> None:
        """Raise NotAllowed or NotFound unless this person may train and switch the owner's adapter."""
        if learner_id is None:
            self.courses.authorize(actor, course_id, Action.TEACH)
        else:
            self.courses.authorize(actor, course_id)
            require_allowed(actor, Action.TRAIN, AccessContext(owner_id=learner_id))

    def signer(self, learner_id: str | None, course_id: str) -> ManifestSigner:
        """Return the seal that an owner's adapters carry."""
        return ManifestSigner(load_or_create_key(self.adapters_dir / ".key"), f"{learner_id or 'course'}/{course_id}")

    def directory(self, version: AdapterVersion) -> Path:
        return self.adapters_dir.parent / version.directory

    def _find_serving_version(self, learner_id: str, course_id: str) -> AdapterVersion | None:
        with self.database.read_connection() as connection:
            return adapter_store.active(connection, learner_id, course_id) or adapter_store.active(
                connection, None, course_id
            )

    def _require_promotable(self, version: AdapterVersion) -> None:
        if version.state is AdapterState.REJECTED:
            raise InputRefused(
                f"{version.name} did not pass the gate ({'; '.join(version.reasons)}); train again",
                key="gate_kept_out",
                name=version.name,
            )
        self._require_valid_corrections(version)

    def _require_valid_corrections(self, version: AdapterVersion) -> None:
        if not self._has_valid_corrections(version):
            raise InputRefused(
                f"{version.name} was trained with a better answer that was taken back or declined; train again",
                key="version_fallen",
                name=version.name,
            )

    def _has_valid_corrections(self, version: AdapterVersion) -> bool:
        with self.database.read_connection() as connection:
            found = [
                correction_store.by_id(connection, i)
                for i in adapter_store.correction_ids_of(connection, version.id)
            ]
        return all(correction is not None and correction.may_train(version.learner_id) for correction in found)
