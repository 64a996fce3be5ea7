"""A warm start needs all rows of the previous version; otherwise training starts from scratch."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import pytest
from make_rows import make_row

from adapters.dataset import write_rows
from adapters.records import Recipe, TrainedAdapter, TrainingJob, TrainingRow
from adapters.warm_start import plan_start

ROWS = tuple(make_row(n) for n in range(8))
RECIPE = Recipe(max_steps=40, update_steps=12)


def row_ids(rows: Sequence[TrainingRow]) -> frozenset[str]:
    return frozenset(row.id for row in rows)


def test_a_warm_start_replays_as_many_old_rows_as_new_in_fewer_steps() -> None:
    start = plan_start(ROWS, row_ids(ROWS[:6]), RECIPE)
    assert start.is_warm_start
    assert start.rows[:2] == ROWS[6:]
    assert len(start.rows) == 4
    assert set(start.rows[2:]) <= set(ROWS[:6])
    assert start.recipe.max_steps == 12


@pytest.mark.parametrize(
    ("rows", "learned", "recipe"),
    [
        (ROWS, (), RECIPE),  # there is no previous version
        (ROWS, ROWS, RECIPE),  # there are no new rows
        (ROWS[1:], ROWS[:4], RECIPE),  # a learned row was withdrawn or is held out now
        (ROWS, ROWS[:4], dataclasses.replace(RECIPE, method="adalora")),
        (ROWS, ROWS[:4], dataclasses.replace(RECIPE, update_steps=0)),
    ],
)
def test_without_a_usable_previous_version_training_starts_from_scratch_on_all_rows(
    rows: Sequence[TrainingRow], learned: Sequence[TrainingRow], recipe: Recipe
) -> None:
    start = plan_start(rows, row_ids(learned), recipe)
    assert (start.is_warm_start, start.rows, start.recipe) == (False, tuple(rows), recipe)


def train(
    job: TrainingJob, name: str, rows: Sequence[TrainingRow], previous: str | None = None, current: str | None = None
) -> TrainedAdapter:
    from adapters.trainer import train

    work_dir = Path(job.directory).parent / name
    work_dir.mkdir()
    write_rows(work_dir / "rows.jsonl", rows)
    recipe = dataclasses.replace(job.recipe, update_steps=2)
    directories = {"directory": str(work_dir), "rows_file": str(work_dir / "rows.jsonl")}
    directories["base_cache_directory"] = str(work_dir.parent / "base")
    new_job = dataclasses.replace(job, **directories, previous=previous, current=current, recipe=recipe)
    return train(new_job, lambda progress: None)


def test_a_warm_start_continues_and_a_withdrawn_row_forces_retraining_without_it(job: TrainingJob) -> None:
    first = train(job, "first", ROWS[:4])
    second = train(job, "second", ROWS[:6], first.directory)
    assert (second.metrics["went_on"], second.metrics["steps"]) == (1.0, 2.0)
    without = train(job, "without", ROWS[1:6], second.directory)
    from_scratch = train(job, "from-scratch", ROWS[1:6])
    assert without.metrics["went_on"] == 0.0
    assert without.sha256 == from_scratch.sha256


def test_eval_answers_of_the_active_version_are_reused(job: TrainingJob) -> None:
    """The eval report is the same whether these answers are reused or generated again."""
    import json

    first = train(job, "first", ROWS[:4])
    reports, report_file = [], Path(first.directory) / "card.json"
    for name in ("reused", "generated"):
        later = train(job, name, ROWS[:6], first.directory, current=first.directory)
        reports.append(json.loads((Path(later.directory) / "card.json").read_text()))
        report_file.write_text(json.dumps(json.loads(report_file.read_text()) | {"asked": "another eval set"}))
    assert reports[0] == reports[1]
    assert reports[0]["measures"][1]["current"] != reports[0]["measures"][1]["base"]
