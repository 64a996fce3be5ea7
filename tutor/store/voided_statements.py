"""Rows of xAPI statements that another system voided: only their ids, stored as long as the course."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from tutor.store.schema import voided_statements as table


def add(connection: sa.Connection, course_id: str, statements: Collection[str]) -> None:
    rows = [{"course_id": course_id, "statement_id": each} for each in sorted(statements)]
    if rows:
        connection.execute(insert(table).on_conflict_do_nothing(), rows)


def of_course(connection: sa.Connection, course_id: str) -> set[str]:
    return set(connection.scalars(sa.select(table.c.statement_id).where(table.c.course_id == course_id)))
