"""Preference pairs: the chosen answer becomes likelier, and only if the recipe asks for it."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest
from make_rows import make_row

from adapters import dpo, torch_runtime
from adapters.dataset import encode_row, read_pairs, write_pairs
from adapters.errors import TrainingRefused
from adapters.records import ChatMessage, PreferencePair, Recipe, StepMetrics, TrainingJob, TrainingProgress

PAIRS = [
    PreferencePair(f"pair-{n}", make_row(n).prompt, f"Yes, {n}.", f"Perhaps it is {n}, who knows.") for n in range(3)
]


@pytest.fixture
def lora_model(tiny_base: Path) -> Any:
    from adapters import base_model, lora

    torch_runtime.set_seed(3)
    return lora.attach_new(base_model.load_base(tiny_base), Recipe(rank=4))


def margins(model: Any, tokenizer: Any) -> list[float]:
    from adapters.scoring import no_grad_no_dropout

    with no_grad_no_dropout(model):
        examples = [tuple(encode_row(side, tokenizer, 512) for side in pair.to_rows()) for pair in PAIRS]
        return [dpo.margin(model, (good, bad)).item() for good, bad in examples]


def test_the_chosen_answers_become_likelier_than_the_rejected_ones(lora_model: Any, tokenizer: Any) -> None:
    before, steps = margins(lora_model, tokenizer), list[StepMetrics]()
    recipe = Recipe(preference_steps=8, preference_rate=1e-2, batch_size=3)
    dpo.train_dpo(lora_model, tokenizer, PAIRS, recipe, steps.append)
    assert all(new > old + 1 for new, old in zip(margins(lora_model, tokenizer), before, strict=True))
    assert steps[0].loss == pytest.approx(0.693, abs=0.01)  # ln 2 before the first step
    assert steps[-1].loss < steps[0].loss


def test_without_steps_or_pairs_the_weights_do_not_change(lora_model: Any, tokenizer: Any) -> None:
    before = margins(lora_model, tokenizer)
    dpo.train_dpo(lora_model, tokenizer, PAIRS, Recipe(), lambda point: None)
    dpo.train_dpo(lora_model, tokenizer, [], Recipe(preference_steps=5), lambda point: None)
    assert margins(lora_model, tokenizer) == before
    assert Recipe().preference_steps == 0


def test_preference_pairs_round_trip_through_a_file(tmp_path: Path) -> None:
    write_pairs(tmp_path / "pairs.jsonl", PAIRS)
    assert read_pairs(tmp_path / "pairs.jsonl") == tuple(PAIRS)


def test_a_malformed_pair_line_is_refused_with_its_line_number(tmp_path: Path) -> None:
    file = tmp_path / "pairs.jsonl"
    write_pairs(file, PAIRS[:1])
    file.write_text(file.read_text() + '{"id": "x", "messages": [], "chosen": "a", "rejected": "b"}\n')
    with pytest.raises(TrainingRefused, match=r"pairs\.jsonl, line 2 is not a pair"):
        read_pairs(file)


@pytest.mark.parametrize(("chosen", "rejected"), [("", "b"), ("a", " "), ("a", "a")])
def test_a_pair_needs_two_different_answers(chosen: str, rejected: str) -> None:
    with pytest.raises(ValueError, match="the pair p"):
        PreferencePair("p", (ChatMessage("user", "Q"),), chosen, rejected)


def test_training_uses_its_pairs_and_never_held_out_ones(tmp_path: Path, job: TrainingJob) -> None:
    from adapters.trainer import split_for_training, train, usable_pairs

    write_pairs(
        tmp_path / "pairs.jsonl", [PreferencePair(f"p{n}", make_row(n).prompt, "Yes!", "No.") for n in range(4)]
    )
    recipe = dataclasses.replace(job.recipe, preference_steps=3, rows_to_hold_out=1, held_out_share=0.5)
    with_pairs = dataclasses.replace(job, pairs_file=str(tmp_path / "pairs.jsonl"), recipe=recipe)
    _, held_out = split_for_training([make_row(n) for n in range(4)], recipe)
    assert held_out
    used = {pair.prompt for pair in usable_pairs(with_pairs, held_out)}
    assert used == {make_row(n).prompt for n in range(4)} - {row.prompt for row in held_out}
    assert usable_pairs(dataclasses.replace(with_pairs, recipe=job.recipe), held_out) == ()
    messages: list[TrainingProgress] = []
    train(with_pairs, messages.append)
    assert [progress.steps for progress in messages if progress.stage == "training"][-3:] == [3, 3, 3]
