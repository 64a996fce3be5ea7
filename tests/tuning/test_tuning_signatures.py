"""The active version as input of a training, the signatures of adapters, and leftovers of a killed trainer."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tuning_services import TuningServices, fake_train

from adapters.errors import AdapterDamaged, AdapterMismatch, TrainerDied, TrainingRefused
from adapters.files import CHECKPOINT, MANIFEST, WEIGHTS
from adapters.records import TrainedAdapter, TrainingJob
from adapters.vault import is_sealed
from tutor.domain import AdapterState
from tutor.errors import KeyDestroyed
from tutor.store import data_keys
from tutor.tuning import work_dirs
from tutor.tuning.adapter_training import AdapterTraining
from tutor.tuning.file_sealing import seal_clear_files


def train_with(tuning: TuningServices, trainer: Any) -> AdapterTraining:
    return replace(tuning.training, trainer=trainer)


def test_a_candidate_is_evaluated_against_the_active_version(tuning: TuningServices) -> None:
    tuning.add_accepted_corrections(tuning.ann, 3)
    seen: list[TrainingJob] = []

    def record(job: TrainingJob, *rest: Any) -> TrainedAdapter:
        seen.append(job)
        return fake_train(job, *rest)

    training = train_with(tuning, record)
    first = training.train(tuning.ann, tuning.ann.id, tuning.course)
    training.train(tuning.ann, tuning.ann.id, tuning.course)
    assert seen[0].current is None
    assert seen[1].current == str(tuning.versions.directory(first).resolve())


def test_an_adapter_is_signed_for_its_owner_and_unusable_by_another(tuning: TuningServices) -> None:
    tuning.add_accepted_corrections(tuning.ann, 3)
    tuning.add_accepted_corrections(tuning.bob, 3)
    anns, bobs = tuning.train(tuning.ann), tuning.train(tuning.bob)
    manifest = json.loads((tuning.versions.directory(anns) / MANIFEST).read_text())
    assert manifest["owner"] == f"{tuning.ann.id}/{tuning.course}"
    for path in tuning.versions.directory(anns).iterdir():
        (tuning.versions.directory(bobs) / path.name).write_bytes(path.read_bytes())
    with pytest.raises(AdapterMismatch, match="belongs to another owner"):
        tuning.versions.promote(tuning.bob, bobs.id)
    assert tuning.versions.promote(tuning.ann, anns.id).id == anns.id


def test_a_tampered_manifest_is_not_activated(tuning: TuningServices) -> None:
    tuning.add_accepted_corrections(tuning.ann, 3)
    version = tuning.train(tuning.ann)
    file = tuning.versions.directory(version) / MANIFEST
    file.write_text(json.dumps(json.loads(file.read_text()) | {"rows": 300}))
    with pytest.raises(AdapterDamaged, match="signature"):
        tuning.versions.promote(tuning.ann, version.id)


@pytest.mark.parametrize(("ending", "left"), [(TrainerDied, [CHECKPOINT]), (TrainingRefused, [])])
def test_only_the_checkpoint_of_a_killed_training_is_kept(tuning: TuningServices, ending: Any, left: list[str]) -> None:
    tuning.add_accepted_corrections(tuning.ann, 3)
    seen: list[list[str]] = []

    def end(job: TrainingJob, *rest: Any) -> TrainedAdapter:
        folder = Path(job.directory)
        seen.append(sorted(path.name for path in folder.iterdir()))
        (folder / CHECKPOINT).write_bytes(b"partial")
        raise ending("over")

    training = train_with(tuning, end)
    for _ in range(2):
        with pytest.raises(ending):
            training.train(tuning.ann, tuning.ann.id, tuning.course)
    assert seen == [["rows.jsonl"], sorted([*left, "rows.jsonl"])]
    work = tuning.path / "adapters" / ".work"
    assert [path.name for path in work.rglob("*") if path.is_file() and path.suffix != ".lock"] == left
    tuning.train(tuning.ann)
    assert [path.name for path in work.rglob("*") if path.is_file() and path.suffix != ".lock"] == []


def test_leftovers_of_a_killed_training_are_deleted_after_a_week_unless_in_use(tuning: TuningServices) -> None:
    tuning.add_accepted_corrections(tuning.ann, 3)
    work = tuning.path / "adapters" / ".work"

    def killed(job: TrainingJob, *rest: Any) -> TrainedAdapter:
        (Path(job.directory) / CHECKPOINT).write_bytes(b"partial")
        raise TrainerDied("over")

    with pytest.raises(TrainerDied):
        train_with(tuning, killed).train(tuning.ann, tuning.ann.id, tuning.course)
    assert tuning.training.remove_abandoned() == 0  # it can still be resumed
    (left,) = [path for path in work.iterdir() if path.is_dir()]
    for path in (left / CHECKPOINT, left):
        os.utime(path, (0, 0))
    with work_dirs.exclusive_work_dir(work.parent, tuning.ann.id, tuning.course, "ann") as place:
        os.utime(place / CHECKPOINT, (0, 0))
        os.utime(place, (0, 0))
        assert tuning.training.remove_abandoned() == 0
    with pytest.raises(TrainerDied):
        train_with(tuning, killed).train(tuning.ann, tuning.ann.id, tuning.course)
    for path in (left / CHECKPOINT, left):
        os.utime(path, (0, 0))
    assert tuning.training.remove_abandoned() == 1
    assert not left.exists()


def test_warm_start_refuses_a_tampered_version(tuning: TuningServices) -> None:
    """Its eval report decides on the next version; a changed one could let that version through the gate."""
    tuning.add_accepted_corrections(tuning.ann, 3)
    version = tuning.train(tuning.ann)
    weights = tuning.path / version.directory / WEIGHTS
    weights.write_bytes(weights.read_bytes()[:-1] + b"x")
    tuning.feedback.submit_correction(tuning.ann, tuning.add_turn(tuning.ann, "One more?").id, "Better.", consent=True)
    with pytest.raises(AdapterDamaged, match="was changed"):
        tuning.train(tuning.ann)


def test_files_of_a_version_are_sealed_under_its_owners_key(tuning: TuningServices) -> None:
    tuning.add_accepted_corrections(tuning.ann, 3)
    version = tuning.train(tuning.ann)
    folder = tuning.versions.directory(version)
    assert is_sealed(folder / WEIGHTS) and b"lora_A" not in (folder / WEIGHTS).read_bytes()
    ref = tuning.versions.serving_adapter_ref(tuning.ann.id, tuning.course)
    assert ref is not None and hashlib.sha256(ref.vault.read(folder / WEIGHTS)).hexdigest() == version.sha256
    with pytest.raises(AdapterDamaged):
        tuning.versions.vault(tuning.bob.id, tuning.course).read(folder / WEIGHTS)
    with tuning.database.write_transaction() as connection:
        data_keys.destroy(connection, tuning.ann.id, tuning.clock())
    with pytest.raises(KeyDestroyed):
        tuning.versions.serving_adapter_ref(tuning.ann.id, tuning.course)


def test_files_that_an_older_version_left_in_clear_are_sealed_at_the_start(tuning: TuningServices) -> None:
    """A second start, after one that was killed half-way, seals the rest."""
    clear = replace(tuning.versions, seals_files=False)
    tuning.add_accepted_corrections(tuning.ann, 3)
    version = replace(tuning.training, versions=clear).train(tuning.ann, tuning.ann.id, tuning.course)
    folder, left = clear.directory(version), tuning.path / "adapters" / ".work" / "killed"
    assert b"lora_A" in (folder / WEIGHTS).read_bytes()
    (folder / f"{WEIGHTS}.tmp").write_bytes(b"sealed ad")
    left.mkdir()
    (left / "rows.jsonl").write_text("words")
    assert seal_clear_files(tuning.versions) == 2
    assert seal_clear_files(tuning.versions) == 0
    assert b"lora_A" not in (folder / WEIGHTS).read_bytes() and not left.exists()
    assert tuning.versions.promote(tuning.ann, version.id).state is AdapterState.ACTIVE
