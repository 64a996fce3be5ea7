"""Who looked at what: what instructors of a course, and learners about themselves, see of the audit log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import tutor.store.access_entries as entry_store
from tutor.accounts.permissions import Action
from tutor.courses.courses import Courses
from tutor.domain import Person
from tutor.store.audit import Act
from tutor.store.database import Database

PAGE_SIZE = 20
# What staff do that a learner is told: it shows, grades or takes along what the learner wrote or knows.
ABOUT_LEARNERS = (
    Act.READ_CHATS,
    Act.READ_ANSWERS,
    Act.READ_PROGRESS,
    Act.GRADED,
    Act.REGRADED,
    Act.GRADE_UNDONE,
    Act.ACCEPTED,
    Act.DECLINED,
    Act.UNDECIDED,
    Act.EXPORTED_CLASS,
    Act.EXPORTED_RESEARCH,
    Act.EXPORTED_PERSON,
    Act.PAUSED,
    Act.RESUMED,
)


@dataclass(frozen=True, slots=True)
class AccessEntry:
    """A row of the log with names; `actor` None: a command on the server, "" somebody whose account was erased."""

    act: Act
    at: datetime
    actor: str | None
    subject: str | None  # None: the course, or its whole class


@dataclass(frozen=True, slots=True)
class AccessPage:
    """A page of the log, the newest first."""

    entries: Sequence[AccessEntry]
    number: int  # from 0
    has_older: bool


@dataclass(frozen=True, slots=True)
class AccessLog:
    """Reads the audit log for those whom it concerns."""

    database: Database
    courses: Courses

    def of_course(self, actor: Person, course_id: str, page: int = 0) -> AccessPage:
        """Return a page of what was done in a course, for those who teach it.

        What learners do with their own adapters and data is theirs and left out.
        """
        self.courses.authorize(actor, course_id, Action.TEACH)
        number = max(0, page)
        with self.database.read_connection() as connection:
            found = entry_store.of_course(connection, course_id, PAGE_SIZE + 1, number * PAGE_SIZE)
        entries = [AccessEntry(*one) for one in found]
        return AccessPage(entries[:PAGE_SIZE], number, len(entries) > PAGE_SIZE)

    def about_oneself(self, actor: Person, course_id: str) -> AccessPage:
        """Return what others last saw or did of this person's work in a course, and of its class since they joined."""
        self.courses.authorize(actor, course_id)
        with self.database.read_connection() as connection:
            found = entry_store.about_person(connection, actor.id, course_id, ABOUT_LEARNERS, PAGE_SIZE + 1)
        entries = [AccessEntry(*one) for one in found]
        return AccessPage(entries[:PAGE_SIZE], 0, len(entries) > PAGE_SIZE)
