"""The documents of a course: uploaded as a job, removed, opened at a passage. Authority first, then the library."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from knowledge.documents import Document, Passage, ProgressCallback
from knowledge.library import Library
from tutor import phrases
from tutor.access import Action
from tutor.courses import Courses
from tutor.domain import Job, JobState, Person
from tutor.errors import InputRefused
from tutor.jobs import Jobs, Report, Work

KIND = "ingest"


@dataclass(frozen=True, slots=True)
class Shelf:
    """What instructors put on it, learners may open."""

    library: Library
    courses: Courses
    jobs: Jobs
    originals: Path  # uploaded bytes by SHA-256: to resume an ingest, and to show a cited page
    max_bytes: int

    def upload(self, who: Person, course_id: str, name: str, data: bytes) -> Job:
        """Keep the bytes and read them in beside the page; watch the returned job."""
        self.courses.enter(who, course_id, Action.TEACH)
        name = self._checked(name, data)
        digest = self._keep(data)
        payload = {"name": name, "sha256": digest}
        return self.jobs.start(who, KIND, course_id, name, self._work(course_id, name, digest), payload)

    def add(
        self, who: Person, course_id: str, name: str, data: bytes, progress: ProgressCallback | None = None
    ) -> Document:
        """Read a document in and return it when the next question can be answered from it."""
        self.courses.enter(who, course_id, Action.TEACH)
        name = self._checked(name, data)
        self._keep(data)
        return self.library.add(course_id, name, data, progress=progress)

    def resume(self) -> int:
        """Take up the uploads that a dead server left open; return how many."""
        left = self.jobs.unfinished(KIND)
        for job, payload in left:
            if (self.originals / payload.get("sha256", "?")).is_file():
                self.jobs.run(job, self._work(job.course_id, payload["name"], payload["sha256"]))
            else:
                self.jobs.end(job.id, JobState.FAILED, f"{job.subject} was not received whole; upload it again")
        return len(left)

    def documents(self, who: Person, course_id: str) -> list[Document]:
        self.courses.enter(who, course_id)
        return self.library.documents(course_id)

    def remove(self, who: Person, document_id: str) -> Document:
        """Take a document off the shelf; the next answer knows nothing of it. Returns what was removed."""
        document = self.library.document(document_id)
        self.courses.enter(who, document.course_id, Action.TEACH)
        self.library.remove(document_id)
        return document

    def restore(self, who: Person, document: Document) -> Job:
        """Undo a removal: read the kept bytes in again."""
        self.courses.enter(who, document.course_id, Action.TEACH)
        payload = {"name": document.name, "sha256": document.sha256}
        work = self._work(document.course_id, document.name, document.sha256)
        return self.jobs.start(who, KIND, document.course_id, document.name, work, payload)

    def passage(self, who: Person, passage_id: str) -> tuple[Document, Passage]:
        """Return a passage and its document, if this person may study its course."""
        passage = self.library.passage(passage_id)
        self.courses.enter(who, passage.course_id)
        return self.library.document(passage.document_id), passage

    def suggestions(self, who: Person, course_id: str, language: str, count: int = 4) -> list[str]:
        """Return questions to begin with: one for each of some headings in this language, spread over the course."""
        self.courses.enter(who, course_id)
        topics = {passage.heading[-1]: None for passage in self.library.catalog.passages(course_id) if passage.heading}
        spoken = [topic for topic in topics if phrases.language_of(topic, language) == language]
        step = max(1, len(spoken) // count)
        return [phrases.about(language, topic) for topic in spoken[::step][:count]]

    def _work(self, course_id: str, name: str, digest: str) -> Work:
        def work(report: Report) -> str:
            data = (self.originals / digest).read_bytes()
            document = self.library.add(course_id, name, data, progress=_progress(report), cancelled=report.cancelled)
            return " ".join(
                (f"{document.name}: {document.pages} pages, {document.passages} passages.", *document.notes)
            )

        return work

    def _checked(self, name: str, data: bytes) -> str:
        name = Path(name.replace("\\", "/")).name.strip()[:200] or "document"
        if not data:
            raise InputRefused(f"{name} is empty; choose a file with content")
        if len(data) > self.max_bytes:
            limit = self.max_bytes // 2**20
            raise InputRefused(f"{name} has {len(data) / 2**20:.0f} MB; at most {limit} MB can be read, split it")
        return name

    def _keep(self, data: bytes) -> str:
        digest = hashlib.sha256(data).hexdigest()
        path = self.originals / digest
        if not path.is_file():
            partial = path.with_suffix(f".{os.getpid()}.part")
            partial.write_bytes(data)
            partial.replace(path)
        return digest


def _progress(report: Report) -> ProgressCallback:
    return lambda value: report(value.stage, value.done, value.total)
