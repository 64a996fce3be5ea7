"""Who is in a course: people join with its code, its instructors renew the code, and take learners out again."""

from __future__ import annotations

from dataclasses import dataclass

import tutor.store.audit as audit_store
import tutor.store.courses as course_store
import tutor.store.enrolments as enrolment_store
from tutor.accounts.join_codes import format_join_code, parse_join_code, random_join_code
from tutor.accounts.permissions import Action
from tutor.accounts.sign_in import Accounts
from tutor.courses.courses import Courses
from tutor.domain import Course, Person, Role
from tutor.errors import NotAllowed, NotFound
from tutor.platform.clock import Clock
from tutor.store.audit import Act
from tutor.store.database import Connection, Database
from tutor.store.enrolments import Enrolment


@dataclass(frozen=True, slots=True)
class CourseAccess:
    """What an instructor sees of who may study a course; `join_code` and `join_link` are None while nobody can join."""

    course: Course
    join_code: str | None
    join_link: str | None
    learners: tuple[Enrolment, ...]  # the latest first, with those who were taken out


@dataclass(frozen=True, slots=True)
class CourseEnrolment:
    """Joining and leaving courses. `url` is the address of the tutor, with which links begin."""

    database: Database
    accounts: Accounts
    courses: Courses
    clock: Clock
    url: str

    def find_course(self, code: str) -> Course:
        """Return the course of a code as it was typed; raises NotFound. Whoever knows the code may know the course."""
        with self.database.read_connection() as connection:
            parsed = parse_join_code(code)
            course_id = enrolment_store.course_id_by_code(connection, parsed) if parsed else None
            course = course_store.by_id(connection, course_id) if course_id else None
        if course is None:
            raise NotFound(
                "no course has this code; check it, or ask your instructor for the new one", key="join_code_unknown"
            )
        return course

    def join(self, actor: Person, code: str) -> Course:
        """Enrol a person as a learner; raises NotFound for a wrong code, NotAllowed for somebody who was taken out."""
        course = self.find_course(code)
        with self.database.write_transaction() as connection:
            found = enrolment_store.find(connection, actor.id, course.id)
            if found and found.removed_at:
                raise NotAllowed(
                    f"you were taken out of “{course.title}”; ask its instructor to let you in again",
                    key="removed_from_course",
                    course=course.title,
                )
            enrolment_store.enrol(connection, actor.id, course.id, self.clock(), teaches=False)
            if found is None:
                self._log(connection, Act.JOINED, actor, course.id, actor.id)
        return course

    def show(self, actor: Person, course_id: str) -> CourseAccess:
        """Return who may study a course, for those who teach it."""
        course = self.courses.authorize(actor, course_id, Action.TEACH)
        with self.database.read_connection() as connection:
            code = enrolment_store.join_code(connection, course_id)
            enrolled = enrolment_store.of_course(connection, course_id)
        learners = tuple(one for one in enrolled if not one.teaches)
        return CourseAccess(course, code and format_join_code(code), code and self._link(code), learners)

    def invite(self, actor: Person, course_id: str, name: str, language: str) -> str:
        """Create an account for a learner of a course; return their one-time link."""
        self.courses.authorize(actor, course_id, Action.TEACH)
        link = self.accounts.invite(actor, name, Role.LEARNER, language)
        self.courses.enrol(actor, course_id, self.accounts.get_by_name(name))
        return link

    def renew_join_code(self, actor: Person, course_id: str) -> None:
        """Give a course a new code; the old one and its link stop working, and joining is on again."""
        self._set_join_code(actor, course_id, random_join_code())

    def switch_off_joining(self, actor: Person, course_id: str) -> None:
        """Let nobody else join; who is in the course stays in it."""
        self._set_join_code(actor, course_id, None)

    def set_open(self, actor: Person, course_id: str, *, is_open: bool) -> None:
        """Let everybody who uses this tutor study a course, or only those who are in it."""
        self.courses.authorize(actor, course_id, Action.TEACH)
        with self.database.write_transaction() as connection:
            course_store.set_open(connection, course_id, is_open=is_open)
            self._log(connection, Act.JOINING_CHANGED, actor, course_id, None)

    def remove(self, actor: Person, course_id: str, person_id: str) -> None:
        """Take a learner out of a course, also an open one; what they did there is kept.

        The code does not let them in again.
        """
        self._require_learner(actor, course_id, person_id)
        with self.database.write_transaction() as connection:
            enrolment_store.remove(connection, person_id, course_id, self.clock())
            self._log(connection, Act.REMOVED, actor, course_id, person_id)

    def readmit(self, actor: Person, course_id: str, person_id: str) -> None:
        """Let a learner in again who was taken out."""
        self._require_learner(actor, course_id, person_id)
        with self.database.write_transaction() as connection:
            enrolment_store.enrol(connection, person_id, course_id, self.clock(), teaches=False)
            self._log(connection, Act.READMITTED, actor, course_id, person_id)

    def _log(self, connection: Connection, act: Act, actor: Person, course_id: str, person_id: str | None) -> None:
        audit_store.append(connection, act, self.clock(), actor=actor.id, subject=person_id, course_id=course_id)

    def _set_join_code(self, actor: Person, course_id: str, code: str | None) -> None:
        self.courses.authorize(actor, course_id, Action.TEACH)
        with self.database.write_transaction() as connection:
            enrolment_store.set_join_code(connection, course_id, code)
            self._log(connection, Act.JOINING_CHANGED, actor, course_id, None)

    def _require_learner(self, actor: Person, course_id: str, person_id: str) -> None:
        """Raise NotFound unless this person is, or was, a learner of the course; that is how ids of others stay ids."""
        if person_id not in {one.person_id for one in self.show(actor, course_id).learners}:
            raise NotFound("there is no such learner in this course; reload the page", key="no_such_learner")

    def _link(self, code: str) -> str:
        return f"{self.url}/join/{format_join_code(code)}"
