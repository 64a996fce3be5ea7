"""Training for a base in a GGUF file: upper layers only, enough memory, and versions of the base before."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fake_trainer import BASE, fake_train
from tuning_services import TuningServices
from waiting import ENDED, wait

from adapters.errors import TrainingRefused
from adapters.records import TrainedAdapter, TrainingJob
from tutor.domain import AdapterState, AdapterVersion
from tutor.engine.model_files import ModelFiles
from tutor.errors import InputRefused
from tutor.locales import translate_error
from tutor.store.schema.tuning import adapters as adapter_table
from tutor.tuning.adapter_training import AdapterTraining
from tutor.tuning.recipes import GGUF_TRAINING_MEMORY, UPPER_LAYERS


@pytest.fixture
def tuning(tmp_path: Path, clock: Any) -> TuningServices:
    services = TuningServices(tmp_path, clock)
    services.add_accepted_corrections(services.ann, 3)
    return services


def on_gguf(tuning: TuningServices, free: int, **changes: Any) -> AdapterTraining:
    """Return the training service for a GGUF base on a machine with `free` bytes of memory."""
    files = ModelFiles(tuning.path, "Tiny", BASE, weights_format="gguf")
    return replace(tuning.training, open_model=lambda spec, folder: files, free_memory=lambda: free, **changes)


def test_a_gguf_base_gets_adapters_on_its_upper_layers_only(tuning: TuningServices) -> None:
    jobs: list[TrainingJob] = []

    def record(job: TrainingJob, on_progress: Any, cancelled: Any) -> TrainedAdapter:
        jobs.append(job)
        return fake_train(job, on_progress, cancelled)

    on_gguf(tuning, GGUF_TRAINING_MEMORY, trainer=record).train(tuning.ann, tuning.ann.id, tuning.course)
    replace(tuning.training, trainer=record).train(tuning.ann, tuning.ann.id, tuning.course)
    assert [job.recipe.upper_layers for job in jobs] == [UPPER_LAYERS, 0]


def test_a_training_is_refused_before_it_starts_where_memory_does_not_suffice(tuning: TuningServices) -> None:
    training = on_gguf(tuning, 1_000_000_000)
    for refused in (training.start, training.train):
        with pytest.raises(TrainingRefused, match="needs 4.8 GB of free memory, 1.0 GB are free; close") as error:
            refused(tuning.ann, tuning.ann.id, tuning.course)
    assert "4.8 GB" in translate_error(error.value, "zh") and "内存" in translate_error(error.value, "zh")
    assert not tuning.jobs.list_recent(tuning.ann)


def test_a_version_of_the_base_before_is_recognised(tuning: TuningServices) -> None:
    version = tuning.train(tuning.ann)
    assert not tuning.training.is_for_another_base(version)
    assert tuning.training.is_for_another_base(replace(version, base_sha256="0" * 64))


def train_on_the_base_before(tuning: TuningServices) -> AdapterVersion:
    """Return an active version of a base that is no longer the one that answers."""
    version = tuning.train(tuning.ann)
    with tuning.database.write_transaction() as connection:
        row = adapter_table.update().where(adapter_table.c.id == version.id)
        connection.execute(row.values(base_sha256="0" * 64))
    return replace(version, base_sha256="0" * 64)


def test_one_click_trains_a_version_of_the_base_before_again_from_the_same_better_answers(
    tuning: TuningServices,
) -> None:
    old, jobs = train_on_the_base_before(tuning), []

    def record(job: TrainingJob, on_progress: Any, cancelled: Any) -> TrainedAdapter:
        jobs.append(job)
        return fake_train(job, on_progress, cancelled)

    job = replace(tuning.training, trainer=record).start(tuning.ann, tuning.ann.id, tuning.course)
    wait(tuning, tuning.ann, job, *ENDED)
    assert (jobs[0].previous, jobs[0].current) == (None, None)  # it starts from nothing
    new, listed = tuning.versions.list_versions(tuning.ann, tuning.ann.id, tuning.course)
    assert (new.state, listed.id, listed.state) == (AdapterState.ACTIVE, old.id, AdapterState.RETIRED)
    assert [tuning.training.is_for_another_base(version) for version in (new, listed)] == [False, True]
    before, after = (tuning.versions.training_correction_ids(tuning.ann, one.id) for one in (old, new))
    assert sorted(before) == sorted(after)


def test_nobody_is_switched_back_to_a_version_of_the_base_before(tuning: TuningServices) -> None:
    """Going back from the first version of a new base switched on one that could not answer, and said that it did."""
    old = train_on_the_base_before(tuning)
    tuning.train(tuning.ann)
    with pytest.raises(InputRefused, match="trained on another model than the one that answers; train again") as error:
        tuning.versions.promote(tuning.ann, old.id, BASE)
    assert all(old.name in translate_error(error.value, language) for language in ("en", "zh"))
    assert tuning.versions.roll_back(tuning.ann, tuning.ann.id, tuning.course) is None
    assert tuning.versions.active(tuning.ann, tuning.ann.id, tuning.course) is None
