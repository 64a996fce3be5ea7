"""The next version goes on from the last one as long as all that it learnt stands; otherwise it begins from nothing."""

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
    return frozenset(one.id for one in rows)


def test_a_warm_start_replays_as_many_old_rows_as_new_in_fewer_steps() -> None:
    start = plan_start(ROWS, (), row_ids(ROWS[:6]), RECIPE)
    assert start.is_warm_start
    assert start.rows[:2] == ROWS[6:]
    assert len(start.rows) == 4
    assert set(start.rows[2:]) <= set(ROWS[:6])
    assert start.recipe.max_steps == 12


@pytest.mark.parametrize(
    ("learn", "check", "known", "recipe"),
    [
        (ROWS, (), (), RECIPE),  # there is nothing to go on from
        (ROWS, (), ROWS, RECIPE),  # nothing is new
        (ROWS[1:], (), ROWS[:4], RECIPE),  # a row was taken back
        (ROWS[1:], ROWS[:1], ROWS[:4], RECIPE),  # a row that was learnt is to be examined on
        (ROWS, (), ROWS[:4], dataclasses.replace(RECIPE, method="adalora")),
        (ROWS, (), ROWS[:4], dataclasses.replace(RECIPE, update_steps=0)),
    ],
)
def test_without_a_usable_previous_version_training_starts_from_scratch_on_all_rows(
    learn: Sequence[TrainingRow], check: Sequence[TrainingRow], known: Sequence[TrainingRow], recipe: Recipe
) -> None:
    start = plan_start(learn, check, row_ids(known), recipe)
    assert (start.is_warm_start, start.rows, start.recipe) == (False, tuple(learn), recipe)


def train(
    job: TrainingJob, name: str, rows: Sequence[TrainingRow], previous: str | None = None, current: str | None = None
) -> TrainedAdapter:
    from adapters.trainer import train

    workplace = Path(job.directory).parent / name
    workplace.mkdir()
    write_rows(workplace / "rows.jsonl", rows)
    recipe = dataclasses.replace(job.recipe, update_steps=2)
    place = {"directory": str(workplace), "rows_file": str(workplace / "rows.jsonl")}
    place["base_cache_directory"] = str(workplace.parent / "base")
    asked = dataclasses.replace(job, **place, previous=previous, current=current, recipe=recipe)
    return train(asked, lambda progress: None)


def test_a_warm_start_continues_and_a_withdrawn_row_forces_retraining_without_it(job: TrainingJob) -> None:
    first = train(job, "first", ROWS[:4])
    second = train(job, "second", ROWS[:6], first.directory)
    assert (second.metrics["went_on"], second.metrics["steps"]) == (1.0, 2.0)
    without = train(job, "without", ROWS[1:6], second.directory)
    anew = train(job, "anew", ROWS[1:6])
    assert without.metrics["went_on"] == 0.0
    assert without.sha256 == anew.sha256


def test_eval_answers_of_the_active_version_are_reused(job: TrainingJob) -> None:
    """The fast path against the slow one: the same card whether its answers are read or asked for anew."""
    import json

    first = train(job, "first", ROWS[:4])
    told, card = [], Path(first.directory) / "card.json"
    for name in ("read", "asked"):
        later = train(job, name, ROWS[:6], first.directory, current=first.directory)
        told.append(json.loads((Path(later.directory) / "card.json").read_text()))
        card.write_text(json.dumps(json.loads(card.read_text()) | {"asked": "of another exam"}))
    assert told[0] == told[1]
    assert told[0]["measures"][1]["current"] != told[0]["measures"][1]["base"]
