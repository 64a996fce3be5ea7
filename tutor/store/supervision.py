"""Rows of pauses, and the blocked topics of courses."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from tutor.platform.clock import new_id, to_iso
from tutor.store.schema import courses, pauses


def paused_learners(connection: sa.Connection, course_id: str) -> set[str | None]:
    """Return the ids of the learners for whom a course is paused; None among them stands for the whole course."""
    return set(connection.scalars(sa.select(pauses.c.learner_id).where(pauses.c.course_id == course_id)))


def pause(connection: sa.Connection, course_id: str, learner_id: str | None, by: str, now: datetime) -> None:
    """Pause a course, or one learner in it; does nothing where it is paused already."""
    if learner_id not in paused_learners(connection, course_id):
        row = {"course_id": course_id, "learner_id": learner_id, "paused_by": by, "paused_at": to_iso(now)}
        connection.execute(pauses.insert().values(id=new_id(), **row))


def resume(connection: sa.Connection, course_id: str, learner_id: str | None) -> None:
    connection.execute(pauses.delete().where(pauses.c.course_id == course_id, pauses.c.learner_id.is_(learner_id)))


def blocked_topics(connection: sa.Connection, course_id: str) -> tuple[str, ...]:
    return tuple(connection.scalar(sa.select(courses.c.blocked_topics).where(courses.c.id == course_id)) or ())


def answer_rules(connection: sa.Connection, course_id: str) -> tuple[str, ...]:
    return tuple(connection.scalar(sa.select(courses.c.answer_rules).where(courses.c.id == course_id)) or ())


def set_answer_rules(connection: sa.Connection, course_id: str, rules: Sequence[str]) -> None:
    connection.execute(courses.update().where(courses.c.id == course_id).values(answer_rules=list(rules)))


def set_blocked_topics(connection: sa.Connection, course_id: str, topics: Sequence[str]) -> None:
    connection.execute(courses.update().where(courses.c.id == course_id).values(blocked_topics=list(topics)))
