"""The documents of a course: uploaded as a job, replaced, removed, restored and opened."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import tutor.store.blob_references as blob_reference_store
from knowledge.documents import Document, Passage, ProgressCallback
from knowledge.errors import DocumentRefused
from knowledge.library import Library
from tutor.accounts.permissions import Action
from tutor.courses import upload_messages
from tutor.courses.blob_store import BlobStore
from tutor.courses.courses import Courses
from tutor.courses.index_upgrades import REEMBED_JOB
from tutor.domain import Job, JobState, Person
from tutor.errors import InputRefused
from tutor.jobs import JobFunction, JobReporter, JobRunner

INGEST_JOB = "ingest"
UNDO_WINDOW_S = 600.0  # how long a removal can be undone
MAX_ATTEMPTS = 3  # at one upload during which the server died, so that a bad file cannot crash it again and again
UploadPayload = dict[str, str]  # what a new server needs to resume: name, sha256, language, attempts


@dataclass(frozen=True, slots=True)
class CourseDocuments:
    """The documents of all courses: instructors add and remove them, learners open them."""

    library: Library
    courses: Courses
    jobs: JobRunner
    blobs: BlobStore
    max_bytes: int

    def upload(self, actor: Person, course_id: str, name: str, data: bytes) -> Job:
        """Store the bytes and read them in the background, as the returned job.

        A document of the same name is replaced when the new one is ready; the same bytes again change nothing.
        """
        self.courses.authorize(actor, course_id, Action.TEACH)
        name = self._validate_upload(name, data)
        return self._start_upload(actor, course_id, name, self.blobs.put(data))

    def ingest(
        self, actor: Person, course_id: str, name: str, data: bytes, progress: ProgressCallback | None = None
    ) -> Document:
        """Read a document and return it when the next question can be answered from it."""
        self.courses.authorize(actor, course_id, Action.TEACH)
        name = self._validate_upload(name, data)
        document = self.library.add(course_id, name, data, progress=progress, replace=True)
        self.blobs.put(data)
        self.delete_unused_blobs()
        return document

    def upload_jobs(self, actor: Person, course_id: str) -> list[Job]:
        """Return the latest uploads of the course by any of its instructors, latest first, after a new embedding."""
        self.courses.authorize(actor, course_id, Action.TEACH)
        return [job for kind in (REEMBED_JOB, INGEST_JOB) for job in self.jobs.list_for_course(course_id, kind)]

    def is_reading(self, actor: Person, course_id: str) -> bool:
        """Return whether a document of the course is being read, or waits for it."""
        self.courses.authorize(actor, course_id)
        jobs = self.jobs.list_for_course(course_id, INGEST_JOB)
        return any(job.state in (JobState.QUEUED, JobState.RUNNING) for job in jobs)

    def cancel_upload(self, actor: Person, course_id: str, job_id: str) -> None:
        """Stop an upload of the course; what it has read so far is discarded."""
        if job_id in {job.id for job in self.upload_jobs(actor, course_id)}:
            self.jobs.request_stop(job_id)

    def resume_uploads(self) -> int:
        """Resume the uploads that were open when the server stopped; return how many."""
        unfinished = self.jobs.list_unfinished(INGEST_JOB)
        for job, payload in unfinished:
            attempts = int(payload.get("attempts", "0")) + (job.state is JobState.RUNNING)
            if not self.blobs.contains(payload.get("sha256", "")):
                self.jobs.finish(
                    job.id, JobState.FAILED, upload_messages.upload_incomplete(payload.get("language", ""), job.subject)
                )
            elif attempts >= MAX_ATTEMPTS:
                self.jobs.finish(
                    job.id, JobState.FAILED, upload_messages.upload_abandoned(payload.get("language", ""), job.subject)
                )
            else:
                again = payload | {"attempts": str(attempts)}
                self.jobs.restart(job, again, self._ingest_task(job.course_id, again))
        self.delete_unused_blobs()
        return len(unfinished)

    def documents(self, actor: Person, course_id: str) -> list[Document]:
        self.courses.authorize(actor, course_id)
        return self.library.documents(course_id)

    def remove(self, actor: Person, document_id: str) -> Document:
        """Remove a document and return it; the next answer no longer uses it.

        Its file is deleted UNDO_WINDOW_S later.
        """
        document = self.library.document(document_id)
        self.courses.authorize(actor, document.course_id, Action.TEACH)
        self.library.remove(document_id)
        self._release_blobs([document])
        return document

    def restore(self, actor: Person, document: Document) -> Job:
        """Undo a removal: read the stored bytes again."""
        self.courses.authorize(actor, document.course_id, Action.TEACH)
        if not self.blobs.contains(document.sha256):
            raise InputRefused(
                f"the file of {document.name} was deleted; upload it again",
                key="document_gone",
                name=document.name,
            )
        return self._start_upload(actor, document.course_id, document.name, document.sha256)

    def passage(self, actor: Person, passage_id: str) -> tuple[Document, Passage]:
        """Return a passage and its document, if this person may study its course."""
        passage = self.library.passage(passage_id)
        self.courses.authorize(actor, passage.course_id)
        return self.library.document(passage.document_id), passage

    def delete_unused_blobs(self) -> int:
        """Delete the files that no document and no upload needs, UNDO_WINDOW_S after they were last needed."""
        with self.jobs.database.read_connection() as connection:
            needed = blob_reference_store.referenced_blobs(connection, INGEST_JOB)
        return self.blobs.delete_unused(needed, UNDO_WINDOW_S)

    def _release_blobs(self, documents: Sequence[Document]) -> None:
        """Delete the files of documents UNDO_WINDOW_S from now, unless another document needs them."""
        for document in documents:
            self.blobs.mark_released(document.sha256)
        timer = threading.Timer(UNDO_WINDOW_S + 1, self.delete_unused_blobs)
        timer.daemon = True  # a server that stops earlier deletes them at its next start
        timer.start()

    def _start_upload(self, actor: Person, course_id: str, name: str, digest: str) -> Job:
        payload = {"name": name, "sha256": digest, "language": actor.language, "attempts": "0"}
        return self.jobs.start(actor, INGEST_JOB, course_id, name, self._ingest_task(course_id, payload), payload)

    def _ingest_task(self, course_id: str, payload: UploadPayload) -> JobFunction:
        name, digest, language = payload["name"], payload["sha256"], payload.get("language", "")

        def work(report: JobReporter) -> str:
            before = self.library.documents(course_id)
            if same := next((document for document in before if document.sha256 == digest), None):
                return upload_messages.upload_duplicate(language, name, same.name)
            data = self.blobs.read(digest, name)
            try:
                document = self.library.add(
                    course_id,
                    name,
                    data,
                    progress=_progress_callback(report),
                    cancelled=report.is_cancelled,
                    replace=True,
                )
            except DocumentRefused as refusal:
                raise type(refusal)(upload_messages.upload_refused(language, name, refusal)) from refusal
            older = [known for known in before if known.name == name]
            if older:
                self._release_blobs(older)
            return upload_messages.upload_finished(language, document, replaced=bool(older))

        return work

    def _validate_upload(self, name: str, data: bytes) -> str:
        name = Path(name.replace("\\", "/")).name.strip()[:200] or "document"
        if not data:
            raise InputRefused(f"{name} is empty; choose another file", key="document_empty", name=name)
        if len(data) > self.max_bytes:
            size, limit = f"{len(data) / 2**20:.0f}", self.max_bytes // 2**20
            raise InputRefused(
                f"{name} has {size} MB; the limit is {limit} MB. Split the file and upload the parts",
                key="document_too_large",
                name=name,
                size=size,
                limit=limit,
            )
        return name


def _progress_callback(report: JobReporter) -> ProgressCallback:
    return lambda value: report(value.stage, value.done, value.total)
