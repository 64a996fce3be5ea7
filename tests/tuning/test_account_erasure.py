"""The erasure of an account: everything about a person goes, at once, after a crash, and again from an old backup."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from tuning_services import TuningServices

from tutor.domain import AdapterState, Outcome, Person, Thumb
from tutor.errors import InputRefused, KeyDestroyed, NotAllowed
from tutor.learner.evidence import AnswerEvent
from tutor.rights.erased_ids import ErasedIds
from tutor.rights.erasure import AccountErasure
from tutor.store import data_keys
from tutor.store import evidence as evidence_store
from tutor.store.schema import metadata

STEPS = ("_lock_out", "_delete_files", "_delete_rows", "_empty_log")


@pytest.fixture
def erasure(tuning: TuningServices) -> AccountErasure:
    return AccountErasure(
        tuning.database, tuning.clock, tuning.path / "adapters", ErasedIds(tuning.path / "erased.txt")
    )


def answer_question(tuning: TuningServices, who: Person) -> None:
    event = AnswerEvent(
        id=f"event-{who.id}",
        learner_id=who.id,
        course_id=tuning.course,
        item_id="item-1",
        skills=("light",),
        outcome=Outcome.RIGHT,
        hints=0,
        aided=False,
        at=tuning.clock(),
        judge="grader-1",
        grade_id=f"grade-{who.id}",
    )
    with tuning.database.write_transaction() as connection:
        evidence_store.append_answer(connection, event, tuning.clock())


@pytest.fixture
def lived(tuning: TuningServices) -> Any:
    """Ann and Bob have chatted, rated, corrected, answered and trained; a shared adapter has learnt from Ann."""
    for who in (tuning.ann, tuning.bob):
        tuning.accounts.redeem_sign_in_link(tuning.accounts.issue_sign_in_link(who).split("token=")[1])
        ids = tuning.add_accepted_corrections(who, 3)
        tuning.feedback.rate(who, tuning.add_turn(who, f"Is {who.name} right?").id, Thumb.UP, "kind")
        answer_question(tuning, who)
        tuning.train(who)
        if who == tuning.ann:
            for one in ids:
                tuning.reviews.decide(tuning.instructor, one, accept=True)
            tuning.shared = tuning.training.train(tuning.instructor, None, tuning.course)
    tuning.accounts.issue_sign_in_link(tuning.ann)
    (tuning.path / "adapters" / ".work" / f"{tuning.ann.id}-plants").mkdir(parents=True)
    (tuning.path / "adapters" / ".work" / f"{tuning.ann.id}-plants" / "rows.jsonl").write_text("words of ann")
    return tuning


def rows_naming(tuning: TuningServices, who: Person) -> list[str]:
    """Every row of every table in which a person's id or name is, but for the row of the key."""
    with tuning.database.read_connection() as connection:
        rows = [
            (table.name, tuple(row)) for table in metadata.sorted_tables for row in connection.execute(table.select())
        ]
    marks = (who.id, f"'{who.name}'", f"{who.name}-")
    return [f"{name} {row}" for name, row in rows if name != "data_keys" and any(mark in str(row) for mark in marks)]


def files_naming(tuning: TuningServices, who: Person) -> list[Path]:
    marks = (who.id, f"{who.name}-")
    return [path for path in (tuning.path / "adapters").rglob("*") if any(mark in path.name for mark in marks)]


def assert_erased(tuning: TuningServices, who: Person) -> None:
    assert rows_naming(tuning, who) == []
    assert files_naming(tuning, who) == []
    with tuning.database.read_connection() as connection, pytest.raises(KeyDestroyed):
        data_keys.find_key(connection, who.id)


def test_nothing_about_an_erased_person_is_left(lived, erasure):
    assert rows_naming(lived, lived.ann) and files_naming(lived, lived.ann)
    erasure.erase_own(lived.ann, " ann ")
    assert_erased(lived, lived.ann)


def test_an_erasure_needs_the_name_of_the_account(lived, erasure):
    with pytest.raises(InputRefused, match="type ann"):
        erasure.erase_own(lived.ann, "bob")
    assert rows_naming(lived, lived.ann) and not (lived.path / "erased.txt").exists()


def test_the_erasure_of_one_leaves_everybody_else_as_they_were(lived, erasure):
    before, files = rows_naming(lived, lived.bob), files_naming(lived, lived.bob)
    erasure.erase(lived.ann.id)
    assert rows_naming(lived, lived.bob) == before and files_naming(lived, lived.bob) == files
    assert lived.versions.active(lived.bob, lived.bob.id, lived.course).state is AdapterState.ACTIVE
    assert [turn.question for turn in own_turns(lived, lived.bob)][-1] == "Is bob right?"


def own_turns(tuning: TuningServices, who: Person) -> list[Any]:
    found = tuning.conversations.list_own(who, tuning.course)
    return [turn for one in reversed(found) for turn in tuning.conversations.list_turns(who, one.id)]


def test_a_shared_adapter_that_learnt_from_an_erased_person_is_gone(lived, erasure):
    assert (lived.path / lived.shared.directory).is_dir()
    erasure.erase(lived.ann.id)
    assert not (lived.path / lived.shared.directory).exists()
    assert lived.versions.list_versions(lived.instructor, None, lived.course) == []


def test_counts_of_items_are_made_again_without_an_erased_person(lived, erasure):
    def counts() -> Any:
        with lived.database.read_connection() as connection:
            return evidence_store.course_item_counts(connection, lived.course)

    assert counts() == {("item-1", "light"): (2, 2)}
    erasure.erase(lived.ann.id)
    assert counts() == {("item-1", "light"): (1, 1)}


def test_what_an_erased_instructor_graded_stays_without_their_id(lived, erasure):
    with lived.database.write_transaction() as connection:
        connection.execute(sa.text("UPDATE evidence SET judge = :judge"), {"judge": f"person:{lived.instructor.id}"})
    erasure.erase(lived.instructor.id)
    assert_erased(lived, lived.instructor)
    with lived.database.read_connection() as connection:
        assert set(connection.scalars(sa.text("SELECT judge FROM evidence"))) == {"person:erased"}
        assert len(connection.execute(sa.text("SELECT * FROM corrections")).all()) == 6


@pytest.mark.parametrize("step", STEPS)
def test_an_erasure_that_was_killed_at_any_step_is_finished_by_the_next_start(lived, erasure, monkeypatch, step):
    with monkeypatch.context() as patched:
        patched.setattr(AccountErasure, step, lambda *_: (_ for _ in ()).throw(OSError("killed")))
        with pytest.raises(OSError, match="killed"):
            erasure.erase(lived.ann.id)
    assert erasure.finish_all() == (step != "_empty_log")
    assert_erased(lived, lived.ann)
    assert erasure.finish_all() == 0


def test_an_erasure_that_was_killed_between_two_files_is_finished(lived, erasure, monkeypatch):
    deleted = []

    def delete_one(path: Path, **_: Any) -> None:
        if deleted:
            raise OSError("killed")
        deleted.append(path)

    with monkeypatch.context() as patched:
        patched.setattr(shutil, "rmtree", delete_one)
        with pytest.raises(OSError, match="killed"):
            erasure.erase(lived.ann.id)
    erasure.finish_all()
    assert_erased(lived, lived.ann)


def test_who_is_erased_cannot_sign_in_from_the_first_step_on(lived, erasure, monkeypatch):
    link = lived.accounts.issue_sign_in_link(lived.ann)
    monkeypatch.setattr(AccountErasure, "_delete_files", lambda *_: (_ for _ in ()).throw(OSError("killed")))
    with pytest.raises(OSError, match="killed"):
        erasure.erase(lived.ann.id)
    with pytest.raises(NotAllowed):
        lived.accounts.redeem_sign_in_link(link.split("token=")[1])
    assert own_turns(lived, lived.ann) == []


def test_a_restored_backup_does_not_show_an_erased_person_again(lived, erasure, tmp_path):
    with sqlite3.connect(lived.path / "tutor.sqlite") as now, sqlite3.connect(tmp_path / "backup") as backup:
        now.backup(backup)
    erasure.erase(lived.ann.id)
    with sqlite3.connect(tmp_path / "backup") as backup, sqlite3.connect(lived.path / "tutor.sqlite") as now:
        backup.backup(now)
    assert rows_naming(lived, lived.ann)
    assert erasure.finish_all() == 1
    assert_erased(lived, lived.ann)
    assert rows_naming(lived, lived.bob)


def test_the_file_of_erased_people_names_nobody_and_survives_a_torn_line(tmp_path):
    erased = ErasedIds(tmp_path / "erased.txt")
    erased.add("0123456789ab")
    with erased.file.open("a") as file:
        file.write("3f2a")  # of a write that was cut off
    erased.add("ba9876543210")
    assert erased.among(["0123456789ab", "somebody", "ba9876543210"]) == ["0123456789ab", "ba9876543210"]
    assert "0123456789ab" not in erased.file.read_text()
    assert erased.file.stat().st_mode & 0o077 == 0
