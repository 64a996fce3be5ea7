"""From corrections to the active adapter, with a fake trainer that writes a small but valid adapter at once."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fake_trainer import BASE, METRICS, fake_train
from tuning_services import TuningServices

import tutor.store.adapters as adapter_store
from adapters.dataset import read_rows
from adapters.errors import AdapterDamaged, TrainerDied, TrainingBusy, TrainingRefused
from adapters.files import WEIGHTS
from adapters.records import TrainedAdapter, TrainingJob
from tutor.domain import AdapterState, JobState
from tutor.engine.model_files import ModelFiles
from tutor.errors import InputRefused, NotAllowed, NotFound, TrainingFailed
from tutor.store.adapters import LossPoint
from tutor.tuning.adapter_training import JOB_KIND, version_name


def test_a_trained_version_answers_its_learner_and_nobody_else(tuning: TuningServices) -> None:
    corrections = tuning.add_accepted_corrections(tuning.ann, 3)
    version = tuning.train(tuning.ann)
    ref = tuning.versions.serving_adapter_ref(tuning.ann.id, tuning.course)
    assert ref is not None
    assert (ref.name, ref.sha256, ref.base_sha256) == (version.name, version.sha256, BASE)
    assert (ref.directory / WEIGHTS).is_file()
    assert version.state is AdapterState.ACTIVE
    assert sorted(tuning.versions.training_correction_ids(tuning.ann, version.id)) == sorted(corrections)
    assert tuning.versions.serving_adapter_ref(tuning.bob.id, tuning.course) is None


def test_after_a_change_of_the_model_the_base_answers_until_the_learner_trains_again(tuning: TuningServices) -> None:
    tuning.add_accepted_corrections(tuning.ann, 3)
    version = tuning.train(tuning.ann)
    assert tuning.versions.serving_adapter_ref(tuning.ann.id, tuning.course, "0" * 64) is None
    assert (
        tuning.versions.active(tuning.ann, tuning.ann.id, tuning.course) == version
    )  # it is kept, and can serve again
    ref = tuning.versions.serving_adapter_ref(tuning.ann.id, tuning.course, BASE)
    assert ref == tuning.versions.to_adapter_ref(version)


def test_training_rows_hold_the_rendered_prompt(tuning: TuningServices) -> None:
    tuning.add_accepted_corrections(tuning.ann, 3)
    seen = []

    def record(job: TrainingJob, *rest: Any) -> TrainedAdapter:
        seen.extend(read_rows(Path(job.rows_file), job.vault))
        return fake_train(job, *rest)

    replace(tuning.training, trainer=record).train(tuning.ann, tuning.ann.id, tuning.course)
    assert [[(m.role, m.content) for m in row.messages] for row in seen] == [
        [("system", "Be kind."), ("user", f"Question {n}?"), ("assistant", f"Better Question {n}?")] for n in range(3)
    ]


def test_personal_data_is_scrubbed_before_training(tuning: TuningServices) -> None:
    tuning.add_accepted_corrections(tuning.ann, 2)
    turn = tuning.add_turn(tuning.ann, "I am ann@example.org, what is light?")
    tuning.feedback.submit_correction(tuning.ann, turn.id, "Ask +49 30 1234567 about it.", consent=True)
    seen: list[str] = []

    def record(job: TrainingJob, *rest: Any) -> TrainedAdapter:
        seen.append(job.vault.read(Path(job.rows_file)).decode())
        return fake_train(job, *rest)

    replace(tuning.training, trainer=record).train(tuning.ann, tuning.ann.id, tuning.course)
    assert "I am [email], what is light?" in seen[0]
    assert "Ask [phone] about it." in seen[0]


def test_a_second_version_replaces_the_first_and_can_be_rolled_back(tuning: TuningServices) -> None:
    tuning.add_accepted_corrections(tuning.ann, 3)
    first, second = tuning.train(tuning.ann), tuning.train(tuning.ann)
    states = {v.version: v.state for v in tuning.versions.list_versions(tuning.ann, tuning.ann.id, tuning.course)}
    assert states == {1: AdapterState.RETIRED, 2: AdapterState.ACTIVE}
    assert tuning.versions.promote(tuning.ann, first.id).state is AdapterState.ACTIVE
    active = tuning.versions.active(tuning.ann, tuning.ann.id, tuning.course)
    assert active is not None
    assert (active.id, second.name != first.name) == (first.id, True)


def test_a_disabled_adapter_gives_the_base(tuning: TuningServices) -> None:
    tuning.add_accepted_corrections(tuning.ann, 3)
    tuning.train(tuning.ann)
    tuning.versions.switch_off(tuning.ann, tuning.ann.id, tuning.course)
    assert tuning.versions.serving_adapter_ref(tuning.ann.id, tuning.course) is None


def test_too_few_corrections_are_refused_with_the_count(tuning: TuningServices) -> None:
    tuning.add_accepted_corrections(tuning.ann, 2)
    with pytest.raises(TrainingRefused, match="not enough to train: 2 of 3 corrections"):
        tuning.train(tuning.ann)
    with pytest.raises(TrainingRefused, match="not enough to train: 2 of 3 corrections"):
        tuning.training.start(tuning.ann, tuning.ann.id, tuning.course)


def test_without_consent_nothing_is_trained(tuning: TuningServices) -> None:
    tuning.add_accepted_corrections(tuning.ann, 3)
    tuning.feedback.set_consent(tuning.ann, given=False)
    with pytest.raises(TrainingRefused, match="has not consented"):
        tuning.train(tuning.ann)


def test_withdrawn_declined_and_unconsented_corrections_are_excluded(tuning: TuningServices) -> None:
    ids = tuning.add_accepted_corrections(tuning.ann, 5)
    tuning.feedback.withdraw_correction(tuning.ann, ids[0])
    tuning.reviews.decide(tuning.instructor, ids[1], accept=False)
    without_consent = tuning.feedback.submit_correction(
        tuning.ann, tuning.add_turn(tuning.ann, "Mine?").id, "Keep this to yourself.", consent=False
    )
    version = tuning.train(tuning.ann)
    assert set(tuning.versions.training_correction_ids(tuning.ann, version.id)) == set(ids[2:]) - {without_consent.id}


def test_the_later_of_two_corrections_of_one_answer_is_used(tuning: TuningServices) -> None:
    tuning.add_accepted_corrections(tuning.ann, 2)
    turn = tuning.add_turn(tuning.ann, "What?")
    before = tuning.feedback.submit_correction(tuning.ann, turn.id, "First thought.", consent=True)
    after = tuning.feedback.submit_correction(tuning.ann, turn.id, "Second thought.", consent=True)
    used = tuning.versions.training_correction_ids(tuning.ann, tuning.train(tuning.ann).id)
    assert after.id in used
    assert before.id not in used


def test_answers_without_a_model_are_not_trained_on(tuning: TuningServices) -> None:
    ids = tuning.add_accepted_corrections(tuning.ann, 3)
    tuning.feedback.submit_correction(
        tuning.ann, tuning.add_turn(tuning.ann, "Off?", asked_a_model=False).id, "It is.", consent=True
    )
    assert set(tuning.versions.training_correction_ids(tuning.ann, tuning.train(tuning.ann).id)) == set(ids)


def test_learners_cannot_train_see_or_switch_anothers_adapter(tuning: TuningServices) -> None:
    tuning.add_accepted_corrections(tuning.ann, 3)
    version = tuning.train(tuning.ann)
    for attempt in (
        lambda: tuning.training.train(tuning.bob, tuning.ann.id, tuning.course),
        lambda: tuning.training.start(tuning.bob, tuning.ann.id, tuning.course),
        lambda: tuning.versions.list_versions(tuning.bob, tuning.ann.id, tuning.course),
        lambda: tuning.versions.active(tuning.bob, tuning.ann.id, tuning.course),
        lambda: tuning.versions.switch_off(tuning.bob, tuning.ann.id, tuning.course),
        lambda: tuning.versions.promote(tuning.bob, version.id),
        lambda: tuning.versions.training_correction_ids(tuning.bob, version.id),
        lambda: tuning.versions.delete(tuning.bob, version.id),
    ):
        with pytest.raises((NotAllowed, NotFound)):
            attempt()
    assert tuning.versions.serving_adapter_ref(tuning.ann.id, tuning.course) is not None


def test_concurrent_trainings_of_one_learner_are_refused(tuning: TuningServices) -> None:
    tuning.add_accepted_corrections(tuning.ann, 3)

    def train_again(job: TrainingJob, *rest: Any) -> TrainedAdapter:
        with pytest.raises(TrainingBusy, match="is already being trained"):
            tuning.train(tuning.ann)
        return fake_train(job, *rest)

    assert replace(tuning.training, trainer=train_again).train(tuning.ann, tuning.ann.id, tuning.course).version == 1


def test_a_correction_withdrawn_during_the_training_is_not_published(tuning: TuningServices) -> None:
    ids = tuning.add_accepted_corrections(tuning.ann, 3)

    def withdraw_first(job: TrainingJob, *rest: Any) -> TrainedAdapter:
        tuning.feedback.withdraw_correction(tuning.ann, ids[0])
        return fake_train(job, *rest)

    with pytest.raises(TrainingFailed, match="withdrawn while"):
        replace(tuning.training, trainer=withdraw_first).train(tuning.ann, tuning.ann.id, tuning.course)
    assert tuning.versions.serving_adapter_ref(tuning.ann.id, tuning.course) is None
    assert not list((tuning.path / "adapters").glob("ann-*"))


def test_a_failed_training_keeps_the_active_version_and_removes_its_rows(tuning: TuningServices) -> None:
    tuning.add_accepted_corrections(tuning.ann, 3)
    before = tuning.train(tuning.ann)

    def die(job: TrainingJob, *rest: Any) -> TrainedAdapter:
        raise TrainerDied("the trainer ended without a result")

    with pytest.raises(TrainerDied):
        replace(tuning.training, trainer=die).train(tuning.ann, tuning.ann.id, tuning.course)
    ref = tuning.versions.serving_adapter_ref(tuning.ann.id, tuning.course)
    assert ref is not None
    assert ref.name == before.name
    assert not list((tuning.path / "adapters" / ".work").glob("*/*"))


@pytest.mark.parametrize(
    ("metrics", "reason"),
    [
        ({"loss_after": 3.0}, "no measurable change"),
        ({"general_after": 9.0}, "the loss on general text rose by 350.0%"),
    ],
)
def test_a_candidate_that_fails_the_gate_is_rejected(
    tuning: TuningServices, metrics: dict[str, float], reason: str
) -> None:
    tuning.add_accepted_corrections(tuning.ann, 3)
    before = tuning.train(tuning.ann)

    def worse(job: TrainingJob, *rest: Any) -> TrainedAdapter:
        return replace(fake_train(job, *rest), metrics=METRICS | metrics)

    rejected = replace(tuning.training, trainer=worse).train(tuning.ann, tuning.ann.id, tuning.course)
    assert rejected.state is AdapterState.REJECTED
    assert any(reason in sentence for sentence in rejected.reasons)
    with pytest.raises(InputRefused, match="did not pass the gate"):
        tuning.versions.promote(tuning.ann, rejected.id)
    assert not (tuning.path / rejected.directory).exists()
    active = tuning.versions.active(tuning.ann, tuning.ann.id, tuning.course)
    assert active is not None
    assert active.id == before.id


def test_a_damaged_version_cannot_be_switched_on(tuning: TuningServices) -> None:
    tuning.add_accepted_corrections(tuning.ann, 3)
    first = tuning.train(tuning.ann)
    second = tuning.train(tuning.ann)
    (tuning.path / first.directory / WEIGHTS).write_bytes(b"broken")
    with pytest.raises(AdapterDamaged):
        tuning.versions.promote(tuning.ann, first.id)
    active = tuning.versions.active(tuning.ann, tuning.ann.id, tuning.course)
    assert active is not None
    assert active.id == second.id


def test_only_the_serving_base_model_is_trained(tuning: TuningServices) -> None:
    tuning.add_accepted_corrections(tuning.ann, 3)
    other = replace(tuning.training, open_model=lambda spec, folder: ModelFiles(tuning.path, "other", "c" * 64))
    with pytest.raises(TrainingFailed, match="use one model for both"):
        other.train(tuning.ann, tuning.ann.id, tuning.course)


def test_a_deleted_version_is_gone_from_disk_and_table(tuning: TuningServices) -> None:
    tuning.add_accepted_corrections(tuning.ann, 3)
    version = tuning.train(tuning.ann)
    tuning.versions.delete(tuning.ann, version.id)
    assert tuning.versions.serving_adapter_ref(tuning.ann.id, tuning.course) is None
    assert not (tuning.path / version.directory).exists()
    with tuning.database.read_connection() as connection:
        assert adapter_store.by_id(connection, version.id) is None


def test_a_background_training_reports_its_result(tuning: TuningServices) -> None:
    tuning.add_accepted_corrections(tuning.ann, 3)
    job = tuning.training.start(tuning.ann, tuning.ann.id, tuning.course)
    deadline = time.monotonic() + 20
    while (now := tuning.jobs.get(tuning.ann, job.id)).state in (JobState.QUEUED, JobState.RUNNING):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert now.state is JobState.DONE
    assert now.message.endswith("is active now")
    assert tuning.training.loss_curve(tuning.ann, job.id) == [LossPoint(1, 0.5, 0.75)]  # training, held-out loss


def test_a_second_start_while_one_is_waiting_is_refused(tuning: TuningServices) -> None:
    tuning.add_accepted_corrections(tuning.ann, 3)
    proceed = threading.Event()

    def wait(job: TrainingJob, *rest: Any) -> TrainedAdapter:
        proceed.wait(20)
        return fake_train(job, *rest)

    slow = replace(tuning.training, trainer=wait)
    slow.start(tuning.ann, tuning.ann.id, tuning.course)
    try:
        with pytest.raises(TrainingBusy):
            slow.start(tuning.ann, tuning.ann.id, tuning.course)
    finally:
        proceed.set()
    assert JOB_KIND == "train"


def test_the_only_course_is_the_default(tuning: TuningServices) -> None:
    with pytest.raises(TrainingRefused, match="has no corrections yet"):
        tuning.training.course_with_corrections(tuning.ann.id)
    tuning.add_accepted_corrections(tuning.ann, 1)
    assert tuning.training.course_with_corrections(tuning.ann.id) == tuning.course


@pytest.mark.parametrize("name", ["quiet-heron-421", "小明", "../../etc", "A b\0c", "x" * 300])
def test_a_version_name_is_a_plain_folder_name(name: str) -> None:
    named = version_name(name, "plants", 3)
    assert Path(named).name == named
    assert named.isascii()
    assert len(named) < 120
    assert version_name(name, "plants", 3) != named


def test_warm_start_uses_the_active_version_and_never_a_withdrawn_one(tuning: TuningServices) -> None:
    ids = tuning.add_accepted_corrections(tuning.ann, 3)
    seen: list[str | None] = []

    def record(job: TrainingJob, *rest: Any) -> TrainedAdapter:
        seen.append(job.previous)
        return fake_train(job, *rest)

    training = replace(tuning.training, trainer=record)
    first = training.train(tuning.ann, tuning.ann.id, tuning.course)
    tuning.feedback.submit_correction(tuning.ann, tuning.add_turn(tuning.ann, "One more?").id, "Better.", consent=True)
    training.train(tuning.ann, tuning.ann.id, tuning.course)
    tuning.feedback.withdraw_correction(tuning.ann, ids[0])
    training.train(tuning.ann, tuning.ann.id, tuning.course)
    assert seen == [None, str((tuning.path / first.directory).resolve()), None]
