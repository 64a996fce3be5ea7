"""How sure the library must be before the tutor answers: chosen by a course's instructor, with what it would change."""

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
    """Of the last `asked` questions of a course, how many would be answered at each level."""

    current: Strictness
    questions: int
    answered: Mapping[Strictness, int]


@dataclass(frozen=True, slots=True)
class StrictnessSettings:
    """The setting of each course."""

    database: Database
    courses: Courses

    def preview(self, actor: Person, course_id: str) -> StrictnessPreview:
        """Count with the confidences that were stored with the questions; no question is read."""
        course = self.courses.authorize(actor, course_id, Action.TEACH)
        with self.database.read_connection() as connection:
            sure = recent_confidences(connection, course_id, PREVIEW_QUESTIONS)
        answered = {level: sum(one >= level.threshold for one in sure) for level in Strictness}
        return StrictnessPreview(course.strictness, len(sure), answered)

    def set_strictness(self, actor: Person, course_id: str, strictness: Strictness) -> None:
        """Set the level; it holds from the next question on."""
        self.courses.authorize(actor, course_id, Action.TEACH)
        with self.database.write_transaction() as connection:
            course_store.set_strictness(connection, course_id, strictness)
