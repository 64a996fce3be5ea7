"""A new master key opens everything, the old one nothing; a killed rotation has happened or not."""

from __future__ import annotations

import pytest

from tutor.errors import MasterKeyUnusable, SealBroken
from tutor.sealing.master_key import KEY_FILE, NEXT_KEY_FILE, new_master_key
from tutor.store import data_keys, key_rotation
from tutor.store.database import Database, open_database


@pytest.fixture
def folder(tmp_path):
    database = open_database(tmp_path / "x.sqlite")
    with database.write_transaction() as connection:
        (tmp_path / "sealed").write_text(data_keys.key_to_seal(connection, "ada").seal("my words"))
    database.close()
    return tmp_path


def words(folder, given: str | None = None) -> str:
    database = open_database(folder / "x.sqlite", given)
    with database.read_connection() as connection:
        found = data_keys.key_to_open(connection, "ada").open((folder / "sealed").read_text())
    database.close()
    return found


def rotate(folder) -> Database:
    database = open_database(folder / "x.sqlite")
    key_rotation.rotate_in_files(database, folder)
    return database


def test_after_a_rotation_the_new_key_opens_everything_and_the_old_one_nothing(folder):
    old, before = (folder / KEY_FILE).read_text(), (folder / "x.sqlite").read_bytes()
    rotate(folder).close()
    assert words(folder) == "my words"
    with pytest.raises(MasterKeyUnusable):
        open_database(folder / "x.sqlite", old)
    (folder / "x.sqlite").write_bytes(before)
    with pytest.raises(MasterKeyUnusable):
        open_database(folder / "x.sqlite")
    assert words(folder, old) == "my words", "a backup opens with the key of its time"


def test_a_rotation_killed_after_it_was_stored_is_finished_by_the_next_start(folder, monkeypatch):
    monkeypatch.setattr(key_rotation.os, "replace", _killed)
    with pytest.raises(KeyboardInterrupt):
        rotate(folder)
    monkeypatch.undo()
    assert words(folder) == "my words"
    assert not (folder / NEXT_KEY_FILE).exists()


def test_a_rotation_killed_before_it_was_stored_leaves_the_old_key_in_force(folder, monkeypatch):
    old = (folder / KEY_FILE).read_text()
    monkeypatch.setattr(key_rotation, "replace_check", _killed)
    with pytest.raises(KeyboardInterrupt):
        rotate(folder)
    monkeypatch.undo()
    assert words(folder) == "my words"
    assert (folder / KEY_FILE).read_text() == old
    rotate(folder).close()
    assert words(folder) == "my words"


def test_a_key_that_is_kept_elsewhere_leaves_no_key_file(folder):
    database, key = open_database(folder / "x.sqlite"), new_master_key()
    key_rotation.rotate_to(database, folder, key)
    database.close()
    assert words(folder, key.text) == "my words"
    with pytest.raises(MasterKeyUnusable, match="missing"):
        open_database(folder / "x.sqlite")


def test_the_key_of_one_owner_does_not_open_as_anothers_after_its_row_was_renamed(folder):
    database = open_database(folder / "x.sqlite")
    with database.write_transaction() as connection:
        connection.exec_driver_sql("UPDATE data_keys SET owner = 'eve'")
        with pytest.raises(SealBroken):
            data_keys.key_to_open(connection, "eve")


def _killed(*_arguments: object) -> None:
    raise KeyboardInterrupt
