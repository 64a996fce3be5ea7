"""Courses: who may study or teach them, and the skills they declare."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import tutor.store.audit as audit_store
import tutor.store.courses as course_store
import tutor.store.enrolments as enrolment_store
from tutor.accounts.join_codes import random_join_code
from tutor.accounts.permissions import AccessContext, Action, is_allowed, require_allowed
from tutor.domain import Course, HelpLevel, Person, Skill
from tutor.errors import InputRefused, NotFound
from tutor.platform.clock import Clock, new_id
from tutor.store.audit import Act
from tutor.store.database import Database
from tutor.store.enrolments import Enrolment

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


@dataclass(frozen=True, slots=True)
class Courses:
    """All courses, with the check of who may do what in them."""

    database: Database
    clock: Clock

    def visible_to(self, actor: Person) -> list[Course]:
        """Return the courses that this person may study or teach: the one they joined last first, then open ones."""
        return self._allowed(actor, Action.STUDY)

    def taught_by(self, actor: Person) -> list[Course]:
        """Return the courses that this person may change."""
        return self._allowed(actor, Action.TEACH)

    def can_teach(self, actor: Person, course_id: str) -> bool:
        """Return whether this person may change a course."""
        return any(course.id == course_id for course in self.taught_by(actor))

    def authorize(self, actor: Person, course_id: str, action: Action = Action.STUDY) -> Course:
        """Return the course if this person may do `action` in it.

        Raises NotFound when there is no such course or they may not know of it, NotAllowed when they may only study it.
        """
        with self.database.read_connection() as connection:
            course = course_store.by_id(connection, course_id)
            places = enrolment_store.of_person(connection, actor.id)
        facts = _access_context(course, places)
        if course is None or not is_allowed(actor, Action.STUDY, facts):
            raise NotFound(
                f"there is no course {course_id!r} for {actor.name}; "
                "ask its instructor for the link to join it (`python -m tutor courses` lists all)",
                key="no_such_course",
            )
        require_allowed(actor, action, facts)
        return course

    def create(
        self,
        actor: Person,
        title: str,
        language: str = "en",
        *,
        course_id: str | None = None,
        open_to_all: bool = False,
    ) -> Course:
        """Create a course that its creator teaches; others join it with its code, unless it is open to all."""
        require_allowed(actor, Action.CREATE_COURSE)
        title = title.strip()
        if not title:
            raise InputRefused("a course needs a title; enter one", key="course_untitled")
        identity = course_id or _slugify(title)
        if not _ID.fullmatch(identity):
            raise InputRefused(
                f"{identity!r} cannot be a course id: use up to 64 of a-z, 0-9 and dash",
                key="course_wrong_id",
                course=identity,
            )
        course = Course(identity, title[:200], language, open_to_all, self.clock())
        with self.database.write_transaction() as connection:
            if course_store.by_id(connection, identity):
                raise InputRefused(
                    f"the course id {identity!r} is taken; choose another title or id",
                    key="course_taken",
                    course=identity,
                )
            course_store.add(connection, course)
            enrolment_store.set_join_code(connection, identity, random_join_code())
            enrolment_store.enrol(connection, actor.id, identity, course.created_at, teaches=True)
        return course

    def enrol(self, actor: Person, course_id: str, person: Person) -> None:
        """Enrol somebody in a course: as a learner, or as an instructor if that is their role."""
        self.authorize(actor, course_id, Action.TEACH)
        with self.database.write_transaction() as connection:
            enrolment_store.enrol(connection, person.id, course_id, self.clock(), teaches=person.is_staff)
            audit_store.append(
                connection, Act.ENROLLED, self.clock(), actor=actor.id, subject=person.id, course_id=course_id
            )

    def set_help_level(self, actor: Person, course_id: str, level: HelpLevel) -> None:
        """Set how much help the tutor gives in a course; it applies from the next turn on."""
        self.authorize(actor, course_id, Action.TEACH)
        with self.database.write_transaction() as connection:
            course_store.set_help_level(connection, course_id, level)

    def set_offers_hints(self, actor: Person, course_id: str, *, offers: bool) -> None:
        """Let the tutor offer the next hint to whoever is stuck, or not."""
        self.authorize(actor, course_id, Action.TEACH)
        with self.database.write_transaction() as connection:
            course_store.set_offers_hints(connection, course_id, offers=offers)

    def skills(self, actor: Person, course_id: str) -> list[Skill]:
        self.authorize(actor, course_id)
        with self.database.read_connection() as connection:
            return course_store.skills_of(connection, course_id)

    def declare_skills(self, actor: Person, course_id: str, skills: Sequence[Skill]) -> None:
        """Replace the skills of a course. Raises InputRefused for an unknown or a circular prerequisite."""
        self.authorize(actor, course_id, Action.TEACH)
        _validate_prerequisites(skills)
        with self.database.write_transaction() as connection:
            course_store.set_skills(connection, course_id, skills)

    def _allowed(self, actor: Person, action: Action) -> list[Course]:
        with self.database.read_connection() as connection:
            places = enrolment_store.of_person(connection, actor.id)
            courses = course_store.list_courses(connection)
        order = {course_id: number for number, course_id in enumerate(places)}
        courses.sort(key=lambda course: order.get(course.id, len(order)))
        return [course for course in courses if is_allowed(actor, action, _access_context(course, places))]


def _access_context(course: Course | None, places: Mapping[str, Enrolment]) -> AccessContext:
    place = places.get(course.id) if course else None
    if place is None or place.removed_at:
        return AccessContext(course=course, removed=place is not None)
    return AccessContext(course=course, enrolled=True, teaches=place.teaches)


def _slugify(title: str) -> str:
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:48] or f"course-{new_id()[:8]}"


def _validate_prerequisites(skills: Sequence[Skill]) -> None:
    needs = {skill.id: set(skill.prerequisites) for skill in skills}
    for skill in skills:
        if unknown := needs[skill.id] - needs.keys():
            raise InputRefused(
                f"skill {skill.id!r} needs {sorted(unknown)[0]!r}, which the course does not declare; declare both"
            )
    while ready := [name for name, before in needs.items() if not before]:
        for name in ready:
            del needs[name]
        for before in needs.values():
            before.difference_update(ready)
    if needs:
        raise InputRefused(
            f"the skills {', '.join(sorted(needs))} need each other in a circle; remove one prerequisite"
        )
