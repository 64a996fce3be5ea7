"""The loop's decisions: when it stops, which values stay, and how batches and rates are laid out."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from make_rows import row

from adapters import schedule, scoring, training_loop
from adapters.dataset import Example, encode
from adapters.errors import TrainingRefused
from adapters.records import Point, Recipe

EXAMPLES = [Example(str(n), (1,) * (n + 1), (2,)) for n in range(7)]


@given(st.integers(1, 9), st.integers(1, 5))
def test_every_epoch_shows_every_row_once(size: int, epochs: int) -> None:
    recipe = Recipe(batch_size=size, epochs=epochs, max_steps=1000)
    an_epoch = schedule.steps_an_epoch(len(EXAMPLES), recipe)
    assert schedule.planned_steps(len(EXAMPLES), recipe) == epochs * an_epoch
    for epoch in range(epochs):
        laid_out = [schedule.batch_of(EXAMPLES, recipe, epoch * an_epoch + place) for place in range(an_epoch)]
        assert sorted(e.row_id for batch in laid_out for e in batch) == sorted(e.row_id for e in EXAMPLES)
        assert all(1 <= len(batch) <= size for batch in laid_out)


@given(st.integers(1, 20), st.integers(1, 40))
def test_turns_come_round_evenly(count: int, steps: int) -> None:
    seen = [e.row_id for step in range(steps) for e in schedule.turn_of(EXAMPLES, count, 3, step)]
    times = [seen.count(example.row_id) for example in EXAMPLES]
    assert len(seen) == count * steps
    assert max(times) - min(times) <= 1


@given(st.lists(st.integers(1, 2000), min_size=1, max_size=12))
def test_parts_hold_every_row_once_and_little_padding(lengths: list[int]) -> None:
    examples = [Example(str(i), (1,) * n, (2,)) for i, n in enumerate(lengths)]
    cut = schedule.parts(examples)
    assert sorted(e.row_id for part in cut for e in part) == sorted(e.row_id for e in examples)
    for part in cut:
        assert min(map(len, part)) >= 0.9 * max(map(len, part))


@given(st.integers(1, 200), st.floats(0, 0.5))
def test_the_rate_warms_up_falls_and_stays_positive(steps: int, share: float) -> None:
    recipe = Recipe(warmup_share=share)
    rates = [schedule.rate(recipe, step, steps) for step in range(steps)]
    warmup = max(1, round(steps * share))
    assert all(0 < r <= recipe.learning_rate + 1e-12 for r in rates)
    assert rates[:warmup] == sorted(rates[:warmup])
    assert rates[warmup:] == sorted(rates[warmup:], reverse=True)
    patient = Recipe(warmup_share=share, method="adalora")
    assert [schedule.rate(patient, step, steps) for step in range(steps)] == pytest.approx([10 * r for r in rates])


@pytest.fixture
def adapted(tiny_base: Path) -> Any:
    from adapters import base_model, lora

    training_loop.seed(3)
    return lora.attach(base_model.load_base(tiny_base), Recipe(rank=4))


def test_a_run_that_gets_worse_on_held_out_rows_stops_early_and_takes_the_best_back(
    adapted: Any, tokenizer: Any
) -> None:
    """What is held out contradicts what is learnt, so learning on can only make it worse."""
    learn = [encode(row(n, "no no no no"), tokenizer, 512) for n in range(4)]
    held_out = [encode(row(9, "zig zag zig zag"), tokenizer, 512)]
    recipe = Recipe(rank=4, epochs=30, max_steps=60, batch_size=2, learning_rate=3e-2, target_loss=0.0)
    seen: list[float] = []

    def watch(point: Point) -> None:
        if point.held_out is not None:
            seen.append(scoring.mean_loss(adapted, held_out))

    fitted = training_loop.fit(adapted, learn, recipe, watch, held_out=held_out)
    assert fitted.ended == "held-out"
    assert len(fitted.losses) < 60
    assert [p.held_out for p in fitted.curve if p.held_out is not None] == pytest.approx(seen, rel=1e-3)
    assert scoring.mean_loss(adapted, held_out) == pytest.approx(min(seen), rel=1e-3)


def test_what_is_learnt_is_not_learnt_on(adapted: Any, tokenizer: Any) -> None:
    learn = [encode(row(1, "yes"), tokenizer, 512)]
    recipe = Recipe(rank=4, epochs=50, learning_rate=3e-2, target_loss=1e9)
    assert len(training_loop.fit(adapted, learn, recipe, lambda told: None).losses) == 1


def test_a_run_whose_time_is_up_ends_with_what_it_has_when_all_rows_were_seen(adapted: Any, tokenizer: Any) -> None:
    learn = [encode(row(1), tokenizer, 512)]
    recipe = Recipe(time_limit_s=1e-6 + 30, target_loss=0.0, epochs=500, max_steps=500)
    slow = training_loop._Run(adapted, learn, recipe, (), ())
    slow.earlier_s = 31.0
    slow.step()
    assert slow.ended == "time"


def test_a_run_that_cannot_see_all_rows_in_time_is_refused(adapted: Any, tokenizer: Any) -> None:
    learn = [encode(row(n), tokenizer, 512) for n in range(5)]
    with pytest.raises(TrainingRefused, match="longer than 0 s before it had seen every correction"):
        training_loop.fit(adapted, learn, Recipe(time_limit_s=0.0), lambda told: None)


def test_a_run_that_needs_too_much_memory_is_refused_with_the_figure(adapted: Any, tokenizer: Any) -> None:
    with pytest.raises(TrainingRefused, match="more than 10 MB of memory"):
        training_loop.fit(adapted, [encode(row(1), tokenizer, 512)], Recipe(memory_limit_mb=10), lambda told: None)


def test_the_anchor_keeps_ordinary_text_as_the_base_tells_it(tiny_base: Path, tokenizer: Any) -> None:
    """The same run with the anchor and without: what the corrections gain stays, what is lost elsewhere does not."""
    from adapters import base_model, kl_regularizer, lora

    moved, learnt = {}, {}
    learn = [encode(row(n, "no no no no"), tokenizer, 512) for n in range(4)]
    ordinary = kl_regularizer.ordinary_examples(tokenizer)[:12]
    for weight in (0.0, 30.0):
        training_loop.seed(3)
        plain = base_model.load_base(tiny_base)
        held = kl_regularizer.Anchor(plain, ordinary)
        model = lora.attach(plain, Recipe(rank=4))
        recipe = Recipe(
            batch_size=4, learning_rate=1e-2, target_loss=0.0, max_steps=25, epochs=25, anchor_weight=weight
        )
        fitted = training_loop.fit(model, learn, recipe, lambda told: None, anchors=(held,))
        moved[weight], learnt[weight] = held.moved(model), fitted.losses[-1]
    assert moved[30.0] < 0.7 * moved[0.0]
    assert learnt[30.0] < 0.85 * fitted.losses[0]


def test_an_adapter_that_forgot_is_weakened_until_it_has_not(adapted: Any, tokenizer: Any) -> None:
    import torch

    from adapters import drift_scaling, kl_regularizer, lora

    ordinary = kl_regularizer.ordinary_examples(tokenizer)[:4]
    with adapted.disable_adapter():
        usual = drift_scaling.Usual(ordinary, scoring.mean_loss(adapted, ordinary))
        at_base = scoring.mean_loss(adapted, ordinary)
    for name, parameter in adapted.named_parameters():
        if "lora_B" in name:
            parameter.data.copy_(torch.randn(parameter.shape) * 0.05)  # the same numbers on any device
    far = scoring.mean_loss(adapted, ordinary) / at_base - 1
    strength = usual.restrain(adapted, far / 2)
    assert strength in drift_scaling.STRENGTHS[1:]
    assert scoring.mean_loss(adapted, ordinary) / at_base - 1 <= far / 2
    assert usual.restrain(adapted, 1e9) == 1.0
    assert lora.trainable(adapted)


def test_a_loss_that_is_no_number_ends_the_run(adapted: Any, tokenizer: Any) -> None:
    from adapters import lora

    lora.trainable(adapted)[0].data.fill_(float("nan"))
    with pytest.raises(TrainingRefused, match="no longer a number"):
        training_loop.fit(adapted, [encode(row(1), tokenizer, 512)], Recipe(), lambda told: None)


def test_the_losses_of_many_rows_are_those_of_each_alone(adapted: Any, tokenizer: Any) -> None:
    rows = [encode(row(n, "yes " * (n % 4 + 1), "why? " * (n % 7 + 1)), tokenizer, 512) for n in range(11)]
    alone = [scoring.losses(adapted, [example])[0] for example in rows]
    assert scoring.losses(adapted, rows) == pytest.approx(alone, rel=0.02)


def test_an_answer_is_the_likeliest_words_one_after_the_other(adapted: Any, tokenizer: Any) -> None:
    """Held against the plain way, which reads everything again for each word."""
    import torch

    rows = [encode(row(n, "yes", "why? " * (3 * n + 1)), tokenizer, 512) for n in range(2)]
    for example, said in zip(rows, scoring.greedy(adapted, rows, end=-1, most_tokens=4), strict=True):
        words = list(example.prompt)
        with scoring.sober(adapted):
            for word in said:
                read = torch.tensor([words], device=adapted.device)
                scores = adapted(input_ids=read, use_cache=False).logits[0, -1].float()
                assert scores[word].item() == pytest.approx(scores.max().item(), abs=0.05)
                words.append(word)
        assert len(said) == 4


def test_a_tracker_is_told_the_curves_or_says_what_it_lacks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from adapters import tensorboard_logging

    monkeypatch.delenv(tensorboard_logging.VARIABLE, raising=False)
    tensorboard_logging.tracker("wren-v1")(Point(1, 2, 0.5))
    monkeypatch.setenv(tensorboard_logging.VARIABLE, str(tmp_path))
    if importlib.util.find_spec("tensorboard") is None:
        with pytest.raises(TrainingRefused, match="tensorboard is not installed"):
            tensorboard_logging.tracker("wren-v1")
        return
    tensorboard_logging.tracker("wren-v1")(Point(1, 2, 0.5, held_out=0.7))
    assert any((tmp_path / "wren-v1").iterdir())


class Killed(Exception):
    """Stands for the end of the process between two steps."""


@pytest.mark.parametrize("method", ["lora", "adalora"])
def test_a_run_that_was_killed_ends_as_if_it_had_not_been(
    tiny_base: Path, tokenizer: Any, tmp_path: Path, method: Any
) -> None:
    from adapters import base_model, lora
    from adapters.checkpoints import Checkpoints

    learn = [encode(row(n), tokenizer, 512) for n in range(5)]
    held_out = [encode(row(9), tokenizer, 512)]
    rate = 1e-2 if method == "lora" else 1e-3
    recipe = Recipe(
        method=method, rank=4, batch_size=2, dropout=0.2, learning_rate=rate, target_loss=0.0, max_steps=12, patience=9
    )

    def run(stop_at: int, checkpoints: Checkpoints | None) -> tuple[list[Any], training_loop.Fitted]:
        training_loop.seed(3)
        model = lora.attach(base_model.load_base(tiny_base), recipe, 12)

        def watch(point: Point) -> None:
            if point.step == stop_at:
                raise Killed

        fitted = training_loop.fit(model, learn, recipe, watch, held_out, checkpoints=checkpoints)
        return [p.detach().clone() for p in lora.trainable(model)], fitted

    whole, story = run(0, None)
    file = tmp_path / "checkpoint.safetensors"
    for stop_at in (3, 10):
        with pytest.raises(Killed):
            run(stop_at, Checkpoints(file, "this training", every_s=0.0))
    resumed, told = run(0, Checkpoints(file, "this training", every_s=0.0))
    assert [(p.step, p.loss, p.held_out) for p in told.curve] == [(p.step, p.loss, p.held_out) for p in story.curve]
    assert all(mine.equal(theirs) for mine, theirs in zip(resumed, whole, strict=True))


def test_a_checkpoint_of_another_training_or_a_damaged_one_is_not_used(tmp_path: Path) -> None:
    import torch

    from adapters.checkpoints import Checkpoints, State

    file = tmp_path / "checkpoint.safetensors"
    mine = Checkpoints(file, "mine", 0.0)
    assert mine.read() is None
    mine.write(State({"now.0": torch.ones(3)}, {"waited": 2}))
    kept = mine.read()
    assert kept is not None
    assert kept.numbers == {"waited": 2}
    assert Checkpoints(file, "hers", 0.0).read() is None
    assert not file.exists()
    mine.write(State({"now.0": torch.ones(3)}, {"waited": 2}))
    file.write_bytes(file.read_bytes()[:-5])
    assert mine.read() is None
    assert not file.exists()


def test_adalora_shrinks_its_ranks_and_is_judged_only_afterwards(tiny_base: Path, tokenizer: Any) -> None:
    from adapters import adalora, base_model, lora

    learn = [encode(row(n), tokenizer, 512) for n in range(4)]
    recipe = Recipe(
        method="adalora", rank=4, batch_size=4, learning_rate=1e-3, target_loss=1e9, max_steps=18, epochs=18
    )
    training_loop.seed(3)
    model = lora.attach(base_model.load_base(tiny_base), recipe, 18)
    fitted = training_loop.fit(model, learn, recipe, lambda told: None)
    assert len(fitted.curve) == adalora.settled_after(18)  # "learnt" from the first step on, but not before this one
    kept = [int((m.lora_E["default"] != 0).sum()) for m in model.modules() if hasattr(m, "lora_E")]
    assert sum(kept) == 4 * len(kept)
    assert len(set(kept)) > 1


def test_adalora_is_written_as_plain_lora_that_says_the_same(tiny_base: Path, tokenizer: Any, tmp_path: Path) -> None:
    from adapters import base_model, lora

    learn = [encode(row(n), tokenizer, 512) for n in range(4)]
    recipe = Recipe(
        method="adalora", rank=4, batch_size=4, learning_rate=1e-3, target_loss=0.0, max_steps=12, epochs=12
    )
    training_loop.seed(3)
    model = lora.attach(base_model.load_base(tiny_base), recipe, 12)
    training_loop.fit(model, learn, recipe, lambda told: None)
    before = scoring.losses(model, learn)
    lora.save(model, tmp_path / "adapter")
    model = lora.reopen(model, tmp_path / "adapter")
    assert scoring.losses(model, learn) == pytest.approx(before, rel=0.003)
    with model.disable_adapter():
        assert scoring.losses(model, learn) != pytest.approx(before, rel=0.02)
