"""One SQLite file in WAL mode: opened, migrated, and used one transaction at a time.

`write_transaction` takes the write lock at once, so that two writers wait for each other instead of failing half-way.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from tutor.errors import DataDirUnusable
from tutor.sealing.master_key import MasterKey
from tutor.store.data_keys import give_key_ring
from tutor.store.sealing_setup import unlock

BUSY_TIMEOUT_MS = 10_000
Connection = sa.Connection  # for signatures in packages that may not import sqlalchemy
MIGRATIONS_DIR = Path(__file__).parent / "migrations"


@dataclass(frozen=True, slots=True)
class Database:
    """An opened, migrated database; its connections can seal and open what learners wrote."""

    engine: sa.Engine
    master: MasterKey

    @contextmanager
    def read_connection(self) -> Iterator[sa.Connection]:
        """A connection whose reads see one state of the database."""
        with self.engine.connect() as connection:
            yield give_key_ring(connection, self.master)

    @contextmanager
    def write_transaction(self) -> Iterator[sa.Connection]:
        """A transaction: committed when the block ends, rolled back when it raises."""
        with self.engine.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                yield give_key_ring(connection, self.master)
            except BaseException:
                connection.exec_driver_sql("ROLLBACK")
                raise
            connection.exec_driver_sql("COMMIT")

    def empty_log(self) -> bool:
        """Remove what was deleted or replaced from the log, too; False where another reader prevents it for now."""
        with self.engine.connect() as connection:
            busy, _pages, _moved = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
        return not busy

    def close(self) -> None:
        self.engine.dispose()


def open_database(path: Path, given_key: str | None = None) -> Database:
    """Open (or create) the database file, bring its schema up to date and seal what older versions left unsealed.

    The master key is `given_key` (base64), or the file `master.key` next to the database, made for a new database.
    Raises DataDirUnusable when the file cannot be opened, written or is not a database, and MasterKeyUnusable.
    """
    try:
        engine = _engine(path)
        _migrate(engine)
        master = unlock(engine, path.parent, given_key)
    except (sa.exc.DatabaseError, sqlite3.Error) as error:
        reason = str(error.orig) if isinstance(error, sa.exc.DBAPIError) and error.orig else str(error)
        raise DataDirUnusable(
            f"the database {path} cannot be used ({reason}); check that the folder is writable and the file intact"
        ) from error
    return Database(engine, master)


def _engine(path: Path) -> sa.Engine:
    # No limit on connections: a writer that reads through a second one must never wait for those that wait for it.
    # Parameters are what people wrote: they stay out of error messages and logs.
    engine = sa.create_engine(
        f"sqlite:///{path}",
        isolation_level="AUTOCOMMIT",
        json_serializer=_dump_json,
        max_overflow=-1,
        hide_parameters=True,
    )

    @sa.event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA secure_delete=ON")
        cursor.close()

    return engine


def _dump_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _migrate(engine: sa.Engine) -> None:
    """Apply the missing migrations; two processes at once wait for each other."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS_DIR))
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        try:
            command.upgrade(config, "head")
        except BaseException:
            connection.exec_driver_sql("ROLLBACK")
            raise
        connection.exec_driver_sql("COMMIT")
