"""The database: migrations produce the schema, writers wait for each other, damaged files are refused."""

from __future__ import annotations

import threading

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from old_database import old_database

from tutor.errors import DataDirInUse, DataDirUnusable
from tutor.platform.data_dir import open_data_dir
from tutor.store.database import open_database
from tutor.store.schema import metadata, people


def make_person(name: str) -> dict[str, object]:
    return {"id": name, "name": name, "role": "learner", "guest": False, "language": "en", "created_at": "2026"}


def test_migrations_produce_exactly_the_schema(tmp_path):
    database = open_database(tmp_path / "new.sqlite")
    with database.read_connection() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_reopening_the_database_changes_nothing(tmp_path):
    open_database(tmp_path / "x.sqlite").close()
    before = (tmp_path / "x.sqlite").read_bytes()
    open_database(tmp_path / "x.sqlite").close()
    assert (tmp_path / "x.sqlite").read_bytes() == before


def test_a_failed_transaction_is_rolled_back(tmp_path):
    database = open_database(tmp_path / "x.sqlite")
    with pytest.raises(RuntimeError), database.write_transaction() as connection:
        connection.execute(people.insert().values(**make_person("ada")))
        raise RuntimeError
    with database.read_connection() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(people)) == 0


def test_writers_of_several_threads_wait_for_each_other(tmp_path):
    database = open_database(tmp_path / "x.sqlite")

    def write(number: int) -> None:
        for turn in range(20):
            with database.write_transaction() as connection:
                connection.execute(people.insert().values(**make_person(f"{number}-{turn}")))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read_connection() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(people)) == 80


def test_a_non_database_file_is_refused_by_name(tmp_path):
    (tmp_path / "tutor.sqlite").write_bytes(b"this is not a database, and long enough to be taken for one" * 20)
    with pytest.raises(DataDirUnusable, match=r"tutor\.sqlite cannot be used"):
        open_database(tmp_path / "tutor.sqlite")


def test_an_uncreatable_data_dir_is_refused_with_a_remedy(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DataDirUnusable, match="--data-dir"):
        open_data_dir(tmp_path / "file" / "var")


def test_a_second_server_is_refused_with_the_lock_holder(tmp_path):
    import os

    root = open_data_dir(tmp_path / "var")
    with root.server_lock(), pytest.raises(DataDirInUse, match=f"process {os.getpid()}"), root.server_lock():
        pass
    with root.server_lock():
        pass


def test_migrations_keep_trained_adapters_and_their_rows(tmp_path):
    """SQLite rebuilds a table by dropping it, which deletes the rows that refer to it."""
    path = tmp_path / "old.sqlite"
    with old_database(path, "0001", "foreign_keys=ON") as connection:
        for statement in OLD_DATABASE_SQL:
            connection.exec_driver_sql(statement)
    database = open_database(path)
    with database.read_connection() as connection:
        assert connection.exec_driver_sql("SELECT adapter_id, correction_id FROM adapter_rows").all() == [("a", "c")]
        assert connection.exec_driver_sql("SELECT learner_id, state FROM adapters").all() == [("p", "active")]
        assert connection.exec_driver_sql("SELECT state, decided_at FROM corrections").all() == [("accepted", None)]


OLD_DATABASE_SQL = (
    "INSERT INTO people (id, name, role, guest, language, created_at) VALUES ('p', 'ada', 'learner', 0, 'en', '2026')",
    "INSERT INTO courses (id, title, language, open, created_at) VALUES ('k', 'K', 'en', 1, '2026')",
    "INSERT INTO conversations (id, learner_id, course_id, title, created_at, updated_at)"
    " VALUES ('v', 'p', 'k', 'V', '2026', '2026')",
    "INSERT INTO turns (id, conversation_id, learner_id, course_id, number, question, answer, status, citations,"
    " passages, shown, created_at) VALUES ('t', 'v', 'p', 'k', 1, 'Q', 'A', 'complete', '[]', '[]', 1, '2026')",
    "INSERT INTO corrections (id, turn_id, author_id, learner_id, course_id, text, state, consent, created_at)"
    " VALUES ('c', 't', 'p', 'p', 'k', 'B', 'accepted', 1, '2026')",
    "INSERT INTO adapters (id, name, learner_id, course_id, version, state, base_sha256, sha256, directory, metrics,"
    " created_at) VALUES ('a', 'ada-v1', 'p', 'k', 1, 'active', 'b', 's', 'adapters/ada-v1', '{}', '2026')",
    "INSERT INTO adapter_rows (adapter_id, correction_id) VALUES ('a', 'c')",
)


def test_what_people_wrote_is_in_no_error_and_no_log_of_the_database(tmp_path, caplog):
    database = open_database(tmp_path / "x.sqlite")
    database.engine.echo = True
    caplog.set_level("DEBUG", "sqlalchemy")
    with pytest.raises(sa.exc.IntegrityError) as refused, database.write_transaction() as connection:
        connection.execute(people.insert().values(**make_person("Zenobia Quill")))
        connection.execute(people.insert().values(**make_person("Zenobia Quill")))
    assert "Zenobia" not in str(refused.value) + caplog.text
    assert "INSERT INTO people" in caplog.text
