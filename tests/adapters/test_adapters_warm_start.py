"""The next version goes on from the last one as long as all that it learnt stands; otherwise it begins from nothing."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import pytest
from make_rows import row

from adapters.dataset import write_rows
from adapters.records import Recipe, TrainedAdapter, TrainingJob, TrainingRow
from adapters.warm_start import beginning

ROWS = tuple(row(n) for n in range(8))
RECIPE = Recipe(max_steps=40, update_steps=12)


def ids(rows: Sequence[TrainingRow]) -> frozenset[str]:
    return frozenset(one.id for one in rows)


def test_new_rows_are_learnt_with_as_many_old_ones_in_fewer_steps() -> None:
    start = beginning(ROWS, (), ids(ROWS[:6]), RECIPE)
    assert start.goes_on
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
def test_otherwise_it_begins_from_nothing_on_all_rows(
    learn: Sequence[TrainingRow], check: Sequence[TrainingRow], known: Sequence[TrainingRow], recipe: Recipe
) -> None:
    start = beginning(learn, check, ids(known), recipe)
    assert (start.goes_on, start.rows, start.recipe) == (False, tuple(learn), recipe)


def trained(
    job: TrainingJob, name: str, rows: Sequence[TrainingRow], previous: str | None = None, current: str | None = None
) -> TrainedAdapter:
    from adapters.trainer import train

    workplace = Path(job.directory).parent / name
    workplace.mkdir()
    write_rows(workplace / "rows.jsonl", rows)
    recipe = dataclasses.replace(job.recipe, update_steps=2)
    place = {"directory": str(workplace), "rows_file": str(workplace / "rows.jsonl")}
    place["kept_directory"] = str(workplace.parent / "base")
    asked = dataclasses.replace(job, **place, previous=previous, current=current, recipe=recipe)
    return train(asked, lambda progress: None)


def test_a_version_goes_on_and_one_whose_row_was_taken_back_is_the_one_that_never_saw_it(job: TrainingJob) -> None:
    first = trained(job, "first", ROWS[:4])
    second = trained(job, "second", ROWS[:6], first.directory)
    assert (second.metrics["went_on"], second.metrics["steps"]) == (1.0, 2.0)
    without = trained(job, "without", ROWS[1:6], second.directory)
    anew = trained(job, "anew", ROWS[1:6])
    assert without.metrics["went_on"] == 0.0
    assert without.sha256 == anew.sha256


def test_what_the_version_in_use_said_in_its_exam_is_not_asked_again(job: TrainingJob) -> None:
    """The fast path against the slow one: the same card whether its answers are read or asked for anew."""
    import json

    first = trained(job, "first", ROWS[:4])
    told, card = [], Path(first.directory) / "card.json"
    for name in ("read", "asked"):
        later = trained(job, name, ROWS[:6], first.directory, current=first.directory)
        told.append(json.loads((Path(later.directory) / "card.json").read_text()))
        card.write_text(json.dumps(json.loads(card.read_text()) | {"asked": "of another exam"}))
    assert told[0] == told[1]
    assert told[0]["measures"][1]["current"] != told[0]["measures"][1]["base"]
