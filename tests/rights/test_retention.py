"""What is too old is deleted by itself, and nothing else."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from tutor.accounts.session_limits import SessionLimits
from tutor.accounts.sign_in import Accounts
from tutor.chat.conversations import Conversations
from tutor.courses.courses import Courses
from tutor.domain import CorrectionState, Person, Role, Turn, TurnStatus
from tutor.platform.clock import new_id
from tutor.platform.daily import DailyWork
from tutor.rights.erased_ids import ErasedIds
from tutor.rights.erasure import AccountErasure
from tutor.rights.retention import Retention, RetentionPeriods
from tutor.store import audit
from tutor.store import turns as turn_store
from tutor.store.audit import Act
from tutor.store.database import Database, open_database

DAY = timedelta(days=1)


class Kept:
    """The services that retention needs, with an instructor and a course."""

    def __init__(self, database: Database, clock: Any, path: Any) -> None:
        self.database, self.clock = database, clock
        self.accounts = Accounts(database, clock, "http://localhost")
        self.courses = Courses(database, clock)
        self.conversations = Conversations(database, clock)
        self.erasure = AccountErasure(database, clock, path / "adapters", ErasedIds(path / "erased.txt"))
        self.retention = Retention(database, clock, self.erasure, SessionLimits())
        self.teacher = self.accounts.create_account("teacher", Role.INSTRUCTOR)
        self.course = self.courses.create(self.teacher, "Plants", course_id="plants", open_to_all=True).id

    def chat(self, actor: Person) -> Turn:
        conversation = self.conversations.start(actor, self.course, "Why?")
        turn = Turn(
            new_id(), conversation.id, actor.id, self.course, "Why?", "", TurnStatus.RUNNING, True, 0.9, (),
            (), None, None, None, None, None, None, self.clock(),
        )  # fmt: skip
        with self.database.write_transaction() as connection:
            turn_store.add(connection, turn)
        return turn

    def names(self) -> set[str]:
        return {person.name for person in self.accounts.list_people()}

    def count(self, table: str) -> int:
        with self.database.read_connection() as connection:
            return connection.scalar(sa.text(f"SELECT count(*) FROM {table}")) or 0


@pytest.fixture
def kept(tmp_path: Any, clock: Any) -> Any:
    database = open_database(tmp_path / "tutor.sqlite")
    yield Kept(database, clock, tmp_path)
    database.close()


def test_nothing_is_deleted_before_its_time(kept, clock):
    guest, _ = kept.accounts.create_guest()
    kept.conversations.delete(guest, kept.chat(guest).conversation_id)
    kept.accounts.issue_sign_in_link(kept.teacher)
    clock.advance(6 * DAY)
    assert set(kept.retention.run().values()) == {0}


def test_sessions_of_staff_end_sooner_than_those_of_learners(kept, clock):
    _, guests = kept.accounts.create_guest()
    link = kept.accounts.issue_sign_in_link(kept.teacher)
    _, teachers = kept.accounts.redeem_sign_in_link(link.split("token=")[1])
    clock.advance(9 * DAY)
    assert kept.retention.run()["sessions"] == 1 and kept.count("sessions") == 1
    assert kept.accounts.person_for_session(guests) and not kept.accounts.person_for_session(teachers)
    clock.advance(31 * DAY)
    assert kept.retention.run()["sessions"] == 1


def test_links_that_were_used_or_expired_go(kept, clock):
    used = kept.accounts.issue_sign_in_link(kept.teacher).split("token=")[1]
    kept.accounts.redeem_sign_in_link(used)
    kept.accounts.issue_sign_in_link(kept.teacher)
    clock.advance(timedelta(minutes=1))
    assert kept.retention.run()["sign-in links"] == 1
    clock.advance(8 * DAY)
    assert kept.retention.run()["sign-in links"] == 1 and kept.count("invitations") == 0


def test_guests_who_do_not_come_back_are_erased_and_nobody_else(kept, clock):
    quiet, _ = kept.accounts.create_guest()
    busy, _ = kept.accounts.create_guest()
    invited = kept.accounts.create_account("invited", Role.LEARNER)
    kept.chat(quiet)
    clock.advance(200 * DAY)
    kept.chat(busy)
    clock.advance(200 * DAY)
    assert kept.retention.run()["guests"] == 1
    assert kept.names() == {busy.name, invited.name, "teacher"}
    assert kept.erasure.erased.contains(quiet.id)


def test_a_chat_that_was_deleted_goes_after_a_month_unless_its_better_answer_is_used(kept, clock):
    ada = kept.accounts.create_account("ada", Role.LEARNER)
    plain, corrected, open_one = (kept.chat(ada) for _ in range(3))
    with kept.database.write_transaction() as connection:
        row = {"id": "c", "turn": corrected.id, "who": ada.id, "course": kept.course, "at": "2026-01-01"}
        connection.execute(
            sa.text(
                "INSERT INTO corrections"
                " (id, turn_id, author_id, learner_id, course_id, text, state, consent, created_at)"
                " VALUES (:id, :turn, :who, :who, :course, '', 'accepted', 1, :at)"
            ),
            row,
        )
    for turn in (plain, corrected):
        kept.conversations.delete(ada, turn.conversation_id)
    clock.advance(31 * DAY)
    assert kept.retention.run()["deleted chats"] == 1 and kept.count("turns") == 2
    with kept.database.write_transaction() as connection:
        connection.execute(sa.text(f"UPDATE corrections SET state = '{CorrectionState.WITHDRAWN.value}'"))
    assert kept.retention.run()["deleted chats"] == 1
    assert [one.id for one in kept.conversations.list_own(ada, kept.course)] == [open_one.conversation_id]


def test_old_rows_of_the_audit_log_go_and_the_rest_is_chained(kept, clock):
    kept.accounts.issue_sign_in_link(kept.teacher)
    clock.advance(731 * DAY)
    kept.accounts.issue_sign_in_link(kept.teacher)
    assert kept.retention.run()["rows of the audit log"] == 1
    with kept.database.read_connection() as connection:
        assert audit.first_bad_row(connection) is None
        assert [row.act for row in audit.rows(connection)] == [Act.PRUNED, Act.LINK_ISSUED]


def test_periods_of_0_keep_for_good(kept, clock):
    guest, _ = kept.accounts.create_guest()
    kept.conversations.delete(guest, kept.chat(guest).conversation_id)
    clock.advance(5000 * DAY)
    done = replace(kept.retention, periods=RetentionPeriods(0, 0, 0)).run()
    assert (done["guests"], done["deleted chats"], done["rows of the audit log"]) == (0, 0, 0)


def test_a_step_that_fails_does_not_stop_the_others(kept, clock, monkeypatch):
    kept.accounts.create_guest()
    clock.advance(400 * DAY)
    monkeypatch.setattr("tutor.store.retention.delete_sessions", lambda *_, **__: 1 / 0)
    done = kept.retention.run()
    assert "sessions" not in done and done["guests"] == 1


def test_daily_work_is_done_at_once_and_again_also_after_a_failure():
    done = threading.Semaphore(0)

    def work() -> None:
        done.release()
        raise RuntimeError

    daily = DailyWork(work, pause_s=0.001)
    daily.start()
    assert all(done.acquire(timeout=10) for _ in range(3))
    daily.stop()
