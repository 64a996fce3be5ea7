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

LOOKED_AT = 50  # latest questions of the course


@dataclass(frozen=True, slots=True)
class Preview:
    """Of the last `asked` questions of a course, how many would be answered at each level."""

    chosen: Strictness
    asked: int
    answered: Mapping[Strictness, int]


@dataclass(frozen=True, slots=True)
class Coverage:
    """The setting of each course."""

    database: Database
    courses: Courses

    def preview(self, who: Person, course_id: str) -> Preview:
        """Count with the confidences that were stored with the questions; no question is read."""
        course = self.courses.enter(who, course_id, Action.TEACH)
        with self.database.reading() as connection:
            sure = recent_confidences(connection, course_id, LOOKED_AT)
        answered = {level: sum(one >= level.threshold for one in sure) for level in Strictness}
        return Preview(course.strictness, len(sure), answered)

    def choose(self, who: Person, course_id: str, strictness: Strictness) -> None:
        """Set the level; it holds from the next question on."""
        self.courses.enter(who, course_id, Action.TEACH)
        with self.database.writing() as connection:
            course_store.set_strictness(connection, course_id, strictness)
