"""A database as an older version left it, to be brought up to date by a test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from tutor.store.database import MIGRATIONS_DIR


@contextmanager
def old_database(path: Path, revision: str, *pragmas: str) -> Iterator[sa.Connection]:
    """Yield a connection to a new database with the schema of a revision; closed at the end, and nothing of it open."""
    engine = sa.create_engine(f"sqlite:///{path}", isolation_level="AUTOCOMMIT")
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS_DIR))
    with engine.connect() as connection:
        for pragma in pragmas:
            connection.exec_driver_sql(f"PRAGMA {pragma}")
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        yield connection
    engine.dispose()
