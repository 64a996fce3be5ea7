"""Recommends passages about a skill: easier ones first for a learner who is weak in it, harder ones first otherwise."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.documents import Document, Passage
from knowledge.library import Library
from knowledge.passage_roles import teaches
from tutor.courses.courses import Courses
from tutor.domain import Person
from tutor.learner.bayesian_knowledge_tracing import PREREQUISITE_THRESHOLD
from tutor.learner.readability import reading_difficulty

SEARCH_LIMIT = 8
MAX_RECOMMENDED = 3


@dataclass(frozen=True, slots=True)
class RecommendedPassage:
    """A passage to read, and how hard it reads, in [0, 1]."""

    passage: Passage
    document: Document
    difficulty: float


@dataclass(frozen=True, slots=True)
class RecommendedReading:
    """Recommends passages of a course."""

    library: Library
    courses: Courses

    def recommend(self, actor: Person, course_id: str, skill: str, mastery: float) -> tuple[RecommendedPassage, ...]:
        """Return passages about a skill, given by name; `mastery` is the probability that the learner knows it."""
        self.courses.authorize(actor, course_id)
        found = self.library.search(course_id, skill, SEARCH_LIMIT)
        if not found.hits:
            return ()
        near = (hit for hit in found.hits if hit.score >= found.hits[0].score / 2)
        resources = [
            RecommendedPassage(hit.passage, hit.document, reading_difficulty(hit.passage.text))
            for hit in near
            if teaches(hit.passage.heading, hit.passage.text)
        ]
        strong = mastery >= PREREQUISITE_THRESHOLD
        return tuple(sorted(resources, key=lambda r: -r.difficulty if strong else r.difficulty)[:MAX_RECOMMENDED])
