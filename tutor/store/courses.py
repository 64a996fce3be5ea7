"""Rows of courses and skills."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from tutor.domain import Course, HelpLevel, PrerequisiteReason, Skill, Strictness
from tutor.platform.clock import from_iso, to_iso
from tutor.store.schema import courses, skills


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
        value["offers_hints"],
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
            offers_hints=course.offers_hints,
        )
    )


def set_help_level(connection: sa.Connection, course_id: str, level: HelpLevel) -> None:
    connection.execute(courses.update().where(courses.c.id == course_id).values(help_level=level.value))


def set_offers_hints(connection: sa.Connection, course_id: str, *, offers: bool) -> None:
    connection.execute(courses.update().where(courses.c.id == course_id).values(offers_hints=offers))


def set_open(connection: sa.Connection, course_id: str, *, is_open: bool) -> None:
    connection.execute(courses.update().where(courses.c.id == course_id).values(open=is_open))


def set_strictness(connection: sa.Connection, course_id: str, strictness: Strictness) -> None:
    connection.execute(courses.update().where(courses.c.id == course_id).values(strictness=strictness.value))


def by_id(connection: sa.Connection, course_id: str) -> Course | None:
    row = connection.execute(courses.select().where(courses.c.id == course_id)).first()
    return _course(row) if row else None


def list_courses(connection: sa.Connection) -> list[Course]:
    return [_course(row) for row in connection.execute(courses.select().order_by(courses.c.created_at, courses.c.id))]


def set_skills(connection: sa.Connection, course_id: str, wanted: Sequence[Skill]) -> None:
    """Replace the accepted skills of a course, keeping their order; one that had been offered is offered again."""
    here = skills.c.course_id == course_id
    connection.execute(skills.delete().where(here, sa.not_(skills.c.offered)))
    connection.execute(skills.update().where(here).values(accepted=False, needs=[], grounds=[]))
    for ordinal, skill in enumerate(wanted):
        values = _skill_values(skill, ordinal) | {"accepted": True}
        statement = insert(skills).values(course_id=course_id, id=skill.id, **values)
        connection.execute(statement.on_conflict_do_update(index_elements=["course_id", "id"], set_=values))


def set_offered_skills(connection: sa.Connection, course_id: str, wanted: Sequence[Skill]) -> None:
    """Replace the skills that the documents propose, keeping their order; accepted ones stay as they are."""
    connection.execute(skills.delete().where(skills.c.course_id == course_id, sa.not_(skills.c.accepted)))
    for ordinal, skill in enumerate(wanted):
        values = _skill_values(skill, ordinal) | {"offered": True, "accepted": False}
        statement = insert(skills).values(course_id=course_id, id=skill.id, **values)
        connection.execute(statement.on_conflict_do_nothing())


def skills_of(connection: sa.Connection, course_id: str) -> list[Skill]:
    """Return the skills that a course is practised by: those accepted, or those offered while none is accepted."""
    return accepted_skills_of(connection, course_id) or offered_skills_of(connection, course_id)


def accepted_skills_of(connection: sa.Connection, course_id: str) -> list[Skill]:
    return _skills_where(connection, skills.c.course_id == course_id, skills.c.accepted)


def offered_skills_of(connection: sa.Connection, course_id: str) -> list[Skill]:
    """Return the skills that the documents propose and no instructor has accepted."""
    return _skills_where(connection, skills.c.course_id == course_id, sa.not_(skills.c.accepted))


def _skills_where(connection: sa.Connection, *conditions: sa.ColumnElement[bool]) -> list[Skill]:
    return [_skill(row) for row in connection.execute(skills.select().where(*conditions).order_by(skills.c.ordinal))]


def _skill_values(skill: Skill, ordinal: int) -> dict[str, object]:
    return {
        "name": skill.name,
        "needs": list(skill.prerequisites),
        "grounds": [asdict(reason) for reason in skill.prerequisite_reasons],
        "concept": skill.concept,
        "ordinal": ordinal,
    }


def _skill(row: sa.Row[tuple[object, ...]]) -> Skill:
    value = row._mapping
    reasons = tuple(PrerequisiteReason(**reason) for reason in value["grounds"])
    return Skill(
        value["id"],
        value["course_id"],
        value["name"],
        tuple(value["needs"]),
        reasons,
        value["concept"],
        is_accepted=value["accepted"],
    )
