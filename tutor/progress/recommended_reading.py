"""Recommends passages about a skill: easier ones first for a learner who is weak in it, harder ones first otherwise.

They are in the learner's language where the course has such passages about the skill, and else in that of the best one:
never in both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.documents import Document, Hit, Passage
from knowledge.languages import detect_language
from knowledge.library import Library
from knowledge.passage_roles import teaches
from tutor.courses.courses import Courses
from tutor.domain import Person
from tutor.learner.bayesian_knowledge_tracing import PREREQUISITE_THRESHOLD
from tutor.learner.readability import reading_difficulty

SEARCH_LIMIT = 16  # a course in two languages has each passage twice
MAX_RECOMMENDED = 3
ABOUT_IT = 0.25  # from this score on, a passage in the learner's language is preferred to a better one in another


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
        hits = [hit for hit in self.library.search(course_id, skill, SEARCH_LIMIT).hits if _teaches(hit)]
        alike = in_one_language(hits, actor.language)
        best = max((hit.score for hit in alike), default=0.0)
        near = [hit for hit in alike if hit.score >= best / 2]
        resources = [
            RecommendedPassage(hit.passage, hit.document, reading_difficulty(hit.passage.text)) for hit in near
        ]
        strong = mastery >= PREREQUISITE_THRESHOLD
        return tuple(sorted(resources, key=lambda r: -r.difficulty if strong else r.difficulty)[:MAX_RECOMMENDED])


def in_one_language(hits: Sequence[Hit], language: str) -> list[Hit]:
    """Return the hits in the learner's language where one of them is about the skill, else those in the best one's."""
    spoken = [detect_language(hit.passage.text, language) for hit in hits]
    has_own = any(hit.score >= ABOUT_IT and said == language for hit, said in zip(hits, spoken, strict=True))
    read = language if has_own else next(iter(spoken), language)
    return [hit for hit, said in zip(hits, spoken, strict=True) if said == read]


def _teaches(hit: Hit) -> bool:
    return teaches(hit.passage.heading, hit.passage.text)
