"""Long tasks beside the page: a worker thread a kind, progress in the database, cancel, a new start after a crash."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import tutor.store.jobs as job_store
from tutor.accounts.permissions import AccessContext, Action, is_allowed
from tutor.domain import Job, JobState, Person
from tutor.errors import NotFound
from tutor.platform.clock import Clock, new_id
from tutor.store.database import Database

log = logging.getLogger(__name__)
PROGRESS_INTERVAL_S = 0.2


@dataclass(slots=True)
class JobReporter:
    """Handed to the work: tells how far it is, and whether it should stop."""

    database: Database
    clock: Clock
    job_id: str
    requeue_on_stop: bool = False  # stopped because the server stops: the next one takes the job up
    _cancel_event: threading.Event = field(default_factory=threading.Event)
    _last_report: tuple[str, float] = ("", 0.0)

    def __call__(self, stage: str, done: int, total: int, message: str | None = None) -> None:
        """Store the progress; a stage's reports are thinned to a few a second, its last one is always kept."""
        now = time.monotonic()
        if stage == self._last_report[0] and done < total and now - self._last_report[1] < PROGRESS_INTERVAL_S:
            return
        self._last_report = (stage, now)
        with self.database.write_transaction() as connection:
            job_store.update(
                connection, self.job_id, self.clock(), stage=stage, done=done, total=total, message=message
            )

    def is_cancelled(self) -> bool:
        return self._cancel_event.is_set()

    def cancel(self) -> None:
        self._cancel_event.set()


JobFunction = Callable[[JobReporter], str]  # returns the sentence that stands under the finished job


@dataclass(frozen=True, slots=True)
class JobRunner:
    """Starts long tasks and lets their owners watch and cancel them."""

    database: Database
    clock: Clock
    user_facing_errors: tuple[type[Exception], ...]  # errors whose message is a sentence for the owner
    _workers: dict[str, ThreadPoolExecutor] = field(default_factory=dict)
    _reporters: dict[str, JobReporter] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def start(
        self,
        actor: Person,
        kind: str,
        course_id: str,
        subject: str,
        work: JobFunction,
        payload: Mapping[str, str] | None = None,
    ) -> Job:
        """Queue the work behind others of its kind and return its job at once."""
        now = self.clock()
        job = Job(new_id(), kind, actor.id, course_id, subject, JobState.QUEUED, "waiting", 0, 1, "", now, now)
        with self.database.write_transaction() as connection:
            job_store.add(connection, job, payload or {})
        self.run(job, work)
        return job

    def run(self, job: Job, work: JobFunction) -> None:
        """Run the work of a stored job (again)."""
        report = JobReporter(self.database, self.clock, job.id)
        with self._lock:
            self._reporters[job.id] = report
            worker = self._workers.setdefault(job.kind, ThreadPoolExecutor(1, thread_name_prefix=job.kind))
        worker.submit(self._run, job, report, work)

    def restart(self, job: Job, payload: Mapping[str, str], work: JobFunction) -> None:
        """Run the work of a job that a dead server left open; its progress begins anew."""
        with self.database.write_transaction() as connection:
            job_store.save_payload(connection, job.id, payload)
            job_store.update(connection, job.id, self.clock(), state=JobState.QUEUED, stage="waiting", done=0, total=1)
        self.run(job, work)

    def get(self, actor: Person, job_id: str) -> Job:
        """Return a job of this person."""
        with self.database.read_connection() as connection:
            job = job_store.by_id(connection, job_id)
        if job is None or not is_allowed(actor, Action.READ_OWN, AccessContext(owner_id=job.owner_id)):
            raise NotFound(f"there is no job {job_id}")
        return job

    def list_recent(self, actor: Person) -> list[Job]:
        with self.database.read_connection() as connection:
            return job_store.recent_by_owner(connection, actor.id)

    def list_for_course(self, course_id: str, kind: str) -> list[Job]:
        """Return the latest jobs of a kind in a course, whoever started them; whoever asks has been let in."""
        with self.database.read_connection() as connection:
            return job_store.of_course(connection, course_id, kind)

    def cancel(self, actor: Person, job_id: str) -> None:
        """Ask a job of this person to stop; it ends at its next report."""
        self.get(actor, job_id)
        self.request_stop(job_id)

    def request_stop(self, job_id: str) -> None:
        """Ask a job to stop; one that still waits has ended at once. Whoever asks has been let in."""
        with self._lock:
            report = self._reporters.get(job_id)
            if report is not None:
                report.cancel()
        with self.database.write_transaction() as connection:
            job = job_store.by_id(connection, job_id)
            if job is not None and job.state is JobState.QUEUED:
                job_store.update(connection, job_id, self.clock(), state=JobState.CANCELLED)

    def list_unfinished(self, kind: str) -> list[tuple[Job, dict[str, str]]]:
        """Return the jobs of a kind that a dead server left open, with their payloads."""
        with self.database.read_connection() as connection:
            return [(job, job_store.get_payload(connection, job.id)) for job in job_store.open_jobs(connection, kind)]

    def finish(self, job_id: str, state: JobState, message: str) -> None:
        with self.database.write_transaction() as connection:
            job_store.update(connection, job_id, self.clock(), state=state, message=message)

    def close(self) -> None:
        """Ask all work to stop and wait for it; what was not finished stays open for the next server."""
        with self._lock:
            reports, workers = list(self._reporters.values()), list(self._workers.values())
        for report in reports:
            report.requeue_on_stop = not report.is_cancelled()
            report.cancel()
        for worker in workers:
            worker.shutdown(wait=True, cancel_futures=True)

    def _run(self, job: Job, report: JobReporter, work: JobFunction) -> None:
        try:
            if report.is_cancelled():
                return self._finish_stopped(job, report, "")
            with self.database.write_transaction() as connection:
                job_store.update(connection, job.id, self.clock(), state=JobState.RUNNING)
            message = work(report)
            self.finish(job.id, JobState.DONE, message)
        except self.user_facing_errors as error:
            if report.is_cancelled():
                return self._finish_stopped(job, report, str(error))
            self.finish(job.id, JobState.FAILED, str(error))
        except Exception:
            log.exception("job %s (%s) failed", job.id, job.kind)
            self.finish(job.id, JobState.FAILED, f"something went wrong on our side; the log names job {job.id}")
        finally:
            self._reporters.pop(job.id, None)

    def _finish_stopped(self, job: Job, report: JobReporter, message: str) -> None:
        """End a job that somebody cancelled; put one back into the queue that only this server leaves."""
        if report.requeue_on_stop:
            self.finish(job.id, JobState.QUEUED, "")
        else:
            self.finish(job.id, JobState.CANCELLED, message)
