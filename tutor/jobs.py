"""Jobs: long tasks in the background, with progress in the database, cancelling, and recovery after a crash.

Each kind of job has one worker thread. Jobs run in their order, those of `JobRunner.last_course` after all others.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import tutor.store.jobs as job_store
from tutor.accounts.permissions import AccessContext, Action, is_allowed
from tutor.domain import Job, JobState, Person
from tutor.errors import NotFound
from tutor.platform.clock import Clock, new_id
from tutor.platform.failure_log import describe_failure
from tutor.store.database import Database

log = logging.getLogger(__name__)
PROGRESS_INTERVAL_S = 0.2  # between two stored reports of a stage


@dataclass(slots=True)
class JobReporter:
    """Handed to the work: stores its progress, and tells it to stop."""

    database: Database
    clock: Clock
    job_id: str
    requeue_on_stop: bool = False  # stopped by the server's end; the next server runs the job again
    _cancel_event: threading.Event = field(default_factory=threading.Event)
    _last_report: tuple[str, float] = ("", 0.0)

    def __call__(self, stage: str, done: int, total: int, message: str | None = None) -> None:
        """Store the progress; skips reports that come too fast, but never the last one of a stage."""
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


JobFunction = Callable[[JobReporter], str]  # returns the message of the finished job


@dataclass(frozen=True, slots=True)
class _JobQueue:
    """What waits for a worker: each call of `take` returns the work that is next."""

    first: deque[Callable[[], None]] = field(default_factory=deque)
    last: deque[Callable[[], None]] = field(default_factory=deque)

    def take(self) -> Callable[[], None]:
        return self.first.popleft() if self.first else self.last.popleft()


@dataclass(frozen=True, slots=True)
class JobRunner:
    """Runs jobs and lets their owners watch and cancel them."""

    database: Database
    clock: Clock
    user_facing_errors: tuple[type[Exception], ...]  # their messages are shown to the owner
    last_course: str = ""  # its jobs wait behind those of other courses
    _queues: dict[str, _JobQueue] = field(default_factory=dict)
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
        """Queue the work behind other jobs of its kind; return the job at once."""
        now = self.clock()
        job = Job(new_id(), kind, actor.id, course_id, subject, JobState.QUEUED, "waiting", 0, 1, "", now, now)
        with self.database.write_transaction() as connection:
            job_store.add(connection, job, payload or {})
        self.run(job, work)
        return job

    def run(self, job: Job, work: JobFunction) -> None:
        """Queue the work of a stored job."""
        report = JobReporter(self.database, self.clock, job.id)
        with self._lock:
            self._reporters[job.id] = report
            worker = self._workers.setdefault(job.kind, ThreadPoolExecutor(1, thread_name_prefix=job.kind))
            queue = self._queues.setdefault(job.kind, _JobQueue())
            waiting = queue.last if job.course_id == self.last_course else queue.first
            waiting.append(lambda: self._run(job, report, work))
        worker.submit(lambda: queue.take()())

    def restart(self, job: Job, payload: Mapping[str, str], work: JobFunction) -> None:
        """Run a job again that a killed server left unfinished; its progress starts from zero."""
        with self.database.write_transaction() as connection:
            job_store.save_payload(connection, job.id, payload)
            job_store.update(connection, job.id, self.clock(), state=JobState.QUEUED, stage="waiting", done=0, total=1)
        self.run(job, work)

    def get(self, actor: Person, job_id: str) -> Job:
        """Return a job of this person; raises NotFound for any other."""
        with self.database.read_connection() as connection:
            job = job_store.by_id(connection, job_id)
        if job is None or not is_allowed(actor, Action.READ_OWN, AccessContext(owner_id=job.owner_id)):
            raise NotFound(f"there is no job {job_id}")
        return job

    def list_recent(self, actor: Person) -> list[Job]:
        with self.database.read_connection() as connection:
            return job_store.recent_by_owner(connection, actor.id)

    def list_for_course(self, course_id: str, kind: str) -> list[Job]:
        """Return the latest jobs of a kind in a course, of all owners; the caller checks permission."""
        with self.database.read_connection() as connection:
            return job_store.of_course(connection, course_id, kind)

    def cancel(self, actor: Person, job_id: str) -> None:
        """Ask a job of this person to stop; it ends when it next checks."""
        self.get(actor, job_id)
        self.request_stop(job_id)

    def request_stop(self, job_id: str) -> None:
        """Ask a job to stop; one that is still queued ends at once. The caller checks permission."""
        with self._lock:
            report = self._reporters.get(job_id)
            if report is not None:
                report.cancel()
        with self.database.write_transaction() as connection:
            job = job_store.by_id(connection, job_id)
            if job is not None and job.state is JobState.QUEUED:
                job_store.update(connection, job_id, self.clock(), state=JobState.CANCELLED)

    def list_unfinished(self, kind: str) -> list[tuple[Job, dict[str, str]]]:
        """Return the jobs of a kind that a killed server left unfinished, with their payloads."""
        with self.database.read_connection() as connection:
            return [(job, job_store.get_payload(connection, job.id)) for job in job_store.open_jobs(connection, kind)]

    def finish(self, job_id: str, state: JobState, message: str) -> None:
        with self.database.write_transaction() as connection:
            job_store.update(connection, job_id, self.clock(), state=state, message=message)

    def close(self) -> None:
        """Ask all jobs to stop and wait for them; unfinished ones stay queued for the next server."""
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
        except Exception as error:  # noqa: BLE001 - the boundary: the error is logged
            log.error("job %s (%s) failed: %s", job.id, job.kind, describe_failure(error))
            self.finish(job.id, JobState.FAILED, f"something went wrong on our side; look for job {job.id} in the log")
        finally:
            self._reporters.pop(job.id, None)

    def _finish_stopped(self, job: Job, report: JobReporter, message: str) -> None:
        """End a job that was cancelled; requeue one that stopped only because the server ends."""
        if report.requeue_on_stop:
            self.finish(job.id, JobState.QUEUED, "")
        else:
            self.finish(job.id, JobState.CANCELLED, message)
