"""A correction trains its learner's adapter at once, the course's when an instructor accepted it, or none."""

from __future__ import annotations

import errno
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from fake_trainer import fake_train
from tuning_services import TuningServices

from adapters.dataset import read_rows
from adapters.errors import TrainingRefused
from adapters.records import TrainedAdapter, TrainingJob
from tutor.corrections.feedback import MAX_CORRECTIONS_PER_DAY
from tutor.corrections.review_flags import ReviewFlagKind, find_flags
from tutor.domain import AdapterState, CorrectionState
from tutor.errors import InputRefused, NotAllowed, NotFound, TrainingFailed
from tutor.store import audit
from tutor.store.audit import Act
from tutor.store.schema.tuning import adapters as adapter_table


def accept_for_the_course(tuning: TuningServices, count: int) -> list[str]:
    ids = tuning.add_accepted_corrections(tuning.ann, count)
    for identity in ids:
        tuning.reviews.decide(tuning.instructor, identity, accept=True)
    return ids


def test_the_course_adapter_trains_only_on_accepted_corrections(tuning: TuningServices) -> None:
    ids = accept_for_the_course(tuning, 3)
    tuning.add_accepted_corrections(tuning.bob, 3)
    version = tuning.training.train(tuning.instructor, None, tuning.course)
    assert version.learner_id is None
    assert set(tuning.versions.training_correction_ids(tuning.instructor, version.id)) == set(ids)


def test_adapter_precedence_is_learner_then_course_then_base(tuning: TuningServices) -> None:
    accept_for_the_course(tuning, 3)
    assert tuning.versions.serving_version(tuning.bob, tuning.course) is None
    shared = tuning.training.train(tuning.instructor, None, tuning.course)
    own = tuning.train(tuning.ann)
    serving = {actor.name: tuning.versions.serving_version(actor, tuning.course) for actor in (tuning.ann, tuning.bob)}
    assert {name: version and version.id for name, version in serving.items()} == {"ann": own.id, "bob": shared.id}
    tuning.versions.switch_off(tuning.ann, tuning.ann.id, tuning.course)
    assert tuning.versions.serving_adapter_ref(tuning.ann.id, tuning.course) == tuning.versions.to_adapter_ref(shared)


def test_learners_cannot_train_or_switch_the_course_adapter(tuning: TuningServices) -> None:
    accept_for_the_course(tuning, 3)
    version = tuning.training.train(tuning.instructor, None, tuning.course)
    for attempt in (
        lambda: tuning.training.train(tuning.ann, None, tuning.course),
        lambda: tuning.training.start(tuning.ann, None, tuning.course),
        lambda: tuning.versions.list_versions(tuning.ann, None, tuning.course),
        lambda: tuning.versions.promote(tuning.ann, version.id),
        lambda: tuning.versions.switch_off(tuning.ann, None, tuning.course),
        lambda: tuning.versions.delete(tuning.ann, version.id),
    ):
        with pytest.raises((NotAllowed, NotFound)):
            attempt()


def test_withdrawing_a_correction_retires_its_versions_and_deletes_their_weights(tuning: TuningServices) -> None:
    """Regression: the adapter that was trained on it stayed active."""
    ids = accept_for_the_course(tuning, 3)
    own, shared = tuning.train(tuning.ann), tuning.training.train(tuning.instructor, None, tuning.course)
    removed = tuning.feedback.withdraw_correction(tuning.ann, ids[0])
    assert {version.id for version in removed} == {own.id, shared.id}
    for version in (own, shared):
        assert not (tuning.path / version.directory).exists()
    assert tuning.versions.serving_adapter_ref(tuning.ann.id, tuning.course) is None
    with pytest.raises(InputRefused, match="withdrawn or declined"):
        tuning.versions.promote(tuning.ann, own.id)
    assert tuning.feedback.list_corrections(tuning.ann, tuning.course)[0].text == ""


def test_declining_a_correction_blocks_its_versions_and_undo_unblocks_them(tuning: TuningServices) -> None:
    ids = accept_for_the_course(tuning, 3)
    shared = tuning.training.train(tuning.instructor, None, tuning.course)
    tuning.reviews.decide(tuning.instructor, ids[1], accept=False, reason="not what the book says")
    assert tuning.versions.active(tuning.instructor, None, tuning.course) is None
    seen = {c.id: c for c in tuning.feedback.list_corrections(tuning.ann, tuning.course)}[ids[1]]
    assert (seen.state, seen.reason) == (CorrectionState.DECLINED, "not what the book says")
    tuning.reviews.undo_decision(tuning.instructor, ids[1])
    tuning.reviews.decide(tuning.instructor, ids[1], accept=True)
    assert tuning.versions.promote(tuning.instructor, shared.id).state is AdapterState.ACTIVE


def test_rollback_selects_the_latest_allowed_version(tuning: TuningServices) -> None:
    tuning.add_accepted_corrections(tuning.ann, 3)
    first = tuning.train(tuning.ann)
    later = tuning.feedback.submit_correction(
        tuning.ann, tuning.add_turn(tuning.ann, "One more?").id, "Yes.", consent=True
    )
    tuning.train(tuning.ann)
    tuning.train(tuning.ann)
    tuning.feedback.withdraw_correction(tuning.ann, later.id)
    restored = tuning.versions.roll_back(tuning.ann, tuning.ann.id, tuning.course)
    assert restored is not None
    assert restored.id == first.id
    assert tuning.versions.roll_back(tuning.ann, tuning.ann.id, tuning.course) is None
    assert tuning.versions.serving_adapter_ref(tuning.ann.id, tuning.course) is None


def test_an_instructors_correction_is_accepted_at_once(tuning: TuningServices) -> None:
    turn = tuning.add_turn(tuning.instructor, "Why green?")
    assert tuning.feedback.submit_correction(tuning.instructor, turn.id, "Green is left over.", consent=True).may_train(
        None
    )


def test_corrections_per_day_are_limited(tuning: TuningServices, clock: Any) -> None:
    turn = tuning.add_turn(tuning.ann, "Why?")
    for number in range(MAX_CORRECTIONS_PER_DAY):
        tuning.feedback.submit_correction(tuning.ann, turn.id, f"Because of {number}.", consent=False)
    with pytest.raises(InputRefused, match="go on tomorrow"):
        tuning.feedback.submit_correction(tuning.ann, turn.id, "Because.", consent=False)
    clock.advance(timedelta(days=1))
    tuning.feedback.submit_correction(tuning.ann, turn.id, "Because.", consent=False)


def test_duplicates_do_not_count_towards_the_minimum(tuning: TuningServices) -> None:
    for _ in range(3):
        turn = tuning.add_turn(tuning.ann, "Why?")
        tuning.feedback.submit_correction(tuning.ann, turn.id, "Because.", consent=True)
    with pytest.raises(TrainingRefused, match="not enough to train: 1 of 3"):
        tuning.train(tuning.ann)


def test_a_full_disk_is_reported_and_keeps_the_active_version(tuning: TuningServices) -> None:
    tuning.add_accepted_corrections(tuning.ann, 3)
    before = tuning.train(tuning.ann)

    def full(job: TrainingJob, *rest: Any) -> TrainedAdapter:
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(TrainingFailed, match="the disk is full: nothing was saved"):
        replace(tuning.training, trainer=full).train(tuning.ann, tuning.ann.id, tuning.course)
    active = tuning.versions.active(tuning.ann, tuning.ann.id, tuning.course)
    assert active is not None
    assert active.id == before.id


def test_roster_names_are_scrubbed_before_training(tuning: TuningServices) -> None:
    tuning.courses.enrol(
        tuning.instructor, tuning.course, tuning.accounts.create_account("quiet-heron", tuning.ann.role)
    )
    tuning.add_accepted_corrections(tuning.ann, 2)
    turn = tuning.add_turn(tuning.ann, "Who said so?")
    tuning.feedback.submit_correction(tuning.ann, turn.id, "Quiet-Heron said so.", consent=True)
    seen: list[str] = []

    def record(job: TrainingJob, *rest: Any) -> TrainedAdapter:
        seen.extend(row.answer for row in read_rows(Path(job.rows_file), job.vault))
        return fake_train(job, *rest)

    replace(tuning.training, trainer=record).train(tuning.ann, tuning.ann.id, tuning.course)
    assert "[name] said so." in seen


def test_the_database_enforces_one_active_version_per_course(tuning: TuningServices) -> None:
    accept_for_the_course(tuning, 3)
    tuning.training.train(tuning.instructor, None, tuning.course)
    tuning.training.train(tuning.instructor, None, tuning.course)
    with pytest.raises(sa.exc.IntegrityError), tuning.database.write_transaction() as connection:
        connection.exec_driver_sql("UPDATE adapters SET state = 'active'")


SIX = "The Calvin cycle takes six turns. It does not need light."


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("The Calvin cycle takes four turns.", [ReviewFlagKind.CONTRADICTION]),
        ("The Calvin cycle takes six turns.", []),
        ("It does need light.", [ReviewFlagKind.CONTRADICTION]),
        ("Chlorophyll absorbs red and blue light.", []),
        ("Write to ann@example.org.", [ReviewFlagKind.PERSONAL_DATA]),
    ],
)
def test_reviews_are_flagged_for_changed_numbers_negations_and_personal_data(
    text: str, kinds: list[ReviewFlagKind]
) -> None:
    assert [flag.kind for flag in find_flags(text, [SIX], [])] == kinds


def test_reviews_are_flagged_for_near_duplicates() -> None:
    others = ["Green light is reflected by chlorophyll!", "Sugar is built in the stroma."]
    (flag,) = find_flags("Green light is reflected by chlorophyll.", [], others)
    assert (flag.kind, flag.count) == (ReviewFlagKind.NEAR_DUPLICATE, 1)


def test_a_learner_whose_own_version_is_of_another_base_is_served_by_the_courses(tuning: TuningServices) -> None:
    accept_for_the_course(tuning, 3)
    shared = tuning.training.train(tuning.instructor, None, tuning.course)
    own = tuning.train(tuning.ann)
    with tuning.database.write_transaction() as connection:
        rows = adapter_table.update().where(adapter_table.c.id == own.id)
        connection.execute(rows.values(base_sha256="0" * 64))
    ref = tuning.versions.serving_adapter_ref(tuning.ann.id, tuning.course, shared.base_sha256)
    assert ref == tuning.versions.to_adapter_ref(shared)


def test_what_is_done_to_adapters_is_logged(tuning: TuningServices) -> None:
    tuning.add_accepted_corrections(tuning.ann, 3)
    first = tuning.train(tuning.ann)
    tuning.versions.switch_off(tuning.ann, tuning.ann.id, tuning.course)
    tuning.versions.switch_off(tuning.ann, tuning.ann.id, tuning.course)  # changes nothing
    tuning.versions.promote(tuning.ann, first.id)
    tuning.versions.delete(tuning.ann, first.id)
    with tuning.database.read_connection() as connection:
        logged = [row.act for row in reversed(audit.rows(connection))]
        assert audit.first_bad_row(connection) is None
    assert logged == [Act.TRAINED, Act.ADAPTER_OFF, Act.ADAPTER_ON, Act.ADAPTER_DELETED]
