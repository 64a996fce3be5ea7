"""Pairs: the chosen answer becomes likelier, and nothing happens unless it is asked for."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest
from make_rows import row

from adapters import dpo, training_loop
from adapters.dataset import encode, read_pairs, write_pairs
from adapters.errors import TrainingRefused
from adapters.records import ChatMessage, Point, PreferenceRow, Recipe, TrainingJob, TrainingProgress

PAIRS = [PreferenceRow(f"pair-{n}", row(n).prompt, f"Yes, {n}.", f"Perhaps it is {n}, who knows.") for n in range(3)]


@pytest.fixture
def adapted(tiny_base: Path) -> Any:
    from adapters import base_model, lora

    training_loop.seed(3)
    return lora.attach(base_model.load_base(tiny_base), Recipe(rank=4))


def margins(model: Any, tokenizer: Any) -> list[float]:
    from adapters.scoring import sober

    with sober(model):
        examples = [tuple(encode(side, tokenizer, 512) for side in pair.sides()) for pair in PAIRS]
        return [dpo.margin(model, (good, bad)).item() for good, bad in examples]


def test_the_chosen_answers_become_likelier_than_the_rejected_ones(adapted: Any, tokenizer: Any) -> None:
    before, told = margins(adapted, tokenizer), list[Point]()
    recipe = Recipe(preference_steps=8, preference_rate=1e-2, batch_size=3)
    dpo.prefer(adapted, tokenizer, PAIRS, recipe, told.append)
    assert all(new > old + 1 for new, old in zip(margins(adapted, tokenizer), before, strict=True))
    assert told[0].loss == pytest.approx(0.693, abs=0.01)  # ln 2: nothing has moved yet
    assert told[-1].loss < told[0].loss


def test_without_steps_or_pairs_nothing_moves(adapted: Any, tokenizer: Any) -> None:
    before = margins(adapted, tokenizer)
    dpo.prefer(adapted, tokenizer, PAIRS, Recipe(), lambda point: None)
    dpo.prefer(adapted, tokenizer, [], Recipe(preference_steps=5), lambda point: None)
    assert margins(adapted, tokenizer) == before
    assert Recipe().preference_steps == 0


def test_pairs_come_back_from_a_file_as_they_were(tmp_path: Path) -> None:
    write_pairs(tmp_path / "pairs.jsonl", PAIRS)
    assert read_pairs(tmp_path / "pairs.jsonl") == tuple(PAIRS)


def test_a_line_that_is_no_pair_is_refused_with_its_number(tmp_path: Path) -> None:
    file = tmp_path / "pairs.jsonl"
    write_pairs(file, PAIRS[:1])
    file.write_text(file.read_text() + '{"id": "x", "messages": [], "chosen": "a", "rejected": "b"}\n')
    with pytest.raises(TrainingRefused, match=r"pairs\.jsonl, line 2 is not a pair"):
        read_pairs(file)


@pytest.mark.parametrize(("chosen", "rejected"), [("", "b"), ("a", " "), ("a", "a")])
def test_a_pair_needs_two_different_answers(chosen: str, rejected: str) -> None:
    with pytest.raises(ValueError, match="the pair p"):
        PreferenceRow("p", (ChatMessage("user", "Q"),), chosen, rejected)


def test_a_training_learns_from_its_pairs_and_never_from_those_that_it_is_examined_on(
    tmp_path: Path, job: TrainingJob
) -> None:
    from adapters.trainer import sides, train, usable_pairs

    write_pairs(tmp_path / "pairs.jsonl", [PreferenceRow(f"p{n}", row(n).prompt, "Yes!", "No.") for n in range(4)])
    recipe = dataclasses.replace(job.recipe, preference_steps=3, rows_to_hold_out=1, held_out_share=0.5)
    asked = dataclasses.replace(job, pairs_file=str(tmp_path / "pairs.jsonl"), recipe=recipe)
    _, checked = sides([row(n) for n in range(4)], recipe)
    assert checked
    used = {pair.prompt for pair in usable_pairs(asked, checked)}
    assert used == {row(n).prompt for n in range(4)} - {row.prompt for row in checked}
    assert usable_pairs(dataclasses.replace(asked, recipe=job.recipe), checked) == ()
    told: list[TrainingProgress] = []
    train(asked, told.append)
    assert [progress.steps for progress in told if progress.stage == "training"][-3:] == [3, 3, 3]
