"""The database: migrations lead to the schema, writers wait for each other, what is damaged is refused."""

from __future__ import annotations

import threading

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from tutor.dataroot import open_data_root
from tutor.errors import DataDirInUse, DataDirUnusable
from tutor.store.database import open_database
from tutor.store.schema import metadata, people


def person(name: str) -> dict[str, object]:
    return {"id": name, "name": name, "role": "learner", "guest": False, "language": "en", "created_at": "2026"}


def test_migrations_lead_exactly_to_the_schema(tmp_path):
    database = open_database(tmp_path / "new.sqlite")
    with database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_opening_a_second_time_changes_nothing(tmp_path):
    open_database(tmp_path / "x.sqlite").close()
    before = (tmp_path / "x.sqlite").read_bytes()
    open_database(tmp_path / "x.sqlite").close()
    assert (tmp_path / "x.sqlite").read_bytes() == before


def test_a_transaction_that_raises_leaves_nothing(tmp_path):
    database = open_database(tmp_path / "x.sqlite")
    with pytest.raises(RuntimeError), database.writing() as connection:
        connection.execute(people.insert().values(**person("ada")))
        raise RuntimeError
    with database.reading() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(people)) == 0


def test_writers_of_several_threads_wait_for_each_other(tmp_path):
    database = open_database(tmp_path / "x.sqlite")

    def write(number: int) -> None:
        for turn in range(20):
            with database.writing() as connection:
                connection.execute(people.insert().values(**person(f"{number}-{turn}")))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(people)) == 80


def test_a_file_that_is_no_database_is_refused_with_its_name(tmp_path):
    (tmp_path / "tutor.sqlite").write_bytes(b"this is not a database, and long enough to be taken for one" * 20)
    with pytest.raises(DataDirUnusable, match=r"tutor\.sqlite cannot be used"):
        open_database(tmp_path / "tutor.sqlite")


def test_a_data_root_that_cannot_be_made_is_refused_with_the_way_out(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DataDirUnusable, match="--data-dir"):
        open_data_root(tmp_path / "file" / "var")


def test_a_second_server_is_told_who_holds_the_data_root(tmp_path):
    import os

    root = open_data_root(tmp_path / "var")
    with root.serving(), pytest.raises(DataDirInUse, match=f"process {os.getpid()}"), root.serving():
        pass
    with root.serving():
        pass
