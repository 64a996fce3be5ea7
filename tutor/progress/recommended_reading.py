"""Reading: which passages of the course teach a skill; simpler ones first for who is weak in it, further ones else."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.documents import Document, Passage
from knowledge.library import Library
from tutor.chat import extracts
from tutor.courses.courses import Courses
from tutor.domain import Person
from tutor.learner.bayesian_knowledge_tracing import IN_PLACE
from tutor.learner.readability import hardness

LOOKED_AT = 8
SHOWN = 3


@dataclass(frozen=True, slots=True)
class Resource:
    """A passage to read, and how hard it reads, in [0, 1]."""

    passage: Passage
    document: Document
    hardness: float


@dataclass(frozen=True, slots=True)
class Reading:
    """Recommends passages."""

    library: Library
    courses: Courses

    def about(self, who: Person, course_id: str, skill: str, known: float) -> tuple[Resource, ...]:
        """Return passages about a skill (its name), for somebody who knows it with that probability."""
        self.courses.enter(who, course_id)
        found = self.library.search(course_id, skill, LOOKED_AT)
        if not found.hits:
            return ()
        near = [hit for hit in found.hits if hit.score >= found.hits[0].score / 2 and extracts.teaches(hit)]
        resources = [Resource(hit.passage, hit.document, hardness(hit.passage.text)) for hit in near]
        strong = known >= IN_PLACE
        return tuple(sorted(resources, key=lambda r: -r.hardness if strong else r.hardness)[:SHOWN])
