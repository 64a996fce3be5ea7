"""The register of stored data is complete, says the truth about erasure, and is what the documents print."""

from __future__ import annotations

from fnmatch import fnmatch
from pathlib import Path

import pytest
import sqlalchemy as sa

from tutor.domain import Role
from tutor.store.data_map import render_data_map
from tutor.store.data_records import Erasure
from tutor.store.personal_data import FILES, TABLES
from tutor.store.schema import metadata

PRIVACY = Path(__file__).resolve().parents[2] / "docs" / "privacy.md"
BY_TABLE = {record.name: record for record in TABLES}


def test_every_table_and_column_is_declared(services):
    found = sa.inspect(services.database.engine)
    stored = {name: [column["name"] for column in found.get_columns(name)] for name in found.get_table_names()}
    stored.pop("sqlite_sequence", None)
    assert {name: sorted(columns) for name, columns in stored.items()} == {
        record.name: sorted(record.columns) for record in TABLES
    }, "declare new tables and columns in tutor/store/personal_data.py"


def test_no_table_or_file_is_declared_twice():
    assert len({record.name for record in (*TABLES, *FILES)}) == len(TABLES) + len(FILES)


def rows_go_with_a_person(table: sa.Table) -> bool:
    """Whether a foreign key, directly or through other tables, deletes the rows of a person who is deleted."""
    targets = [key.column.table for key in table.foreign_keys if key.ondelete == "CASCADE"]
    return table.name == "people" or any(map(rows_go_with_a_person, targets))


@pytest.mark.parametrize("table", metadata.sorted_tables, ids=str)
def test_the_register_says_deleted_exactly_where_the_database_deletes(table):
    assert (BY_TABLE[table.name].erasure is Erasure.DELETED) == rows_go_with_a_person(table)


@pytest.mark.parametrize("table", metadata.sorted_tables, ids=str)
def test_columns_that_name_somebody_else_are_declared(table):
    named = {
        key.parent.name for key in table.foreign_keys if key.column.table.name == "people" and key.ondelete != "CASCADE"
    }
    assert named <= set(BY_TABLE[table.name].unnamed)
    assert set(BY_TABLE[table.name].unnamed) - named <= {"judge"}  # "person:<id>": no foreign key


def test_every_kind_of_file_in_a_used_data_folder_is_declared(services, course):
    services.adapter_versions.vault(None, course.id)
    services.adapter_versions.signer(None, course.id)
    services.accounts.create_account("ada-2", Role.LEARNER)
    root = services.data_dir.path
    with services.data_dir.server_lock():
        files = [path.relative_to(root) for path in root.rglob("*") if path.is_file()]
    assert len(files) > 4
    undeclared = [path for path in files if not any(is_match(path, record.name) for record in FILES)]
    assert not undeclared, "declare new kinds of files in tutor/store/personal_data.py"


def is_match(path: Path, pattern: str) -> bool:
    """Whether a file, or the folder that it is in, has a name like this; hidden names need a pattern of their own."""
    parts, wanted = path.parts, Path(pattern).parts
    if len(parts) < len(wanted):
        return False
    return all(
        fnmatch(part, each) and part.startswith(".") == each.startswith(".")
        for part, each in zip(parts, wanted, strict=False)
    )


def test_the_data_map_in_the_documents_is_current():
    assert render_data_map() in PRIVACY.read_text(encoding="utf-8"), (
        "print(tutor.store.data_map.render_data_map()) into docs/privacy.md"
    )
