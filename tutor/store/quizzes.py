"""Rows of quizzes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from tutor.platform.clock import from_iso, to_iso
from tutor.store.schema import quizzes
from tutor.store.sealed_rows import QUIZZES, opened_first, sealed_values


@dataclass(frozen=True, slots=True)
class Quiz:
    """A quiz of one learner; `topic` is "" for the whole course."""

    id: str
    learner_id: str
    course_id: str
    topic: str
    started_at: datetime
    ended_at: datetime | None = None


def add(connection: sa.Connection, quiz: Quiz) -> None:
    row = {
        "id": quiz.id,
        "learner_id": quiz.learner_id,
        "course_id": quiz.course_id,
        "topic": quiz.topic,
        "started_at": to_iso(quiz.started_at),
    }
    connection.execute(quizzes.insert().values(sealed_values(connection, QUIZZES, quiz.learner_id, row, row)))


def by_id(connection: sa.Connection, quiz_id: str) -> Quiz | None:
    row = opened_first(connection, QUIZZES, connection.execute(quizzes.select().where(quizzes.c.id == quiz_id)))
    return _quiz(row) if row else None


def latest(connection: sa.Connection, learner_id: str, course_id: str) -> Quiz | None:
    query = quizzes.select().where(quizzes.c.learner_id == learner_id, quizzes.c.course_id == course_id)
    query = query.order_by(quizzes.c.started_at.desc(), quizzes.c.id).limit(1)
    row = opened_first(connection, QUIZZES, connection.execute(query))
    return _quiz(row) if row else None


def end(connection: sa.Connection, quiz_id: str, now: datetime) -> None:
    connection.execute(
        quizzes.update().where(quizzes.c.id == quiz_id, quizzes.c.ended_at.is_(None)).values(ended_at=to_iso(now))
    )


def _quiz(row: Any) -> Quiz:
    ended = from_iso(row.ended_at) if row.ended_at else None
    return Quiz(row.id, row.learner_id, row.course_id, row.topic, from_iso(row.started_at), ended)
