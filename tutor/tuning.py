"""From accepted corrections to the adapter that answers: training, publishing, switching on and off.

The training itself is `adapters`, in a process of its own; this room decides who may, which rows are used, and what
becomes of the result. One training of a learner in a course runs at a time, in whatever process.
"""

from __future__ import annotations

import fcntl
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

import tutor.store.adapters as rows
import tutor.store.feedback as feedback_rows
import tutor.store.turns as turn_rows
from adapters import dataset, gate, process, registry
from adapters.errors import TrainingBusy, TrainingRefused
from adapters.records import ChatMessage, Recipe, TrainedAdapter, TrainingJob, TrainingProgress, TrainingRow
from adapters.scrubbing import scrub
from tutor.access import Action, Facts, require
from tutor.courses import Courses
from tutor.domain import AdapterState, AdapterVersion, Correction, CorrectionState, Job, Person
from tutor.engine.base import AdapterRef, Engine
from tutor.engine.models import ModelFiles, open_model_files
from tutor.errors import NotFound, TrainingFailed
from tutor.jobs import Jobs, Report
from tutor.moments import Clock, new_id
from tutor.settings import Settings
from tutor.store import people
from tutor.store.database import Database

KIND = "train"
Progress = Callable[[str, int, int], None]  # stage, done, total
OpenModel = Callable[[str, Path], ModelFiles]


class Trainer(Protocol):
    """Runs one job; `adapters.process.train` in the house."""

    def __call__(
        self, job: TrainingJob, on_progress: Callable[[TrainingProgress], None], cancelled: Callable[[], bool]
    ) -> TrainedAdapter: ...


@dataclass(frozen=True, slots=True)
class Tuning:
    """Trains learners' adapters and says which one answers."""

    database: Database
    courses: Courses
    jobs: Jobs
    engine: Engine
    settings: Settings
    adapters_dir: Path
    clock: Clock
    trainer: Trainer = process.train
    open_model: OpenModel = open_model_files
    recipe: Recipe = Recipe()
    bar: gate.Bar = gate.USUAL_BAR

    def train(
        self,
        who: Person,
        learner_id: str,
        course_id: str,
        on_progress: Progress = lambda stage, done, total: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> AdapterVersion:
        """Train the learner's next version on her accepted corrections and make it the active one.

        Raises NotAllowed, TrainingRefused, TrainingBusy, TrainingFailed and what the trainer raises; the version in
        use is untouched by any of them.
        """
        self._allow(who, learner_id, course_id)
        learner = self._person(learner_id)
        with self._alone(learner, course_id) as workplace:
            training_rows = self._rows(learner, course_id)
            job = self._job(learner, course_id, training_rows, workplace)

            def tell(progress: TrainingProgress) -> None:
                on_progress(progress.stage, progress.step, progress.steps)

            trained = self.trainer(job, tell, cancelled)
            self._refuse_unproven(trained)
            return self._publish(learner, course_id, trained, [row.id for row in training_rows])

    def start(self, who: Person, learner_id: str, course_id: str) -> Job:
        """Queue a training and return its job at once. Raises what can be known before it runs."""
        self._allow(who, learner_id, course_id)
        learner = self._person(learner_id)
        self._refuse_too_few(self._rows(learner, course_id))
        if any(job.course_id == course_id and job.subject == learner.name for job, _ in self.jobs.unfinished(KIND)):
            raise TrainingBusy(f"the tutor of {learner.name} is being trained already; wait until that has ended")
        return self.jobs.start(
            who, KIND, course_id, learner.name, partial(self._work, who, learner_id, course_id), {"learner": learner_id}
        )

    def versions(self, who: Person, learner_id: str, course_id: str) -> list[AdapterVersion]:
        """Return the learner's versions, latest first."""
        self._allow(who, learner_id, course_id)
        with self.database.reading() as connection:
            return rows.versions(connection, learner_id, course_id)

    def active(self, who: Person, learner_id: str, course_id: str) -> AdapterVersion | None:
        """Return the version that answers, None when the base does."""
        self._allow(who, learner_id, course_id)
        with self.database.reading() as connection:
            return rows.active(connection, learner_id, course_id)

    def trained_on(self, who: Person, version_id: str) -> list[str]:
        """Return the ids of the corrections that a version was trained on."""
        version = self._version(who, version_id)
        with self.database.reading() as connection:
            return rows.trained_on(connection, version.id)

    def activate(self, who: Person, version_id: str) -> AdapterVersion:
        """Make this version answer from the next turn on; it is checked on disk first."""
        version = self._version(who, version_id)
        registry.verify(self._directory(version), version.base_sha256)
        with self.database.writing() as connection:
            rows.activate(connection, version)
        return self._version(who, version_id)

    def switch_off(self, who: Person, learner_id: str, course_id: str) -> None:
        """Let the base answer again, exactly as before any training."""
        self._allow(who, learner_id, course_id)
        with self.database.writing() as connection:
            rows.switch_off(connection, learner_id, course_id)

    def delete(self, who: Person, version_id: str) -> None:
        """Remove a version and its files for good."""
        version = self._version(who, version_id)
        with self.database.writing() as connection:
            rows.remove(connection, version.id)
        registry.remove(self._directory(version))

    def active_ref(self, learner_id: str, course_id: str) -> AdapterRef | None:
        """Return what the engine needs to answer this learner, None for the base."""
        with self.database.reading() as connection:
            version = rows.active(connection, learner_id, course_id)
        if version is None:
            return None
        return AdapterRef(version.name, self._directory(version), version.sha256, version.base_sha256)

    def course_with_corrections(self, learner_id: str) -> str:
        """Return the one course in which this learner has corrections to train on."""
        with self.database.reading() as connection:
            accepted = feedback_rows.corrections_of(
                connection, learner_id=learner_id, states=[CorrectionState.ACCEPTED]
            )
        found = sorted({correction.course_id for correction in accepted})
        if len(found) != 1:
            where = f"has them in {', '.join(found)}: name one with --course" if found else "has none yet"
            raise TrainingRefused(f"which corrections to train on is not clear: this learner {where}")
        return found[0]

    def _work(self, who: Person, learner_id: str, course_id: str, report: Report) -> str:
        version = self.train(who, learner_id, course_id, report, report.cancelled)
        return f"{version.name} answers from now on"

    def _rows(self, learner: Person, course_id: str) -> tuple[TrainingRow, ...]:
        """Return one row a question: the latest accepted, consented correction of an answer that a model gave."""
        with self.database.reading() as connection:
            if people.consent_at(connection, learner.id) is None:
                raise TrainingRefused(
                    f"{learner.name} has not consented to training; a correction with the consent box ticked gives it"
                )
            accepted = feedback_rows.corrections_of(
                connection, learner_id=learner.id, course_id=course_id, states=[CorrectionState.ACCEPTED]
            )
            corrections = [c for c in accepted if c.consent]
            prompts = {c.id: turn_rows.prompt_of(connection, c.turn_id) for c in corrections}
        latest = {prompts[c.id]: c for c in corrections if prompts[c.id]}
        return tuple(_row(correction, prompt) for prompt, correction in latest.items() if prompt)

    def _refuse_too_few(self, training_rows: tuple[TrainingRow, ...]) -> None:
        if len(training_rows) < self.recipe.minimum_rows:
            raise TrainingRefused(
                f"not enough to train: {len(training_rows)} of {self.recipe.minimum_rows} corrections; "
                "write a few more better answers"
            )

    def _job(
        self, learner: Person, course_id: str, training_rows: tuple[TrainingRow, ...], workplace: Path
    ) -> TrainingJob:
        self._refuse_too_few(training_rows)
        files = self.open_model(self.settings.model, self.settings.data_dir)
        serving = self.engine.info()
        if serving.base_sha256 and serving.base_sha256 != files.base_sha256:
            raise TrainingFailed(
                f"the tutor answers with {serving.model}, but {files.name} would be trained; use one model for both"
            )
        dataset.write_rows(workplace / "rows.jsonl", training_rows)
        with self.database.reading() as connection:
            number = rows.next_version(connection, learner.id, course_id)
        return TrainingJob(
            directory=str(workplace),
            base_directory=str(files.directory.resolve()),
            base_sha256=files.base_sha256,
            rows_file=str(workplace / "rows.jsonl"),
            name=version_name(learner.name, course_id, number),
            recipe=self.recipe,
        )

    def _refuse_unproven(self, trained: TrainedAdapter) -> None:
        """Ask the gate about a new adapter; its base stands in for the version in use, which is trained afresh."""
        base, candidate = gate.cards_of(trained.metrics)
        verdict = gate.decide(base, base, candidate, self.bar)
        if not verdict.promote:
            raise TrainingFailed(f"the new version stays out: {'; '.join(verdict.reasons)}")

    def _publish(
        self, learner: Person, course_id: str, trained: TrainedAdapter, correction_ids: list[str]
    ) -> AdapterVersion:
        """Give the files their place and the version its row; only then does it answer."""
        place = registry.install(Path(trained.directory), self.adapters_dir, trained.name)
        with self.database.writing() as connection:
            still = feedback_rows.corrections_of(
                connection, learner_id=learner.id, course_id=course_id, states=[CorrectionState.ACCEPTED]
            )
            if (
                not {c.id for c in still}.issuperset(correction_ids)
                or people.consent_at(connection, learner.id) is None
            ):
                registry.remove(place)
                raise TrainingFailed("a correction was withdrawn while the tutor was trained; train again without it")
            number = rows.next_version(connection, learner.id, course_id)
            version = AdapterVersion(
                id=new_id(),
                name=trained.name,
                learner_id=learner.id,
                course_id=course_id,
                version=number,
                state=AdapterState.CANDIDATE,
                base_sha256=trained.base_sha256,
                sha256=trained.sha256,
                directory=f"{self.adapters_dir.name}/{trained.name}",
                metrics=trained.metrics,
                created_at=self.clock(),
            )
            rows.add(connection, version, correction_ids)
            rows.activate(connection, version)
            stored = rows.by_id(connection, version.id)
        assert stored is not None
        return stored

    @contextmanager
    def _alone(self, learner: Person, course_id: str) -> Iterator[Path]:
        """Yield an empty folder to work in while no other process trains this learner; nothing of it is kept."""
        workplace = self.adapters_dir / ".work" / f"{learner.id}-{course_id}"
        workplace.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with workplace.with_suffix(".lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise TrainingBusy(
                    f"the tutor of {learner.name} is being trained already; wait until that has ended"
                ) from None
            shutil.rmtree(workplace, ignore_errors=True)  # what a killed training left
            workplace.mkdir(mode=0o700)
            try:
                yield workplace
            finally:
                shutil.rmtree(workplace, ignore_errors=True)

    def _allow(self, who: Person, learner_id: str, course_id: str) -> None:
        self.courses.enter(who, course_id)
        require(who, Action.TRAIN, Facts(owner_id=learner_id))

    def _version(self, who: Person, version_id: str) -> AdapterVersion:
        with self.database.reading() as connection:
            version = rows.by_id(connection, version_id)
        if version is None:
            raise NotFound(f"there is no adapter version {version_id}")
        self._allow(who, version.learner_id, version.course_id)
        return version

    def _person(self, person_id: str) -> Person:
        with self.database.reading() as connection:
            person = people.by_id(connection, person_id)
        if person is None:
            raise NotFound(f"there is no person {person_id}")
        return person

    def _directory(self, version: AdapterVersion) -> Path:
        return self.adapters_dir.parent / version.directory


def version_name(learner: str, course_id: str, number: int) -> str:
    """Return a name such as quiet-heron-421-algebra-v3-9f1c; its random end keeps it unused for ever."""
    readable = re.sub(r"[^a-z0-9]+", "-", learner.lower()).strip("-")[:40] or "learner"
    return f"{readable}-{course_id}-v{number}-{new_id()[:4]}"


def _row(correction: Correction, prompt: tuple[tuple[str, str], ...]) -> TrainingRow:
    """Return the row to learn, without what would tell who somebody is."""
    said = (*prompt, ("assistant", correction.text))
    messages = tuple(ChatMessage(role, scrub(content).text) for role, content in said)  # type: ignore[arg-type]
    return TrainingRow(correction.id, messages)
