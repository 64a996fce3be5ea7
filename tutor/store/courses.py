"""Rows of courses, enrolments and skills."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from tutor.domain import Course, HelpLevel, PrerequisiteReason, Skill, Strictness
from tutor.platform.clock import from_iso, to_iso
from tutor.store.schema import courses, enrolments, skills


def _course(row: sa.Row[tuple[object, ...]]) -> Course:
    value = row._mapping
    return Course(
        value["id"],
        value["title"],
        value["language"],
        value["open"],
        from_iso(value["created_at"]),
        HelpLevel(value["help_level"]),
        Strictness(value["strictness"]),
    )


def add(connection: sa.Connection, course: Course) -> None:
    """Store a new course; raises sqlalchemy's IntegrityError when the id is taken."""
    connection.execute(
        courses.insert().values(
            id=course.id,
            title=course.title,
            language=course.language,
            open=course.open,
            created_at=to_iso(course.created_at),
            help_level=course.help_level.value,
            strictness=course.strictness.value,
        )
    )


def set_help_level(connection: sa.Connection, course_id: str, level: HelpLevel) -> None:
    connection.execute(courses.update().where(courses.c.id == course_id).values(help_level=level.value))


def set_strictness(connection: sa.Connection, course_id: str, strictness: Strictness) -> None:
    connection.execute(courses.update().where(courses.c.id == course_id).values(strictness=strictness.value))


def by_id(connection: sa.Connection, course_id: str) -> Course | None:
    row = connection.execute(courses.select().where(courses.c.id == course_id)).first()
    return _course(row) if row else None


def list_courses(connection: sa.Connection) -> list[Course]:
    return [_course(row) for row in connection.execute(courses.select().order_by(courses.c.created_at, courses.c.id))]


def enrol(connection: sa.Connection, person_id: str, course_id: str, now: datetime) -> None:
    """Enrol a person in a course; does nothing when they are enrolled already."""
    connection.execute(
        insert(enrolments)
        .values(person_id=person_id, course_id=course_id, created_at=to_iso(now))
        .on_conflict_do_nothing()
    )


def is_enrolled(connection: sa.Connection, person_id: str, course_id: str) -> bool:
    query = sa.select(sa.literal(1)).where(enrolments.c.person_id == person_id, enrolments.c.course_id == course_id)
    return connection.scalar(query) is not None


def enrolled_course_ids(connection: sa.Connection, person_id: str) -> set[str]:
    query = sa.select(enrolments.c.course_id).where(enrolments.c.person_id == person_id)
    return set(connection.scalars(query))


def set_skills(connection: sa.Connection, course_id: str, wanted: Sequence[Skill]) -> None:
    """Replace the skills of a course, keeping their order."""
    connection.execute(skills.delete().where(skills.c.course_id == course_id))
    for ordinal, skill in enumerate(wanted):
        connection.execute(
            skills.insert().values(
                course_id=course_id,
                id=skill.id,
                name=skill.name,
                needs=list(skill.prerequisites),
                grounds=[asdict(reason) for reason in skill.prerequisite_reasons],
                concept=skill.concept,
                ordinal=ordinal,
            )
        )


def skills_of(connection: sa.Connection, course_id: str) -> list[Skill]:
    rows = connection.execute(skills.select().where(skills.c.course_id == course_id).order_by(skills.c.ordinal))
    return [_skill(row) for row in rows]


def _skill(row: sa.Row[tuple[object, ...]]) -> Skill:
    value = row._mapping
    reasons = tuple(PrerequisiteReason(**reason) for reason in value["grounds"])
    return Skill(value["id"], value["course_id"], value["name"], tuple(value["needs"]), reasons, value["concept"])
