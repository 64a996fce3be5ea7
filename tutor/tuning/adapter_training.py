"""Trains the next adapter version of a learner or a course from their corrections, and publishes it.

The package `adapters` trains in a subprocess and its gate decides; this module checks permissions and stores the
result. Across all processes, one training of an owner in a course runs at a time. A failed training leaves the active
version as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

import tutor.store.adapters as adapter_store
from adapters import dataset, gate, registry
from adapters.errors import TrainingRefused
from adapters.records import Recipe, TrainedAdapter, TrainingJob, TrainingProgress, TrainingRow
from tutor.domain import AdapterState, AdapterVersion, Job, Person
from tutor.engine.base import Engine, EngineState
from tutor.engine.free_memory import available_memory
from tutor.engine.model_files import ModelFiles, resolve_model_files
from tutor.errors import NotFound, TrainingFailed
from tutor.jobs import JobReporter, JobRunner
from tutor.platform.clock import Clock, new_id
from tutor.platform.settings import Settings
from tutor.store import people
from tutor.store.adapters import LossPoint
from tutor.store.audit import Act
from tutor.store.database import Database
from tutor.tuning import work_dirs
from tutor.tuning.adapter_versions import AdapterVersionService
from tutor.tuning.preference_pairs import PreferencePairSource
from tutor.tuning.recipes import recipe_for, require_memory
from tutor.tuning.trainer_main import train_any_base
from tutor.tuning.training_rows import TrainingRowSource

JOB_KIND = "train"
ProgressCallback = Callable[[TrainingProgress], None]
OpenModel = Callable[[str, Path], ModelFiles]

# After the version's name in the message of a job; the second one is in the jobs of older versions.
_REJECTED_MESSAGES = (" was not promoted: ", " stays out: ")


def is_rejection(message: str) -> bool:
    """Whether the message of a finished training job says that the gate rejected the version."""
    return any(part in message for part in _REJECTED_MESSAGES)


class Trainer(Protocol):
    """Runs one job; `tutor.tuning.trainer_main.train_any_base` in the product."""

    def __call__(
        self, job: TrainingJob, on_progress: ProgressCallback, cancelled: Callable[[], bool]
    ) -> TrainedAdapter: ...


@dataclass(frozen=True, slots=True)
class AdapterTraining:
    """Trains the adapters of learners and the shared adapters of courses (`learner_id` None)."""

    database: Database
    versions: AdapterVersionService
    training_rows: TrainingRowSource
    preference_pairs: PreferencePairSource
    jobs: JobRunner
    engine: Engine
    settings: Settings
    clock: Clock
    trainer: Trainer = train_any_base
    open_model: OpenModel = resolve_model_files
    free_memory: Callable[[], int] = available_memory
    recipe: Recipe = Recipe()
    thresholds: gate.GateThresholds = gate.DEFAULT_THRESHOLDS

    def train(
        self,
        actor: Person,
        learner_id: str | None,
        course_id: str,
        on_progress: ProgressCallback = lambda progress: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> AdapterVersion:
        """Train the next version; the gate makes it ACTIVE, or REJECTED with reasons.

        Raises NotAllowed, TrainingRefused, TrainingBusy, TrainingFailed, and the errors of the trainer.
        """
        self.versions.require_can_manage(actor, learner_id, course_id)
        name = self._owner_name(learner_id, course_id)
        owner = learner_id or "course"
        with work_dirs.exclusive_work_dir(self.versions.adapters_dir, owner, course_id, name) as work_dir:
            training_rows = self._require_enough_rows(learner_id, course_id)
            job = self._build_job(name, learner_id, course_id, training_rows, work_dir)
            trained = self.trainer(job, on_progress, cancelled)
            decision = gate.decide_from_metrics(trained.metrics, self.thresholds)
            return self._publish(actor, learner_id, course_id, trained, decision, [row.id for row in training_rows])

    def start(self, actor: Person, learner_id: str | None, course_id: str) -> Job:
        """Queue a training and return its job at once. Raises NotAllowed, TrainingRefused, TrainingBusy."""
        self.versions.require_can_manage(actor, learner_id, course_id)
        name = self._owner_name(learner_id, course_id)
        self._require_enough_rows(learner_id, course_id)
        if self.engine.info().state is EngineState.READY:  # otherwise the model may still have to be downloaded
            require_memory(self.open_model(self.settings.model, self.settings.data_dir), self.free_memory())
        waiting = [payload for job, payload in self.jobs.list_unfinished(JOB_KIND) if job.course_id == course_id]
        if any(payload.get("learner", "") == (learner_id or "") for payload in waiting):
            raise work_dirs.busy_error(name)
        work = partial(self._run_job, actor, learner_id, course_id)
        return self.jobs.start(actor, JOB_KIND, course_id, name, work, {"learner": learner_id or ""})

    def remove_abandoned(self) -> int:
        """Remove folders of killed trainings that were not resumed; return how many."""
        return work_dirs.remove_abandoned(self.versions.adapters_dir)

    def count_rows(self, actor: Person, learner_id: str | None, course_id: str) -> tuple[int, int]:
        """Return how many distinct rows there are to train on, and how many a training needs."""
        self.versions.require_can_manage(actor, learner_id, course_id)
        return len(dataset.deduplicate(self.training_rows.for_owner(learner_id, course_id))), self.recipe.minimum_rows

    def is_for_another_base(self, version: AdapterVersion) -> bool:
        """Whether a version was trained on another model than the one that answers, so that it cannot be used."""
        serving = self.engine.info().base_sha256
        return bool(serving) and version.base_sha256 != serving

    def latest_job(self, actor: Person, learner_id: str | None, course_id: str) -> Job | None:
        """Return the last training of this owner that the actor started."""
        jobs = [job for job in self.jobs.list_recent(actor) if (job.kind, job.course_id) == (JOB_KIND, course_id)]
        name = self._owner_name(learner_id, course_id)
        return next((job for job in jobs if job.subject == name), None)

    def loss_curve(self, actor: Person, job_id: str) -> list[LossPoint]:
        """Return the loss curve of a training so far."""
        self.jobs.get(actor, job_id)
        with self.database.read_connection() as connection:
            return adapter_store.losses(connection, job_id)

    def course_with_corrections(self, learner_id: str) -> str:
        """Return the only course in which this learner has corrections. Raises TrainingRefused for none or several."""
        found = self.training_rows.trainable_courses(learner_id)
        if len(found) != 1:
            if found:
                raise TrainingRefused(f"the learner has corrections in {', '.join(found)}; choose one with --course")
            raise TrainingRefused("the learner has no corrections yet; write some better answers first")
        return found[0]

    def _run_job(self, actor: Person, learner_id: str | None, course_id: str, report: JobReporter) -> str:
        def on_progress(progress: TrainingProgress) -> None:
            report(progress.stage, progress.step, progress.steps)
            if progress.loss is not None:
                with self.database.write_transaction() as connection:
                    point = LossPoint(progress.step, progress.loss, progress.held_out)
                    adapter_store.save_loss(connection, report.job_id, point)

        version = self.train(actor, learner_id, course_id, on_progress, report.is_cancelled)
        if version.state is AdapterState.REJECTED:
            return f"{version.name}{_REJECTED_MESSAGES[0]}{'; '.join(version.reasons)}"
        return f"{version.name} is active now"

    def _require_enough_rows(self, learner_id: str | None, course_id: str) -> tuple[TrainingRow, ...]:
        """Return the rows to train on. Raises TrainingRefused without consent or with too few rows."""
        if learner_id and not self.training_rows.has_consented(learner_id):
            raise TrainingRefused(
                f"{self._owner_name(learner_id, course_id)} has not consented to training; tick the consent box first",
                key="no_consent",
            )
        found, needed = self.training_rows.for_owner(learner_id, course_id), self.recipe.minimum_rows
        different = len(dataset.deduplicate(found))
        if different < needed:
            repeated = f" ({len(found) - different} duplicates)" if len(found) > different else ""
            raise TrainingRefused(
                f"not enough to train: {different} of {needed} corrections{repeated}; write a few more better answers",
                key="too_few",
                have=different,
                need=needed,
            )
        return found

    def _build_job(
        self,
        name: str,
        learner_id: str | None,
        course_id: str,
        training_rows: tuple[TrainingRow, ...],
        work_dir: Path,
    ) -> TrainingJob:
        files = self.open_model(self.settings.model, self.settings.data_dir)
        serving = self.engine.info()
        if serving.base_sha256 and serving.base_sha256 != files.base_sha256:
            raise TrainingFailed(
                f"the tutor answers with {serving.model}, but {files.name} would be trained; use one model for both",
                key="other_base",
            )
        require_memory(files, self.free_memory())
        vault = self.versions.vault(learner_id, course_id)
        dataset.write_rows(work_dir / "rows.jsonl", training_rows, vault)
        pairs = self.preference_pairs.for_owner(learner_id, course_id) if self.recipe.preference_steps else ()
        if pairs:
            dataset.write_pairs(work_dir / "pairs.jsonl", pairs, vault)
        with self.database.read_connection() as connection:
            number = adapter_store.next_version(connection, learner_id, course_id)
            active = adapter_store.active(connection, learner_id, course_id)
        active_dir = None
        if active and active.base_sha256 == files.base_sha256:
            signer = self.versions.signer(learner_id, course_id)
            registry.verify_adapter(self.versions.directory(active), files.base_sha256, signer=signer, vault=vault)
            active_dir = str(self.versions.directory(active).resolve())
        return TrainingJob(
            directory=str(work_dir),
            base_directory=str(files.directory.resolve()),
            base_sha256=files.base_sha256,
            rows_file=str(work_dir / "rows.jsonl"),
            name=version_name(name, course_id, number),
            recipe=recipe_for(files, self.recipe),
            pairs_file=str(work_dir / "pairs.jsonl") if pairs else None,
            previous=active_dir,
            current=active_dir,
            base_cache_directory=str((self.versions.adapters_dir / ".base").resolve()),
            vault=vault,
        )

    def _publish(
        self,
        actor: Person,
        learner_id: str | None,
        course_id: str,
        trained: TrainedAdapter,
        decision: gate.GateDecision,
        correction_ids: list[str],
    ) -> AdapterVersion:
        """Store the version with the gate's decision; install and activate it if it was promoted."""
        installed = None
        if decision.promote:
            signer = self.versions.signer(learner_id, course_id)
            installed = registry.install(Path(trained.directory), self.versions.adapters_dir, trained.name, signer)
        with self.database.write_transaction() as connection:
            if not {c.id for c in self.training_rows.trainable_corrections(learner_id, course_id)}.issuperset(
                correction_ids
            ):
                if installed:
                    registry.remove(installed)
                raise TrainingFailed(
                    "a correction was withdrawn while the tutor was trained; train again without it",
                    key="withdrawn_meanwhile",
                )
            version = AdapterVersion(
                id=new_id(),
                name=trained.name,
                learner_id=learner_id,
                course_id=course_id,
                version=adapter_store.next_version(connection, learner_id, course_id),
                state=AdapterState.CANDIDATE if decision.promote else AdapterState.REJECTED,
                base_sha256=trained.base_sha256,
                sha256=trained.sha256,
                directory=f"{self.versions.adapters_dir.name}/{trained.name}",
                metrics=trained.metrics,
                created_at=self.clock(),
                reasons=decision.reasons,
            )
            adapter_store.add(connection, version, correction_ids)
            if decision.promote:
                adapter_store.activate(connection, version)
            act = Act.TRAINED if decision.promote else Act.TRAINED_IN_VAIN
            self.versions.log(connection, act, actor, learner_id, course_id)
            stored = adapter_store.by_id(connection, version.id)
        assert stored is not None
        return stored

    def _owner_name(self, learner_id: str | None, course_id: str) -> str:
        """Return the learner's pseudonym, or the course's id."""
        if learner_id is None:
            return course_id
        with self.database.read_connection() as connection:
            person = people.by_id(connection, learner_id)
        if person is None:
            raise NotFound(f"there is no person {learner_id}")
        return person.name


def version_name(owner: str, course_id: str, number: int) -> str:
    """Return a name such as quiet-heron-421-algebra-v3-9f1c; a random suffix makes it unique."""
    readable = re.sub(r"[^a-z0-9]+", "-", owner.lower()).strip("-")[:40] or "learner"
    scope = "shared" if owner == course_id else course_id
    return f"{readable}-{scope}-v{number}-{new_id()[:4]}"
