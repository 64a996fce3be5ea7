"""The audit log: what is logged, and that no change of it goes unnoticed."""

from __future__ import annotations

import random
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from tutor.errors import SealBroken
from tutor.store import audit
from tutor.store.audit import Act
from tutor.store.database import open_database

COLUMNS = ("sequence", "at", "act", "actor", "subject", "course_id", "mac")


class Undo(Exception):
    """Rolls a transaction back."""


@pytest.fixture
def logged(tmp_path: Any, clock: Any) -> Any:
    database = open_database(tmp_path / "x.sqlite")
    with database.write_transaction() as connection:
        for number in range(12):
            audit.append(
                connection, list(Act)[number % len(Act)], clock(), actor=f"a{number % 3}", subject=f"s{number}"
            )
    yield database
    database.close()


def mutate(connection: Any, chance: random.Random) -> str:
    """Change, remove, double, swap or cut off rows, or change the head; return what was done."""
    row, other = chance.sample(range(1, 13), 2)
    column = chance.choice(COLUMNS[1:])
    at_row, at_other = f"WHERE sequence = {row}", f"WHERE sequence = {other}"
    done = chance.choice(
        [
            f"UPDATE audit_log SET {column} = {column} || 'x' {at_row}",
            f"UPDATE audit_log SET {column} = '' {at_row} AND {column} != ''",
            f"UPDATE audit_log SET sequence = sequence + 100 {at_row}",
            f"DELETE FROM audit_log {at_row}",
            f"DELETE FROM audit_log WHERE sequence >= {row}",
            f"INSERT INTO audit_log SELECT 13, at, act, actor, subject, course_id, mac FROM audit_log {at_row}",
            f"UPDATE audit_log SET subject = (SELECT subject FROM audit_log {at_other}) {at_row}",
            f"UPDATE audit_log SET mac = (SELECT mac FROM audit_log {at_other}) {at_row}",
            f"UPDATE audit_head SET sequence = {row - 1}",
            "UPDATE audit_head SET mac = mac || '0'",
            f"UPDATE audit_head SET first = {row + 1}, root = (SELECT mac FROM audit_log {at_row})",
            "DELETE FROM audit_head",
        ]
    )
    return done if connection.execute(sa.text(done)).rowcount else ""


def test_all_of_1000_random_mutations_are_found(logged):
    chance, found = random.Random(18), 0
    while found < 1000:
        with suppress(Undo), logged.write_transaction() as connection:
            if done := mutate(connection, chance):
                assert audit.first_bad_row(connection) is not None, done
                found += 1
            raise Undo


def test_the_first_bad_row_is_named(logged):
    with logged.write_transaction() as connection:
        assert audit.first_bad_row(connection) is None
        connection.execute(sa.text("UPDATE audit_log SET act = 'nothing' WHERE sequence IN (5, 9)"))
        assert audit.first_bad_row(connection) == 5
        connection.execute(sa.text("DELETE FROM audit_log WHERE sequence = 3"))
        assert audit.first_bad_row(connection) == 3


def acts(services: Any) -> list[str]:
    with services.database.write_transaction() as connection:
        assert audit.first_bad_row(connection) is None
        return list(connection.scalars(sa.text("SELECT act FROM audit_log ORDER BY sequence")))


def test_links_removals_pauses_and_erasures_are_logged_without_ids(services, course, ada, instructor):
    services.courses.enrol(instructor, course.id, ada)
    services.accounts.issue_sign_in_link(ada)
    services.enrolment.remove(instructor, course.id, ada.id)
    services.enrolment.readmit(instructor, course.id, ada.id)
    services.supervision.pause(instructor, course.id, ada.id)
    services.supervision.resume(instructor, course.id, ada.id)
    services.rights.erasure.erase(ada.id)
    assert acts(services) == [
        Act.ENROLLED, Act.LINK_ISSUED, Act.REMOVED, Act.READMITTED, Act.PAUSED, Act.RESUMED, Act.ERASED,
    ]  # fmt: skip
    with services.database.read_connection() as connection:
        assert ada.id not in str(connection.execute(sa.text("SELECT * FROM audit_log")).all())


def test_an_act_that_fails_is_not_logged(services, course, ada, instructor, clock):
    with pytest.raises(Undo), services.database.write_transaction() as connection:
        audit.append(connection, Act.PAUSED, clock(), actor=instructor.id)
        raise Undo
    assert acts(services) == []


def test_a_log_that_was_emptied_with_its_head_is_found(logged):
    with logged.write_transaction() as connection:
        connection.execute(sa.text("DELETE FROM audit_log"))
        connection.execute(sa.text("DELETE FROM audit_head"))
        assert audit.first_bad_row(connection) == 1


def test_decisions_on_better_answers_are_logged(services, ask, course, ada, instructor):
    turn = ask(ada)
    written = services.feedback.submit_correction(ada, turn.id, "It reflects green light.", consent=False)
    services.review_queue.decide(instructor, written.id, accept=True)
    services.review_queue.undo_decision(instructor, written.id)
    services.review_queue.decide(instructor, written.id, accept=False)
    assert acts(services) == [Act.ACCEPTED, Act.UNDECIDED, Act.DECLINED]


def shorten(logged: Any, clock: Any, keep: int) -> int:
    """Delete all but the last rows of a log of one row a day."""
    with logged.write_transaction() as connection:
        return audit.prune(connection, clock() - timedelta(days=keep, hours=1), clock())


@pytest.fixture
def daily(tmp_path: Any, clock: Any) -> Any:
    database = open_database(tmp_path / "x.sqlite")
    for _ in range(10):
        with database.write_transaction() as connection:
            audit.append(connection, Act.PAUSED, clock(), actor="a")
        clock.advance(timedelta(days=1))
    yield database
    database.close()


def test_old_rows_can_be_deleted_and_the_rest_is_still_chained(daily, clock):
    assert shorten(daily, clock, keep=3) == 7
    with daily.write_transaction() as connection:
        kept = connection.execute(sa.text("SELECT sequence, act FROM audit_log ORDER BY sequence")).all()
        assert [row.sequence for row in kept] == [8, 9, 10, 11] and kept[-1].act == Act.PRUNED
        assert audit.first_bad_row(connection) is None
        audit.append(connection, Act.RESUMED, clock(), actor="a")
        assert audit.first_bad_row(connection) is None
    assert shorten(daily, clock, keep=3) == 0


def test_a_log_that_was_shortened_by_hand_is_found_also_after_a_rightful_shortening(daily, clock):
    shorten(daily, clock, keep=3)
    with daily.write_transaction() as connection:
        connection.execute(
            sa.text("UPDATE audit_head SET first = 9, root = (SELECT mac FROM audit_log WHERE sequence = 8)")
        )
        connection.execute(sa.text("DELETE FROM audit_log WHERE sequence = 8"))
        assert audit.first_bad_row(connection) is not None


def test_a_log_with_a_bad_row_is_not_shortened(daily, clock):
    with daily.write_transaction() as connection:
        connection.execute(sa.text("UPDATE audit_log SET act = 'nothing' WHERE sequence = 2"))
    with pytest.raises(SealBroken, match="row 2"):
        shorten(daily, clock, keep=3)
