"""What learners write is sealed in the database, by older versions too, and opens with the right master key only."""

from __future__ import annotations

import json
import sqlite3
from base64 import b64encode
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import Mock

import pytest
import sqlalchemy as sa
from old_database import old_database

from tutor.chat.running_turn import new_turn
from tutor.domain import Conversation, Correction, CorrectionState, Feedback, Thumb, Turn
from tutor.errors import KeyDestroyed, MasterKeyUnusable, SealBroken
from tutor.sealing.master_key import KEY_FILE, new_master_key
from tutor.sealing.values import new_key
from tutor.store import conversations, corrections, data_keys, profiles, ratings, sealing_setup, turns
from tutor.store import database as store_database
from tutor.store.database import Database, open_database
from tutor.store.schema import metadata
from tutor.store.schema import turns as turn_table
from tutor.store.sealed_rows import SEALED_TABLES

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
CANARY = "wombat-9b1f"
COURSE, FIGURES = "material of the course, not of a learner", "names, ids and figures, none of a learner's words"
IN_CLEAR = {
    "courses.blocked_topics": COURSE,
    "documents.notes": COURSE,
    "items.body": COURSE,
    "courses.answer_rules": COURSE,
    "passages.key_terms": COURSE,
    "passages.heading": COURSE,
    "passages.text": COURSE,
    "skills.grounds": COURSE,
    "skills.needs": COURSE,
    "evidence.misconception": COURSE,  # words of the item
    "evidence.reason": "a fixed sentence of the program",
    "evidence.skills": FIGURES,
    "adapters.metrics": FIGURES,
    "adapters.reasons": FIGURES,
    "course_tracers.body": FIGURES,
    "jobs.message": FIGURES,
    "jobs.payload": FIGURES,
    "learner_checkpoints.body": FIGURES,
    "learner_states.body": FIGURES,
    "posed.seen": FIGURES,
    "turns.passages": FIGURES,
    "turns.timings": FIGURES,
    "turns.verified": FIGURES,
}
PEOPLE_SQL = (
    "INSERT INTO people (id, name, role, guest, language, created_at) VALUES ('p', 'ada', 'learner', 0, 'en', '2026')",
    "INSERT INTO people (id, name, role, guest, language, created_at) VALUES ('q', 'bob', 'learner', 0, 'en', '2026')",
    "INSERT INTO courses (id, title, language, open, created_at) VALUES ('k', 'K', 'en', 1, '2026')",
)
OLD_WORDS_SQL = (
    "INSERT INTO conversations (id, learner_id, course_id, title, created_at, updated_at)"
    " VALUES ('v', 'p', 'k', 'wombat-9b1f', '2026-01-01T00:00:00+00:00', '2026-01-01T00:00:00+00:00')",
    "INSERT INTO turns (id, conversation_id, learner_id, course_id, number, question, answer, status, citations,"
    " passages, prompt, guidance, shown, created_at) VALUES ('t', 'v', 'p', 'k', 1, 'wombat-9b1f?', 'wombat-9b1f!',"
    ' \'complete\', \'[]\', \'[]\', \'[["user", "wombat-9b1f"]]\', \'{"move": "answer", "why": "wombat-9b1f"}\', 1,'
    " '2026-01-01T00:00:00+00:00')",
    "INSERT INTO feedback (turn_id, author_id, thumb, reason, created_at)"
    " VALUES ('t', 'p', 'up', 'wombat-9b1f', '2026-01-01T00:00:00+00:00')",
    "INSERT INTO corrections (id, turn_id, author_id, learner_id, course_id, text, state, consent, created_at, reason)"
    " VALUES ('c', 't', 'q', 'p', 'k', 'wombat-9b1f', 'accepted', 1, '2026-01-01T00:00:00+00:00', 'wombat-9b1f')",
    "INSERT INTO profiles (learner_id, course_id, said, dropped, in_prompt, updated_at)"
    " VALUES ('p', 'k', '{\"goal\": \"wombat-9b1f\"}', '{}', 1, '2026')",
    "INSERT INTO quizzes (id, learner_id, course_id, topic, started_at) VALUES ('z', 'p', 'k', 'wombat-9b1f', '2026')",
    "INSERT INTO posed (id, quiz_id, number, learner_id, course_id, item_id, item, state, hints, seen, asked_at,"
    " expires_at) VALUES ('o', 'z', 1, 'p', 'k', 'i', '[\"wombat-9b1f\"]', 'open', 0, '[]', '2026', '2026')",
    "INSERT INTO attempts (id, posed_id, submission_id, number, text, aided, hints, at)"
    " VALUES ('a', 'o', 's', 0, 'wombat-9b1f', 0, 0, '2026')",
    "INSERT INTO grades (attempt_id, outcome, confidence, reasons, missing, judge, reason, at)"
    " VALUES ('a', 'wrong', 1.0, '[\"wombat-9b1f\"]', '[\"wombat-9b1f\"]', 'person:q', 'wombat-9b1f', '2026')",
)


def killed_old_database(path: Path) -> None:
    """Write a database as the last version without sealing left it, killed: its log still holds everything."""
    with old_database(path, "0016", "journal_mode=WAL") as connection:
        for statement in (*PEOPLE_SQL, *OLD_WORDS_SQL):
            connection.exec_driver_sql(statement)
        connection.exec_driver_sql("DELETE FROM quizzes WHERE id = 'none'")
        copies = {file: file.read_bytes() for file in path.parent.iterdir()}
    for file, data in copies.items():
        if file.suffix != ".sqlite-shm":
            file.write_bytes(data)


def stored_bytes(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(folder.iterdir()) if file.is_file())


@pytest.fixture
def database(tmp_path):
    opened = open_database(tmp_path / "x.sqlite")
    with opened.write_transaction() as connection:
        for statement in PEOPLE_SQL:
            connection.exec_driver_sql(statement)
    yield opened
    opened.close()


def write_turn(database: Database, question: str = CANARY) -> Turn:
    conversation = Conversation("v", "p", "k", CANARY, NOW, NOW)
    running = new_turn("t", "v", "p", "k", question, None, lambda: NOW)
    turn = replace(running, answer=CANARY)
    with database.write_transaction() as connection:
        conversations.add(connection, conversation)
        turns.add(connection, turn)
        turns.finish(connection, turn, [("user", CANARY)])
        ratings.save(connection, Feedback("t", "p", Thumb.UP, CANARY, NOW))
        corrections.add(connection, Correction("c", "t", "q", "p", "k", CANARY, CorrectionState.PROPOSED, True, NOW))
        profiles.save(connection, "k", "p", profiles.StoredProfile({"goal": CANARY}, {}, True), NOW)
    return turn


def test_what_learners_write_is_in_no_file_and_comes_back(tmp_path, database):
    write_turn(database)
    assert CANARY.encode() not in stored_bytes(tmp_path)
    with database.read_connection() as connection:
        assert turns.visible_turns(connection, "v")[0].question == CANARY
        assert turns.prompt_of(connection, "t") == (("user", CANARY),)
        assert conversations.of_learner(connection, "p", "k")[0].title == CANARY
        assert ratings.of_course(connection, "k")[0].reason == CANARY
        assert corrections.find(connection, course_id="k")[0].text == CANARY
        assert profiles.get(connection, "k", "p").self_reported == {"goal": CANARY}


def test_a_sealed_value_in_another_learners_row_is_refused(database):
    write_turn(database)
    with database.write_transaction() as connection:
        connection.exec_driver_sql("UPDATE turns SET learner_id = 'q'")
        data_keys.key_to_seal(connection, "q")
        with pytest.raises(SealBroken):
            turns.visible_turns(connection, "v")


def test_a_value_that_somebody_wrote_into_the_file_in_clear_is_refused(database):
    write_turn(database)
    with database.write_transaction() as connection:
        connection.exec_driver_sql("UPDATE turns SET answer = 'do what I say'")
    with database.read_connection() as connection, pytest.raises(SealBroken):
        turns.by_id(connection, "t")


def test_a_destroyed_key_makes_a_learners_words_unreadable_for_good(database):
    write_turn(database)
    with database.write_transaction() as connection:
        data_keys.destroy(connection, "p", NOW)
    with database.write_transaction() as connection:
        assert data_keys.is_destroyed(connection, "p") and not data_keys.is_destroyed(connection, "q")
        assert turns.visible_turns(connection, "v") == []
        assert conversations.by_id(connection, "v") is None
        assert corrections.find(connection, course_id="k")[0].text == CANARY, "somebody else wrote it"
        with pytest.raises(KeyDestroyed):
            data_keys.key_to_seal(connection, "p")


def test_a_destroyed_key_is_in_no_file_once_the_log_is_emptied(tmp_path, database):
    write_turn(database)
    with database.read_connection() as connection:
        wrapped = connection.exec_driver_sql("SELECT wrapped FROM data_keys WHERE owner = 'p'").scalar()
    assert wrapped.encode() in stored_bytes(tmp_path)
    with database.write_transaction() as connection:
        data_keys.destroy(connection, "p", NOW)
    assert database.empty_log()
    assert wrapped.encode() not in stored_bytes(tmp_path)


def test_a_key_is_destroyed_in_the_same_transaction_as_what_goes_with_it(database):
    write_turn(database)
    with pytest.raises(RuntimeError), database.write_transaction() as connection:
        data_keys.destroy(connection, "p", NOW)
        raise RuntimeError
    with database.read_connection() as connection:
        assert turns.by_id(connection, "t") is not None


def test_rows_of_an_older_version_are_sealed_and_their_clear_text_is_gone_from_the_file_and_its_log(tmp_path):
    killed_old_database(tmp_path / "x.sqlite")
    assert CANARY.encode() in stored_bytes(tmp_path)
    database = open_database(tmp_path / "x.sqlite")
    assert CANARY.encode() not in stored_bytes(tmp_path)
    with database.read_connection() as connection:
        turn = turns.by_id(connection, "t")
        assert turn is not None and (turn.question, turn.answer) == (f"{CANARY}?", f"{CANARY}!")
        assert turn.guidance is not None and turn.guidance.why == CANARY
        assert turns.prompt_of(connection, "t") == (("user", CANARY),)
        assert corrections.find(connection, course_id="k")[0].reason == CANARY
        assert ratings.of_course(connection, "k")[0].reason == CANARY
        assert profiles.get(connection, "k", "p").self_reported == {"goal": CANARY}


def test_every_sealed_column_of_an_older_version_is_sealed(tmp_path):
    killed_old_database(tmp_path / "x.sqlite")
    open_database(tmp_path / "x.sqlite").close()
    with sqlite3.connect(tmp_path / "x.sqlite") as connection:
        for sealed in SEALED_TABLES:
            for column in sealed.columns:
                for (value,) in connection.execute(f"SELECT {column} FROM {sealed.table.name}"):
                    text = json.loads(value) if value and sealed.is_json(column) else value
                    assert not text or text.startswith("s1:"), f"{sealed.table.name}.{column}"


def test_without_the_master_key_nothing_starts_and_no_new_key_is_made(tmp_path, database):
    write_turn(database)
    database.close()
    (tmp_path / KEY_FILE).unlink()
    with pytest.raises(MasterKeyUnusable, match="put .*master.key back"):
        open_database(tmp_path / "x.sqlite")
    assert not (tmp_path / KEY_FILE).exists()


def test_another_master_key_is_refused_whether_from_the_file_or_given(tmp_path, database):
    write_turn(database)
    right = (tmp_path / KEY_FILE).read_text()
    database.close()
    with pytest.raises(MasterKeyUnusable, match="TUTOR_MASTER_KEY .* is not the one"):
        open_database(tmp_path / "x.sqlite", new_master_key().text)
    (tmp_path / KEY_FILE).write_text(b64encode(new_key()).decode())
    with pytest.raises(MasterKeyUnusable, match="is not the one"):
        open_database(tmp_path / "x.sqlite")
    again = open_database(tmp_path / "x.sqlite", right)
    with again.read_connection() as connection:
        assert turns.by_id(connection, "t") is not None


def test_a_database_with_a_given_key_leaves_no_key_in_the_folder(tmp_path):
    open_database(tmp_path / "x.sqlite", new_master_key().text).close()
    assert not (tmp_path / KEY_FILE).exists()


def test_what_is_empty_stays_empty(database):
    write_turn(database, question="")
    with database.read_connection() as connection:
        assert connection.scalar(sa.select(turn_table.c.question)) == ""
        assert turns.by_id(connection, "t").question == ""


def test_a_killed_sealing_of_old_rows_changed_nothing_and_starts_again(tmp_path, monkeypatch):
    killed_old_database(tmp_path / "x.sqlite")
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(sealing_setup, "_sealed_columns", Mock(side_effect=[{"title": "s1:half"}, KeyboardInterrupt]))
        open_database(tmp_path / "x.sqlite")
    database = open_database(tmp_path / "x.sqlite")
    with database.read_connection() as connection:
        assert conversations.by_id(connection, "v").title == CANARY
        assert turns.by_id(connection, "t").question == f"{CANARY}?"


def test_clear_text_that_another_program_holds_on_to_is_removed_by_the_next_start(tmp_path, monkeypatch):
    monkeypatch.setattr(store_database, "BUSY_TIMEOUT_MS", 50)
    killed_old_database(tmp_path / "x.sqlite")
    with closing(sqlite3.connect(tmp_path / "x.sqlite")) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM turns").fetchone()
        first = open_database(tmp_path / "x.sqlite")
        with first.read_connection() as connection:
            assert sealing_setup.has_clear_text(connection)
        first.close()
    second = open_database(tmp_path / "x.sqlite")
    with second.read_connection() as connection:
        assert not sealing_setup.has_clear_text(connection)
    assert CANARY.encode() not in stored_bytes(tmp_path)


def test_every_column_of_free_text_is_sealed_or_says_why_it_is_not():
    """A new column fails here until somebody has decided; one that learners write in goes to SEALED_TABLES."""
    sealed = {f"{one.table.name}.{column}" for one in SEALED_TABLES for column in one.columns}
    columns = {
        f"{table.name}.{column.name}"
        for table in metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, (sa.Text, sa.JSON))
    }
    assert columns - sealed == IN_CLEAR.keys()
