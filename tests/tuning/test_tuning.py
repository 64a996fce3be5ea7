"""From corrections to the active adapter, with a trainer that writes a small but genuine adapter at once."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fake_trainer import BASE, CARD, write_at_once
from tuning_services import Rooms

import tutor.store.adapters as adapter_store
from adapters.dataset import read_rows
from adapters.errors import AdapterDamaged, TrainerDied, TrainingBusy, TrainingRefused
from adapters.files import WEIGHTS
from adapters.records import TrainedAdapter, TrainingJob
from tutor.domain import AdapterState, JobState, LossPoint
from tutor.engine.model_files import ModelFiles
from tutor.errors import InputRefused, NotAllowed, NotFound, TrainingFailed
from tutor.tuning.adapter_training import KIND, version_name


def test_a_trained_version_answers_its_learner_and_nobody_else(rooms: Rooms) -> None:
    corrections = rooms.corrected(rooms.ann, 3)
    version = rooms.train(rooms.ann)
    ref = rooms.versions.ref(rooms.ann.id, rooms.course)
    assert ref is not None
    assert (ref.name, ref.sha256, ref.base_sha256) == (version.name, version.sha256, BASE)
    assert (ref.directory / WEIGHTS).is_file()
    assert version.state is AdapterState.ACTIVE
    assert sorted(rooms.versions.trained_on(rooms.ann, version.id)) == sorted(corrections)
    assert rooms.versions.ref(rooms.bob.id, rooms.course) is None


def test_the_model_learns_the_prompt_that_it_was_given(rooms: Rooms) -> None:
    rooms.corrected(rooms.ann, 3)
    seen = []

    def look(job: TrainingJob, *rest: Any) -> TrainedAdapter:
        seen.extend(read_rows(Path(job.rows_file)))
        return write_at_once(job, *rest)

    replace(rooms.training, trainer=look).train(rooms.ann, rooms.ann.id, rooms.course)
    assert [[(m.role, m.content) for m in row.messages] for row in seen] == [
        [("system", "Be kind."), ("user", f"Question {n}?"), ("assistant", f"Better Question {n}?")] for n in range(3)
    ]


def test_personal_data_is_not_learnt(rooms: Rooms) -> None:
    rooms.corrected(rooms.ann, 2)
    turn = rooms.turn(rooms.ann, "I am ann@example.org, what is light?")
    rooms.desk.correct(rooms.ann, turn.id, "Ask +49 30 1234567 about it.", consent=True)
    seen: list[str] = []

    def look(job: TrainingJob, *rest: Any) -> TrainedAdapter:
        seen.append(Path(job.rows_file).read_text())
        return write_at_once(job, *rest)

    replace(rooms.training, trainer=look).train(rooms.ann, rooms.ann.id, rooms.course)
    assert "I am [email], what is light?" in seen[0]
    assert "Ask [phone] about it." in seen[0]


def test_the_second_version_replaces_the_first_and_one_can_go_back(rooms: Rooms) -> None:
    rooms.corrected(rooms.ann, 3)
    first, second = rooms.train(rooms.ann), rooms.train(rooms.ann)
    states = {v.version: v.state for v in rooms.versions.of(rooms.ann, rooms.ann.id, rooms.course)}
    assert states == {1: AdapterState.RETIRED, 2: AdapterState.ACTIVE}
    assert rooms.versions.promote(rooms.ann, first.id).state is AdapterState.ACTIVE
    active = rooms.versions.active(rooms.ann, rooms.ann.id, rooms.course)
    assert active is not None
    assert (active.id, second.name != first.name) == (first.id, True)


def test_switched_off_is_the_base(rooms: Rooms) -> None:
    rooms.corrected(rooms.ann, 3)
    rooms.train(rooms.ann)
    rooms.versions.switch_off(rooms.ann, rooms.ann.id, rooms.course)
    assert rooms.versions.ref(rooms.ann.id, rooms.course) is None


def test_too_few_corrections_are_counted(rooms: Rooms) -> None:
    rooms.corrected(rooms.ann, 2)
    with pytest.raises(TrainingRefused, match="not enough to train: 2 of 3 corrections"):
        rooms.train(rooms.ann)
    with pytest.raises(TrainingRefused, match="not enough to train: 2 of 3 corrections"):
        rooms.training.start(rooms.ann, rooms.ann.id, rooms.course)


def test_without_consent_nothing_is_trained(rooms: Rooms) -> None:
    rooms.corrected(rooms.ann, 3)
    rooms.desk.set_consent(rooms.ann, given=False)
    with pytest.raises(TrainingRefused, match="has not consented"):
        rooms.train(rooms.ann)


def test_withdrawn_declined_and_unconsented_corrections_are_not_learnt(rooms: Rooms) -> None:
    ids = rooms.corrected(rooms.ann, 5)
    rooms.desk.withdraw(rooms.ann, ids[0])
    rooms.reviews.decide(rooms.teacher, ids[1], accept=False)
    alone = rooms.desk.correct(rooms.ann, rooms.turn(rooms.ann, "Mine?").id, "Keep it to yourself.", consent=False)
    version = rooms.train(rooms.ann)
    assert set(rooms.versions.trained_on(rooms.ann, version.id)) == set(ids[2:]) - {alone.id}


def test_of_two_corrections_of_one_answer_the_later_holds(rooms: Rooms) -> None:
    rooms.corrected(rooms.ann, 2)
    turn = rooms.turn(rooms.ann, "What?")
    before = rooms.desk.correct(rooms.ann, turn.id, "First thought.", consent=True)
    after = rooms.desk.correct(rooms.ann, turn.id, "Second thought.", consent=True)
    learnt = rooms.versions.trained_on(rooms.ann, rooms.train(rooms.ann).id)
    assert after.id in learnt
    assert before.id not in learnt


def test_an_answer_that_no_model_gave_is_not_trained(rooms: Rooms) -> None:
    ids = rooms.corrected(rooms.ann, 3)
    rooms.desk.correct(rooms.ann, rooms.turn(rooms.ann, "Off?", asked_a_model=False).id, "It is.", consent=True)
    assert set(rooms.versions.trained_on(rooms.ann, rooms.train(rooms.ann).id)) == set(ids)


def test_nobody_trains_sees_or_switches_anothers_adapter(rooms: Rooms) -> None:
    rooms.corrected(rooms.ann, 3)
    version = rooms.train(rooms.ann)
    for attempt in (
        lambda: rooms.training.train(rooms.bob, rooms.ann.id, rooms.course),
        lambda: rooms.training.start(rooms.bob, rooms.ann.id, rooms.course),
        lambda: rooms.versions.of(rooms.bob, rooms.ann.id, rooms.course),
        lambda: rooms.versions.active(rooms.bob, rooms.ann.id, rooms.course),
        lambda: rooms.versions.switch_off(rooms.bob, rooms.ann.id, rooms.course),
        lambda: rooms.versions.promote(rooms.bob, version.id),
        lambda: rooms.versions.trained_on(rooms.bob, version.id),
        lambda: rooms.versions.delete(rooms.bob, version.id),
    ):
        with pytest.raises((NotAllowed, NotFound)):
            attempt()
    assert rooms.versions.ref(rooms.ann.id, rooms.course) is not None


def test_two_trainings_of_one_learner_at_once_are_one_too_many(rooms: Rooms) -> None:
    rooms.corrected(rooms.ann, 3)

    def meanwhile(job: TrainingJob, *rest: Any) -> TrainedAdapter:
        with pytest.raises(TrainingBusy, match="is being trained already"):
            rooms.train(rooms.ann)
        return write_at_once(job, *rest)

    assert replace(rooms.training, trainer=meanwhile).train(rooms.ann, rooms.ann.id, rooms.course).version == 1


def test_a_correction_withdrawn_during_the_training_is_not_published(rooms: Rooms) -> None:
    ids = rooms.corrected(rooms.ann, 3)

    def withdraw_first(job: TrainingJob, *rest: Any) -> TrainedAdapter:
        rooms.desk.withdraw(rooms.ann, ids[0])
        return write_at_once(job, *rest)

    with pytest.raises(TrainingFailed, match="withdrawn while"):
        replace(rooms.training, trainer=withdraw_first).train(rooms.ann, rooms.ann.id, rooms.course)
    assert rooms.versions.ref(rooms.ann.id, rooms.course) is None
    assert not list((rooms.path / "adapters").glob("ann-*"))


def test_a_failed_training_leaves_the_version_in_use_and_none_of_its_rows(rooms: Rooms) -> None:
    rooms.corrected(rooms.ann, 3)
    before = rooms.train(rooms.ann)

    def die(job: TrainingJob, *rest: Any) -> TrainedAdapter:
        raise TrainerDied("the trainer ended without a result")

    with pytest.raises(TrainerDied):
        replace(rooms.training, trainer=die).train(rooms.ann, rooms.ann.id, rooms.course)
    ref = rooms.versions.ref(rooms.ann.id, rooms.course)
    assert ref is not None
    assert ref.name == before.name
    assert not list((rooms.path / "adapters" / ".work").glob("*/*"))


@pytest.mark.parametrize(
    ("measured", "reason"),
    [({"loss_after": 3.0}, "no measurable change"), ({"general_after": 9.0}, "general text is told worse by 350.0%")],
)
def test_a_candidate_that_fails_the_gate_stays_out(rooms: Rooms, measured: dict[str, float], reason: str) -> None:
    rooms.corrected(rooms.ann, 3)
    before = rooms.train(rooms.ann)

    def worse(job: TrainingJob, *rest: Any) -> TrainedAdapter:
        return replace(write_at_once(job, *rest), metrics=CARD | measured)

    stayed_out = replace(rooms.training, trainer=worse).train(rooms.ann, rooms.ann.id, rooms.course)
    assert stayed_out.state is AdapterState.REJECTED
    assert any(reason in said for said in stayed_out.reasons)
    with pytest.raises(InputRefused, match="did not pass the gate"):
        rooms.versions.promote(rooms.ann, stayed_out.id)
    assert not (rooms.path / stayed_out.directory).exists()
    active = rooms.versions.active(rooms.ann, rooms.ann.id, rooms.course)
    assert active is not None
    assert active.id == before.id


def test_a_damaged_version_cannot_be_switched_on(rooms: Rooms) -> None:
    rooms.corrected(rooms.ann, 3)
    first = rooms.train(rooms.ann)
    second = rooms.train(rooms.ann)
    (rooms.path / first.directory / WEIGHTS).write_bytes(b"broken")
    with pytest.raises(AdapterDamaged):
        rooms.versions.promote(rooms.ann, first.id)
    active = rooms.versions.active(rooms.ann, rooms.ann.id, rooms.course)
    assert active is not None
    assert active.id == second.id


def test_another_model_than_the_one_that_answers_is_not_trained(rooms: Rooms) -> None:
    rooms.corrected(rooms.ann, 3)
    other = replace(rooms.training, open_model=lambda spec, folder: ModelFiles(rooms.path, "other", "c" * 64))
    with pytest.raises(TrainingFailed, match="use one model for both"):
        other.train(rooms.ann, rooms.ann.id, rooms.course)


def test_a_deleted_version_is_gone_from_disk_and_table(rooms: Rooms) -> None:
    rooms.corrected(rooms.ann, 3)
    version = rooms.train(rooms.ann)
    rooms.versions.delete(rooms.ann, version.id)
    assert rooms.versions.ref(rooms.ann.id, rooms.course) is None
    assert not (rooms.path / version.directory).exists()
    with rooms.database.reading() as connection:
        assert adapter_store.by_id(connection, version.id) is None


def test_a_training_beside_the_page_ends_with_its_sentence(rooms: Rooms) -> None:
    rooms.corrected(rooms.ann, 3)
    job = rooms.training.start(rooms.ann, rooms.ann.id, rooms.course)
    deadline = time.monotonic() + 20
    while (now := rooms.jobs.get(rooms.ann, job.id)).state in (JobState.QUEUED, JobState.RUNNING):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert now.state is JobState.DONE
    assert now.message.endswith("answers from now on")
    assert rooms.training.losses(rooms.ann, job.id) == [LossPoint(1, 0.5, 0.75)]  # learnt, and held out


def test_a_second_start_while_one_is_waiting_is_refused(rooms: Rooms) -> None:
    rooms.corrected(rooms.ann, 3)
    go = threading.Event()

    def wait(job: TrainingJob, *rest: Any) -> TrainedAdapter:
        go.wait(20)
        return write_at_once(job, *rest)

    slow = replace(rooms.training, trainer=wait)
    slow.start(rooms.ann, rooms.ann.id, rooms.course)
    try:
        with pytest.raises(TrainingBusy):
            slow.start(rooms.ann, rooms.ann.id, rooms.course)
    finally:
        go.set()
    assert KIND == "train"


def test_the_course_is_found_when_there_is_one(rooms: Rooms) -> None:
    with pytest.raises(TrainingRefused, match="has none yet"):
        rooms.training.course_with_corrections(rooms.ann.id)
    rooms.corrected(rooms.ann, 1)
    assert rooms.training.course_with_corrections(rooms.ann.id) == rooms.course


@pytest.mark.parametrize("name", ["quiet-heron-421", "小明", "../../etc", "A b\0c", "x" * 300])
def test_a_version_name_is_a_plain_folder_name(name: str) -> None:
    named = version_name(name, "plants", 3)
    assert Path(named).name == named
    assert named.isascii()
    assert len(named) < 120
    assert version_name(name, "plants", 3) != named


def test_the_next_version_may_go_on_from_the_one_in_use_and_never_from_one_that_was_taken_back(rooms: Rooms) -> None:
    ids = rooms.corrected(rooms.ann, 3)
    seen: list[str | None] = []

    def look(job: TrainingJob, *rest: Any) -> TrainedAdapter:
        seen.append(job.previous)
        return write_at_once(job, *rest)

    training = replace(rooms.training, trainer=look)
    first = training.train(rooms.ann, rooms.ann.id, rooms.course)
    rooms.desk.correct(rooms.ann, rooms.turn(rooms.ann, "One more?").id, "Better.", consent=True)
    training.train(rooms.ann, rooms.ann.id, rooms.course)
    rooms.desk.withdraw(rooms.ann, ids[0])
    training.train(rooms.ann, rooms.ann.id, rooms.course)
    assert seen == [None, str((rooms.path / first.directory).resolve()), None]
