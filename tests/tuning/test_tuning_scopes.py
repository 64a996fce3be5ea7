"""Whose correction works where: for its learner at once, for the course when a teacher accepted it, then for nobody."""

from __future__ import annotations

import errno
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from fake_trainer import write_at_once
from tuning_services import Rooms

from adapters.dataset import read_rows
from adapters.errors import TrainingRefused
from adapters.records import TrainedAdapter, TrainingJob
from tutor.corrections.feedback import MAX_A_DAY
from tutor.corrections.review_flags import FlagKind, flags_of
from tutor.domain import AdapterState, CorrectionState
from tutor.errors import InputRefused, NotAllowed, NotFound, TrainingFailed


def accepted_for_the_course(rooms: Rooms, count: int) -> list[str]:
    ids = rooms.corrected(rooms.ann, count)
    for identity in ids:
        rooms.reviews.decide(rooms.teacher, identity, accept=True)
    return ids


def test_the_courses_adapter_learns_only_what_its_teacher_accepted(rooms: Rooms) -> None:
    ids = accepted_for_the_course(rooms, 3)
    rooms.corrected(rooms.bob, 3)
    version = rooms.training.train(rooms.teacher, None, rooms.course)
    assert version.learner_id is None
    assert set(rooms.versions.trained_on(rooms.teacher, version.id)) == set(ids)


def test_a_learner_is_answered_by_her_own_else_the_courses_else_the_base(rooms: Rooms) -> None:
    accepted_for_the_course(rooms, 3)
    assert rooms.versions.answering(rooms.bob, rooms.course) is None
    shared = rooms.training.train(rooms.teacher, None, rooms.course)
    own = rooms.train(rooms.ann)
    answering = {who.name: rooms.versions.answering(who, rooms.course) for who in (rooms.ann, rooms.bob)}
    assert {name: version and version.id for name, version in answering.items()} == {"ann": own.id, "bob": shared.id}
    rooms.versions.switch_off(rooms.ann, rooms.ann.id, rooms.course)
    assert rooms.versions.ref(rooms.ann.id, rooms.course) == rooms.versions.ref_of(shared)


def test_a_learner_neither_trains_nor_switches_the_courses_adapter(rooms: Rooms) -> None:
    accepted_for_the_course(rooms, 3)
    version = rooms.training.train(rooms.teacher, None, rooms.course)
    for attempt in (
        lambda: rooms.training.train(rooms.ann, None, rooms.course),
        lambda: rooms.training.start(rooms.ann, None, rooms.course),
        lambda: rooms.versions.of(rooms.ann, None, rooms.course),
        lambda: rooms.versions.promote(rooms.ann, version.id),
        lambda: rooms.versions.switch_off(rooms.ann, None, rooms.course),
        lambda: rooms.versions.delete(rooms.ann, version.id),
    ):
        with pytest.raises((NotAllowed, NotFound)):
            attempt()


def test_what_was_taken_back_answers_no_more_and_its_weights_are_gone(rooms: Rooms) -> None:
    """Withdrawing used to leave the adapter trained with it in use."""
    ids = accepted_for_the_course(rooms, 3)
    own, shared = rooms.train(rooms.ann), rooms.training.train(rooms.teacher, None, rooms.course)
    fallen = rooms.desk.withdraw(rooms.ann, ids[0])
    assert {version.id for version in fallen} == {own.id, shared.id}
    for version in (own, shared):
        assert not (rooms.path / version.directory).exists()
    assert rooms.versions.ref(rooms.ann.id, rooms.course) is None
    with pytest.raises(InputRefused, match="taken back or declined"):
        rooms.versions.promote(rooms.ann, own.id)
    assert rooms.desk.corrections(rooms.ann, rooms.course)[0].text == ""


def test_a_declined_answer_stops_the_versions_trained_with_it_and_undoing_lets_them_back(rooms: Rooms) -> None:
    ids = accepted_for_the_course(rooms, 3)
    shared = rooms.training.train(rooms.teacher, None, rooms.course)
    rooms.reviews.decide(rooms.teacher, ids[1], accept=False, reason="not what the book says")
    assert rooms.versions.active(rooms.teacher, None, rooms.course) is None
    seen = {c.id: c for c in rooms.desk.corrections(rooms.ann, rooms.course)}[ids[1]]
    assert (seen.state, seen.reason) == (CorrectionState.DECLINED, "not what the book says")
    rooms.reviews.undo(rooms.teacher, ids[1])
    rooms.reviews.decide(rooms.teacher, ids[1], accept=True)
    assert rooms.versions.promote(rooms.teacher, shared.id).state is AdapterState.ACTIVE


def test_going_back_finds_the_latest_version_that_may_still_answer(rooms: Rooms) -> None:
    rooms.corrected(rooms.ann, 3)
    first = rooms.train(rooms.ann)
    later = rooms.desk.correct(rooms.ann, rooms.turn(rooms.ann, "One more?").id, "Yes.", consent=True)
    rooms.train(rooms.ann)
    rooms.train(rooms.ann)
    rooms.desk.withdraw(rooms.ann, later.id)
    back = rooms.versions.roll_back(rooms.ann, rooms.ann.id, rooms.course)
    assert back is not None
    assert back.id == first.id
    assert rooms.versions.roll_back(rooms.ann, rooms.ann.id, rooms.course) is None
    assert rooms.versions.ref(rooms.ann.id, rooms.course) is None


def test_what_a_teacher_writes_in_her_course_is_accepted(rooms: Rooms) -> None:
    turn = rooms.turn(rooms.teacher, "Why green?")
    assert rooms.desk.correct(rooms.teacher, turn.id, "Green is left over.", consent=True).may_train(None)


def test_only_so_many_better_answers_a_day(rooms: Rooms, clock: Any) -> None:
    turn = rooms.turn(rooms.ann, "Why?")
    for number in range(MAX_A_DAY):
        rooms.desk.correct(rooms.ann, turn.id, f"Because of {number}.", consent=False)
    with pytest.raises(InputRefused, match="go on tomorrow"):
        rooms.desk.correct(rooms.ann, turn.id, "Because.", consent=False)
    clock.pass_time(timedelta(days=1))
    rooms.desk.correct(rooms.ann, turn.id, "Because.", consent=False)


def test_only_duplicates_are_too_few_and_counted(rooms: Rooms) -> None:
    for _ in range(3):
        turn = rooms.turn(rooms.ann, "Why?")
        rooms.desk.correct(rooms.ann, turn.id, "Because.", consent=True)
    with pytest.raises(TrainingRefused, match="not enough to train: 1 of 3"):
        rooms.train(rooms.ann)


def test_a_full_disk_is_one_sentence_and_the_version_in_use_stays(rooms: Rooms) -> None:
    rooms.corrected(rooms.ann, 3)
    before = rooms.train(rooms.ann)

    def full(job: TrainingJob, *rest: Any) -> TrainedAdapter:
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(TrainingFailed, match="the disk is full: nothing was saved"):
        replace(rooms.training, trainer=full).train(rooms.ann, rooms.ann.id, rooms.course)
    active = rooms.versions.active(rooms.ann, rooms.ann.id, rooms.course)
    assert active is not None
    assert active.id == before.id


def test_names_of_the_course_are_not_learnt(rooms: Rooms) -> None:
    rooms.courses.enrol(rooms.teacher, rooms.course, rooms.accounts.add("quiet-heron", rooms.ann.role))
    rooms.corrected(rooms.ann, 2)
    turn = rooms.turn(rooms.ann, "Who said so?")
    rooms.desk.correct(rooms.ann, turn.id, "Quiet-Heron said so.", consent=True)
    seen: list[str] = []

    def look(job: TrainingJob, *rest: Any) -> TrainedAdapter:
        seen.extend(row.answer for row in read_rows(Path(job.rows_file)))
        return write_at_once(job, *rest)

    replace(rooms.training, trainer=look).train(rooms.ann, rooms.ann.id, rooms.course)
    assert "[name] said so." in seen


def test_one_active_version_of_a_course_is_kept_by_the_database(rooms: Rooms) -> None:
    accepted_for_the_course(rooms, 3)
    rooms.training.train(rooms.teacher, None, rooms.course)
    rooms.training.train(rooms.teacher, None, rooms.course)
    with pytest.raises(sa.exc.IntegrityError), rooms.database.writing() as connection:
        connection.exec_driver_sql("UPDATE adapters SET state = 'active'")


SIX = "The Calvin cycle takes six turns. It does not need light."


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("The Calvin cycle takes four turns.", [FlagKind.CONTRADICTS]),
        ("The Calvin cycle takes six turns.", []),
        ("It does need light.", [FlagKind.CONTRADICTS]),
        ("Chlorophyll absorbs red and blue light.", []),
        ("Write to ann@example.org.", [FlagKind.PERSONAL]),
    ],
)
def test_a_reviewer_is_told_of_other_numbers_other_nots_and_personal_data(text: str, kinds: list[FlagKind]) -> None:
    assert [flag.kind for flag in flags_of(text, [SIX], [])] == kinds


def test_a_reviewer_is_told_how_often_nearly_the_same_was_written() -> None:
    others = ["Green light is reflected by chlorophyll!", "Sugar is built in the stroma."]
    (flag,) = flags_of("Green light is reflected by chlorophyll.", [], others)
    assert (flag.kind, flag.count) == (FlagKind.REPEATS, 1)
