"""Courses whose passages were embedded by another model are embedded again, one job for each course.

Until its job has ended, a course is searched with its old vectors if that model is at hand, as MiniLM is beside the
multilingual one; otherwise a large course is searched by words alone (`knowledge/library.py`).
"""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.documents import IngestProgress
from knowledge.library import Library
from tutor.courses.courses import Courses
from tutor.domain import Job, JobState, Person
from tutor.jobs import JobFunction, JobReporter, JobRunner
from tutor.locales import t

REEMBED_JOB = "reembed"


@dataclass(frozen=True, slots=True)
class IndexUpgrades:
    """Starts the jobs after a change of the embedder."""

    library: Library
    courses: Courses
    jobs: JobRunner

    def start(self, operator: Person) -> list[Job]:
        """Queue a job for each course of another embedder; jobs that a killed server left are replaced by new ones."""
        for job, _payload in self.jobs.list_unfinished(REEMBED_JOB):
            self.jobs.finish(job.id, JobState.CANCELLED, "")
        stale = [course for course in self.courses.visible_to(operator) if self.library.has_other_embedder(course.id)]
        return [
            self.jobs.start(operator, REEMBED_JOB, course.id, course.title, self._task(course.id, operator.language))
            for course in stale
        ]

    def _task(self, course_id: str, language: str) -> JobFunction:
        def work(report: JobReporter) -> str:
            def advanced(progress: IngestProgress) -> None:
                report(progress.stage, progress.done, progress.total)

            count = self.library.embed_again(course_id, advanced, report.is_cancelled)
            return t(language, "course_embedded_again", passages=count)

        return work
