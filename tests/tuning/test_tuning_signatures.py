"""What a training is told of the version in use, whose seal an adapter carries, and what a killed trainer leaves."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tuning_services import Rooms, write_at_once

from adapters.errors import AdapterDamaged, AdapterMismatch, TrainerDied, TrainingRefused
from adapters.files import CHECKPOINT, MANIFEST, WEIGHTS
from adapters.records import TrainedAdapter, TrainingJob
from tutor.tuning import work_dirs
from tutor.tuning.adapter_training import Training


def trained_by(rooms: Rooms, trainer: Any) -> Training:
    return replace(rooms.training, trainer=trainer)


def test_a_candidate_is_measured_against_the_version_in_use(rooms: Rooms) -> None:
    rooms.corrected(rooms.ann, 3)
    seen: list[TrainingJob] = []

    def look(job: TrainingJob, *rest: Any) -> TrainedAdapter:
        seen.append(job)
        return write_at_once(job, *rest)

    training = trained_by(rooms, look)
    first = training.train(rooms.ann, rooms.ann.id, rooms.course)
    training.train(rooms.ann, rooms.ann.id, rooms.course)
    assert seen[0].current is None
    assert seen[1].current == str(rooms.versions.directory(first).resolve())


def test_an_adapter_carries_its_owners_seal_and_another_owner_cannot_use_it(rooms: Rooms) -> None:
    rooms.corrected(rooms.ann, 3)
    rooms.corrected(rooms.bob, 3)
    hers, his = rooms.train(rooms.ann), rooms.train(rooms.bob)
    manifest = json.loads((rooms.versions.directory(hers) / MANIFEST).read_text())
    assert manifest["owner"] == f"{rooms.ann.id}/{rooms.course}"
    for path in rooms.versions.directory(hers).iterdir():
        (rooms.versions.directory(his) / path.name).write_bytes(path.read_bytes())
    with pytest.raises(AdapterMismatch, match="belongs to somebody else"):
        rooms.versions.promote(rooms.bob, his.id)
    assert rooms.versions.promote(rooms.ann, hers.id).id == hers.id


def test_a_manifest_that_was_rewritten_is_not_switched_on(rooms: Rooms) -> None:
    rooms.corrected(rooms.ann, 3)
    version = rooms.train(rooms.ann)
    file = rooms.versions.directory(version) / MANIFEST
    file.write_text(json.dumps(json.loads(file.read_text()) | {"rows": 300}))
    with pytest.raises(AdapterDamaged, match="seal"):
        rooms.versions.promote(rooms.ann, version.id)


@pytest.mark.parametrize(("ending", "left"), [(TrainerDied, [CHECKPOINT]), (TrainingRefused, [])])
def test_only_the_checkpoint_of_a_killed_training_is_kept(rooms: Rooms, ending: Any, left: list[str]) -> None:
    rooms.corrected(rooms.ann, 3)
    seen: list[list[str]] = []

    def end(job: TrainingJob, *rest: Any) -> TrainedAdapter:
        folder = Path(job.directory)
        seen.append(sorted(path.name for path in folder.iterdir()))
        (folder / CHECKPOINT).write_bytes(b"half way")
        raise ending("over")

    training = trained_by(rooms, end)
    for _ in range(2):
        with pytest.raises(ending):
            training.train(rooms.ann, rooms.ann.id, rooms.course)
    assert seen == [["rows.jsonl"], sorted([*left, "rows.jsonl"])]
    work = rooms.path / "adapters" / ".work"
    assert [path.name for path in work.rglob("*") if path.is_file() and path.suffix != ".lock"] == left
    rooms.train(rooms.ann)
    assert [path.name for path in work.rglob("*") if path.is_file() and path.suffix != ".lock"] == []


def test_what_a_killed_training_left_goes_after_a_week_unless_somebody_trains_there(rooms: Rooms) -> None:
    rooms.corrected(rooms.ann, 3)
    work = rooms.path / "adapters" / ".work"

    def killed(job: TrainingJob, *rest: Any) -> TrainedAdapter:
        (Path(job.directory) / CHECKPOINT).write_bytes(b"half way")
        raise TrainerDied("over")

    with pytest.raises(TrainerDied):
        trained_by(rooms, killed).train(rooms.ann, rooms.ann.id, rooms.course)
    assert rooms.training.tidy() == 0  # it may still be gone on with
    (left,) = [path for path in work.iterdir() if path.is_dir()]
    for path in (left / CHECKPOINT, left):
        os.utime(path, (0, 0))
    with work_dirs.alone(work.parent, rooms.ann.id, rooms.course, "ann") as place:
        os.utime(place / CHECKPOINT, (0, 0))
        os.utime(place, (0, 0))
        assert rooms.training.tidy() == 0
    with pytest.raises(TrainerDied):
        trained_by(rooms, killed).train(rooms.ann, rooms.ann.id, rooms.course)
    for path in (left / CHECKPOINT, left):
        os.utime(path, (0, 0))
    assert rooms.training.tidy() == 1
    assert not left.exists()


def test_nothing_is_trained_from_a_version_whose_files_were_changed(rooms: Rooms) -> None:
    """Its card says what it learnt and how it did; a changed one could let the next version through the gate."""
    rooms.corrected(rooms.ann, 3)
    version = rooms.train(rooms.ann)
    weights = rooms.path / version.directory / WEIGHTS
    weights.write_bytes(weights.read_bytes()[:-1] + b"x")
    rooms.desk.correct(rooms.ann, rooms.turn(rooms.ann, "One more?").id, "Better.", consent=True)
    with pytest.raises(AdapterDamaged, match="not the file that was trained"):
        rooms.train(rooms.ann)
