"""Everything that is stored about one person, table by table, as the register of stored data says.

Which rows are theirs is read from the foreign keys that delete them with the account: what an erasure deletes, an
export contains.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from tutor.errors import KeyDestroyed
from tutor.store import audit
from tutor.store.data_keys import key_to_open
from tutor.store.data_records import DataRecord, Export
from tutor.store.personal_data import TABLES
from tutor.store.posed_questions import PERSON_JUDGE_PREFIX
from tutor.store.schema import audit_log, metadata, people
from tutor.store.sealed_rows import SEALED_TABLES, SealedTable, opened_value

YOU, SOMEBODY_ELSE = "you", "somebody else"  # in the place of ids of people
_QUESTION_FIELDS = ("kind", "prompt", "options")  # of a posed question: its key would give the question away
_SEALED = {sealed.table.name: sealed for sealed in SEALED_TABLES}
_OWNER = "owner of the row"


def exported_tables() -> list[DataRecord]:
    """Return the tables of which a person gets their rows."""
    return [record for record in TABLES if record.export is Export.DATA_FILE]


def rows_of_person(connection: sa.Connection, record: DataRecord, person_id: str) -> list[dict[str, Any]]:
    """Return a person's rows of a table, with the columns that are exported; ids of other people are left out."""
    if record.name == audit_log.name:
        return _audit_rows(connection, record, person_id)
    table, sealed = metadata.tables[record.name], _SEALED.get(record.name)
    columns: list[sa.ColumnElement[Any]] = [*table.c]
    if sealed:
        columns.append(sealed.owner.label(_OWNER))
    condition = _is_of(table, person_id)
    assert condition is not None, f"no foreign key leads from {record.name} to a person"
    order = [*table.primary_key.columns] if "created_at" not in table.c else [table.c.created_at]
    found = connection.execute(sa.select(*columns).where(condition).order_by(*order)).all()
    return [_exported(connection, record, sealed, row._mapping, person_id) for row in found]


def _is_of(table: sa.Table, person_id: str) -> sa.ColumnElement[bool] | None:
    """Return which rows go when a person is deleted: their own, and those that depend on rows of theirs."""
    if table is people:
        return people.c.id == person_id
    keys = [key for key in table.foreign_keys if key.ondelete == "CASCADE"]
    if direct := [key.parent == person_id for key in keys if key.column.table is people]:
        return sa.or_(*direct)
    through = [
        key.parent.in_(sa.select(key.column).where(condition))
        for key in keys
        if (condition := _is_of(key.column.table, person_id)) is not None
    ]
    return sa.or_(*through) if through else None


def _exported(
    connection: sa.Connection,
    record: DataRecord,
    sealed: SealedTable | None,
    row: Mapping[Any, Any],
    person_id: str,
) -> dict[str, Any]:
    values = {name: row[name] for name in record.columns}
    if sealed and any(values[name] for name in sealed.columns):
        values |= _opened(connection, sealed, values, row[_OWNER])
    if record.name == "posed" and values["item"]:
        values["item"] = {name: values["item"][name] for name in _QUESTION_FIELDS}
    return {name: _without_others(name, values[name], record, person_id) for name in record.exported_columns}


def _opened(connection: sa.Connection, sealed: SealedTable, values: dict[str, Any], owner: str) -> dict[str, Any]:
    """Return the sealed values opened; None in the place of what somebody wrote who is erased."""
    chosen = [name for name in sealed.columns if values[name]]
    try:
        key = key_to_open(connection, owner)
    except KeyDestroyed:
        return dict.fromkeys(chosen)
    row_id = sealed.row_id(values)
    return {name: opened_value(sealed, key, name, row_id, values[name]) for name in chosen}


def _without_others(column: str, value: Any, record: DataRecord, person_id: str) -> Any:
    """Return a value; in a column that names people, whether it names this one."""
    if column == "judge" and isinstance(value, str) and not value.startswith(PERSON_JUDGE_PREFIX):
        return value  # the name of a grader
    names_people = column in record.unnamed or _refers_to_people(record.name, column)
    if not names_people or value is None:
        return value
    return YOU if str(value).removeprefix(PERSON_JUDGE_PREFIX) == person_id else SOMEBODY_ELSE


def _refers_to_people(table: str, column: str) -> bool:
    return any(key.column.table is people for key in metadata.tables[table].c[column].foreign_keys)


def _audit_rows(connection: sa.Connection, record: DataRecord, person_id: str) -> list[dict[str, Any]]:
    me = next(iter(audit.pseudonyms(connection, [person_id])), None)
    if me is None:
        return []
    found = audit.rows(connection, sa.or_(audit_log.c.actor == me, audit_log.c.subject == me))
    words = {me: YOU, "": None}
    return [
        {
            name: words.get(row._mapping[name], SOMEBODY_ELSE) if name in ("actor", "subject") else row._mapping[name]
            for name in record.exported_columns
        }
        for row in reversed(found)
    ]
