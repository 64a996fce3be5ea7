"""Opens the master key of a database, and seals the rows of versions that did not seal.

The old rows are sealed in one transaction; one that is killed starts again. Then the file is written anew, so that no
clear text is left in free pages or in the log; a start that cannot do that leaves it to the next one.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from tutor.sealing import master_key
from tutor.sealing.master_key import MasterKey
from tutor.store.data_keys import give_key_ring, key_to_seal
from tutor.store.schema import sealing
from tutor.store.sealed_rows import SEALED_TABLES, SealedTable, sealed_value

BATCH = 200

log = logging.getLogger(__name__)


def unlock(engine: sa.Engine, folder: Path, given: str | None) -> MasterKey:
    """Return the master key, once everything is sealed with it. Raises MasterKeyUnusable.

    `given` is a key in base64; without it, the key file in `folder` is used, which is made for a new database.
    """
    with engine.connect() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        try:
            key, cleaned = _open_key(connection, folder, given)
        except BaseException:
            connection.exec_driver_sql("ROLLBACK")
            raise
        connection.exec_driver_sql("COMMIT")
        if not cleaned:
            _remove_clear_text(connection)
    return key


def replace_check(connection: sa.Connection, new: MasterKey) -> None:
    """Store that the data keys are wrapped with another master key now."""
    connection.execute(sealing.update().values(master_check=new.make_check()))


def has_clear_text(connection: sa.Connection) -> bool:
    """Whether the file still has clear text of a version that did not seal."""
    return not connection.scalar(sa.select(sealing.c.cleaned))


def _open_key(connection: sa.Connection, folder: Path, given: str | None) -> tuple[MasterKey, bool]:
    """Return the key, and whether no clear text of older versions is left in the file."""
    state = connection.execute(sealing.select()).first()
    if state is not None:
        return master_key.existing_key(given, folder, state.master_check), state.cleaned
    key = master_key.first_key(given, folder)
    sealed = _seal_old_rows(give_key_ring(connection, key))
    row = {"id": 1, "master_check": key.make_check(), "cleaned": not sealed}
    connection.execute(sealing.insert().values(row))
    return key, not sealed


def _seal_old_rows(connection: sa.Connection) -> int:
    """Seal all rows of all tables; return how many there were."""
    count = 0
    for table in SEALED_TABLES:
        for rowid, values in _clear_rows(connection, table):
            connection.execute(table.table.update().where(sa.text("rowid = :rowid")).values(values), {"rowid": rowid})
            count += 1
    if count:
        log.info("sealed %d rows of an earlier version", count)
    return count


def _clear_rows(connection: sa.Connection, sealed: SealedTable) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the rowid and the sealed values of each row that has any; the table may be changed meanwhile."""
    column: sa.ColumnElement[int] = sa.literal_column(f"{sealed.table.name}.rowid")
    last = -1
    while True:
        query = sa.select(sealed.table, column.label("rowid_"), sealed.owner.label("owner_")).where(column > last)
        rows = connection.execute(query.order_by(column).limit(BATCH)).all()
        for row in rows:
            if values := _sealed_columns(connection, sealed, dict(row._mapping)):
                yield row.rowid_, values
        if not rows:
            return
        last = rows[-1].rowid_


def _sealed_columns(connection: sa.Connection, sealed: SealedTable, row: dict[str, Any]) -> dict[str, Any]:
    chosen = [name for name in sealed.columns if row[name]]
    if not chosen:
        return {}
    key, row_id = key_to_seal(connection, row["owner_"]), sealed.row_id(row)
    return {name: sealed_value(sealed, key, name, row_id, row[name]) for name in chosen}


def _remove_clear_text(connection: sa.Connection) -> None:
    """Write the file anew without free pages, and empty the log."""
    try:
        connection.exec_driver_sql("VACUUM")
        busy, _pages, _moved = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
    except sa.exc.OperationalError as error:
        log.warning("clear text of an earlier version is still in free pages of the database (%s)", error.orig)
        return
    if busy:
        log.warning("clear text of an earlier version is still in the log of the database: other programs use it")
        return
    connection.execute(sealing.update().values(cleaned=True))
