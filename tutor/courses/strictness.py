"""How sure retrieval must be before the tutor answers: set by a course's instructor, with a preview."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import tutor.store.courses as course_store
from tutor.accounts.permissions import Action
from tutor.courses.courses import Courses
from tutor.domain import Person, Strictness
from tutor.store.database import Database
from tutor.store.turns import recent_confidences

PREVIEW_QUESTIONS = 50  # latest questions of the course


@dataclass(frozen=True, slots=True)
class StrictnessPreview:
    """Of the last `questions` of a course, how many would be answered at each level."""

    current: Strictness
    questions: int
    answered: Mapping[Strictness, int]


@dataclass(frozen=True, slots=True)
class StrictnessSettings:
    """Reads and sets the strictness of a course."""

    database: Database
    courses: Courses

    def preview(self, actor: Person, course_id: str) -> StrictnessPreview:
        """Return the preview, from the confidences stored with the questions; no question is read."""
        course = self.courses.authorize(actor, course_id, Action.TEACH)
        with self.database.read_connection() as connection:
            confidences = recent_confidences(connection, course_id, PREVIEW_QUESTIONS)
        answered = {level: sum(one >= level.threshold for one in confidences) for level in Strictness}
        return StrictnessPreview(course.strictness, len(confidences), answered)

    def set_strictness(self, actor: Person, course_id: str, strictness: Strictness) -> None:
        """Set the level; it applies from the next question on."""
        self.courses.authorize(actor, course_id, Action.TEACH)
        with self.database.write_transaction() as connection:
            course_store.set_strictness(connection, course_id, strictness)
