"""Which columns hold what learners wrote, and how they are sealed on write and opened on read.

A value is bound to its owner, table, column and row. What is None or empty is stored as it is.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import sqlalchemy as sa

from tutor.errors import KeyDestroyed
from tutor.sealing.values import DataKey
from tutor.store.data_keys import key_to_open, key_to_seal
from tutor.store.schema import (
    attempts,
    conversations,
    corrections,
    feedback,
    grades,
    people,
    posed,
    profiles,
    quizzes,
    turns,
)


@dataclass(frozen=True, slots=True)
class SealedTable:
    """The sealed columns of a table, the columns that name a row, and how its owner is found."""

    table: sa.Table
    columns: tuple[str, ...]
    row: tuple[str, ...]
    owner: sa.ColumnElement[str]

    def row_id(self, values: Mapping[str, Any]) -> str:
        return json.dumps([values[name] for name in self.row]) if len(self.row) > 1 else str(values[self.row[0]])

    def is_json(self, column: str) -> bool:
        return isinstance(self.table.c[column].type, sa.JSON)


def _owner_of_attempt() -> Any:
    return sa.select(posed.c.learner_id).where(posed.c.id == attempts.c.posed_id).scalar_subquery()


def _owner_of_grade() -> Any:
    given = attempts.alias()
    query = sa.select(posed.c.learner_id).join(given, given.c.posed_id == posed.c.id)
    return query.where(given.c.id == grades.c.attempt_id).scalar_subquery()


CONVERSATIONS = SealedTable(conversations, ("title",), ("id",), conversations.c.learner_id)
TURNS = SealedTable(
    turns, ("question", "answer", "citations", "prompt", "guidance", "provenance"), ("id",), turns.c.learner_id
)
RATINGS = SealedTable(feedback, ("reason",), ("turn_id", "author_id"), feedback.c.author_id)
CORRECTIONS = SealedTable(corrections, ("text", "reason"), ("id",), corrections.c.author_id)
PROFILES = SealedTable(profiles, ("said", "dropped"), ("learner_id", "course_id"), profiles.c.learner_id)
QUIZZES = SealedTable(quizzes, ("topic",), ("id",), quizzes.c.learner_id)
POSED = SealedTable(posed, ("item",), ("id",), posed.c.learner_id)
ATTEMPTS = SealedTable(attempts, ("text",), ("id",), _owner_of_attempt())
GRADES = SealedTable(grades, ("reasons", "missing", "reason"), ("attempt_id", "at"), _owner_of_grade())
PEOPLE = SealedTable(people, ("display_name",), ("id",), people.c.id)
SEALED_TABLES = (CONVERSATIONS, TURNS, RATINGS, CORRECTIONS, PROFILES, QUIZZES, POSED, ATTEMPTS, GRADES, PEOPLE)


def sealed_values(
    connection: sa.Connection, sealed: SealedTable, owner: str, key: Mapping[str, Any], values: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the values to store, those of sealed columns sealed; `key` has the columns that name the row."""
    chosen = [name for name in sealed.columns if values.get(name)]
    if not chosen:
        return dict(values)
    row_id, data_key = sealed.row_id(key), key_to_seal(connection, owner)
    return {**values, **{name: sealed_value(sealed, data_key, name, row_id, values[name]) for name in chosen}}


def opened_row(connection: sa.Connection, sealed: SealedTable, row: sa.Row[Any], owner: str) -> Any:
    """Return a row with its columns as attributes, opened. Raises SealBroken, KeyDestroyed."""
    values = dict(row._mapping)
    chosen = [name for name in sealed.columns if values.get(name)]
    if chosen:
        row_id, data_key = sealed.row_id(values), key_to_open(connection, owner)
        values.update((name, opened_value(sealed, data_key, name, row_id, values[name])) for name in chosen)
    return SimpleNamespace(**values)


def opened_rows(connection: sa.Connection, sealed: SealedTable, rows: Iterable[sa.Row[Any]]) -> Iterator[Any]:
    """Yield rows opened, of tables whose rows have their owner in a column; those of destroyed keys are left out."""
    owner = sealed.owner.key
    assert owner is not None
    for row in list(rows):
        with suppress(KeyDestroyed):
            yield opened_row(connection, sealed, row, row._mapping[owner])


def opened_first(connection: sa.Connection, sealed: SealedTable, result: sa.CursorResult[Any]) -> Any | None:
    """Return the first row of a result, opened as by `opened_rows`; None where there is none."""
    row = result.first()
    return next(opened_rows(connection, sealed, [row] if row else []), None)


def sealed_value(sealed: SealedTable, key: DataKey, column: str, row_id: str, value: Any) -> str:
    """Return a value sealed for one column of one row."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":")) if sealed.is_json(column) else value
    return key.seal(text, sealed.table.name, column, row_id)


def opened_value(sealed: SealedTable, key: DataKey, column: str, row_id: str, value: str) -> Any:
    """Return what was sealed for one column of one row."""
    text = key.open(value, sealed.table.name, column, row_id)
    return json.loads(text) if sealed.is_json(column) else text
