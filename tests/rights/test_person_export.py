"""A person exports everything about them: each row that an erasure would delete, with each column that is declared."""

from __future__ import annotations

import json
from typing import Any

import pytest
import sqlalchemy as sa

from tutor.domain import Role
from tutor.store.audit import Act
from tutor.store.data_records import Erasure, Export, Owner
from tutor.store.person_rows import exported_tables
from tutor.store.personal_data import TABLES
from tutor.ui.person_data_html import render_person_data

MARKS = ("question", "reason", "better", "goal", "answer", "grade")  # after "zirconic" in what ada wrote or was told


@pytest.fixture(scope="module")
def exported(lived) -> Any:
    return lived.services.rights.person_export.own(lived.ada)


def counts(services: Any) -> dict[str, int]:
    with services.database.read_connection() as connection:
        return {
            record.name: connection.scalar(sa.text(f"SELECT count(*) FROM {record.name}"))
            for record in exported_tables()
        }


def test_the_export_has_each_column_that_the_register_says_is_exported(exported):
    for record in TABLES:
        if record.export is not Export.DATA_FILE:
            assert record.name not in exported["tables"]
            continue
        rows = exported["tables"][record.name]
        assert rows, f"the test has no row of {record.name}: let its people have one"
        assert {*rows[0]} == {*record.columns} - {*record.withheld}, record.name
        assert {*record.withheld} <= {*record.columns} and bool(record.withheld) == bool(record.why_withheld)


def test_the_export_has_exactly_the_rows_that_an_erasure_deletes(lived):
    exported = lived.services.rights.person_export.own(lived.cyd)
    before = counts(lived.services)
    lived.services.rights.erasure.erase(lived.cyd.id)
    after = counts(lived.services)
    deleted = {record.name for record in exported_tables() if record.erasure is Erasure.DELETED}
    found = {name: len(exported["tables"][name]) for name in deleted}
    assert found == {name: before[name] - after[name] for name in deleted}


def test_what_is_about_a_person_and_not_exported_is_named_with_a_reason(exported):
    told = {entry["what"]: entry["why"] for entry in exported["left_out"]}
    for record in TABLES:
        if record.owner is Owner.PERSON and record.export is not Export.DATA_FILE:
            assert told[record.name]
    assert all(told.values())


def test_the_export_has_their_words_and_nothing_of_anybody_else(lived, exported):
    text = json.dumps(exported, default=str)
    assert [mark for mark in MARKS if f"zirconic{mark}" not in text] == []
    others = ("boracic", "cobaltic", lived.bob.id, lived.bob.name, lived.instructor.id, lived.instructor.name)
    assert [mark for mark in others if mark in text] == []


def test_the_key_of_a_question_is_not_in_the_export(exported):
    assert exported["tables"]["posed"][0]["item"]["prompt"]
    assert "chlorophyll" not in json.dumps(exported["tables"]["posed"]).lower()


def test_an_export_has_no_secret(lived, exported):
    with lived.services.database.read_connection() as connection:
        secrets = list(
            connection.scalars(sa.text("SELECT token_sha256 FROM sessions UNION SELECT wrapped FROM data_keys"))
        )
    text = json.dumps(exported, default=str)
    assert secrets and not [secret for secret in secrets if secret and secret in text]


def test_each_export_is_logged_and_the_person_sees_one_made_on_the_server(lived, exported):
    lived.services.rights.person_export.by_command(lived.bob)
    acts = [row["act"] for row in lived.services.rights.person_export.own(lived.bob)["tables"]["audit_log"]]
    assert acts.count(Act.EXPORTED_PERSON) == 2
    seen = lived.services.access_log.about_oneself(lived.bob, lived.course.id).entries
    assert [(one.act, one.actor) for one in seen if one.act is Act.EXPORTED_PERSON] == [(Act.EXPORTED_PERSON, None)]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_shows_every_table_with_words_escaped(lived, language):
    lived.services.profiles.update(lived.ada, lived.course.id, {"goals": "<img src=x onerror=alert(1)>"})
    page = render_person_data(lived.services.rights.person_export.own(lived.ada), language)
    assert [mark for mark in MARKS if f"zirconic{mark}" not in page and mark != "goal"] == []
    assert "<img" not in page and "&lt;img" in page and 'href="/account/data.json"' in page


def test_somebody_new_exports_an_account_and_little_else(services):
    somebody = services.accounts.create_account("new", Role.LEARNER)
    exported = services.rights.person_export.own(somebody)
    assert exported["tables"]["people"][0]["name"] == "new" and not exported["tables"]["turns"]
    assert "new" in render_person_data(exported, "en")
