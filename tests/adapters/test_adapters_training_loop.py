"""The training loop: when it stops, which parameters it keeps, its batches and learning rates."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from make_rows import make_row

from adapters import schedule, scoring, torch_runtime, training_loop
from adapters.dataset import EncodedExample, encode_row
from adapters.errors import TrainingRefused
from adapters.records import Recipe, StepMetrics

EXAMPLES = [EncodedExample(str(n), (1,) * (n + 1), (2,)) for n in range(7)]


@given(st.integers(1, 9), st.integers(1, 5))
def test_every_epoch_shows_every_row_once(size: int, epochs: int) -> None:
    recipe = Recipe(batch_size=size, epochs=epochs, max_steps=1000)
    an_epoch = schedule.steps_per_epoch(len(EXAMPLES), recipe)
    assert schedule.planned_steps(len(EXAMPLES), recipe) == epochs * an_epoch
    for epoch in range(epochs):
        batches = [schedule.batch_at(EXAMPLES, recipe, epoch * an_epoch + place) for place in range(an_epoch)]
        assert sorted(e.row_id for batch in batches for e in batch) == sorted(e.row_id for e in EXAMPLES)
        assert all(1 <= len(batch) <= size for batch in batches)


@given(st.integers(1, 20), st.integers(1, 40))
def test_replay_rows_are_scheduled_evenly(count: int, steps: int) -> None:
    seen = [e.row_id for step in range(steps) for e in schedule.rotating_batch_at(EXAMPLES, count, 3, step)]
    times = [seen.count(example.row_id) for example in EXAMPLES]
    assert len(seen) == count * steps
    assert max(times) - min(times) <= 1


@given(st.lists(st.integers(1, 2000), min_size=1, max_size=12))
def test_micro_batches_hold_every_row_once_with_little_padding(lengths: list[int]) -> None:
    examples = [EncodedExample(str(i), (1,) * n, (2,)) for i, n in enumerate(lengths)]
    parts = schedule.split_by_length(examples)
    assert sorted(e.row_id for part in parts for e in part) == sorted(e.row_id for e in examples)
    for part in parts:
        assert min(map(len, part)) >= 0.9 * max(map(len, part))


@given(st.integers(1, 200), st.floats(0, 0.5))
def test_the_learning_rate_warms_up_decays_and_stays_positive(steps: int, share: float) -> None:
    recipe = Recipe(warmup_share=share)
    rates = [schedule.learning_rate_at(recipe, step, steps) for step in range(steps)]
    warmup = max(1, round(steps * share))
    assert all(0 < r <= recipe.learning_rate + 1e-12 for r in rates)
    assert rates[:warmup] == sorted(rates[:warmup])
    assert rates[warmup:] == sorted(rates[warmup:], reverse=True)
    adalora = Recipe(warmup_share=share, method="adalora")
    assert [schedule.learning_rate_at(adalora, step, steps) for step in range(steps)] == pytest.approx(
        [10 * r for r in rates]
    )


@pytest.fixture
def lora_model(tiny_base: Path) -> Any:
    from adapters import base_model, lora

    torch_runtime.set_seed(3)
    return lora.attach_new(base_model.load_base(tiny_base), Recipe(rank=4))


def test_a_run_that_gets_worse_on_held_out_rows_stops_early_and_restores_the_best_checkpoint(
    lora_model: Any, tokenizer: Any
) -> None:
    """The held-out row contradicts the training rows, so further training can only make it worse."""
    learn = [encode_row(make_row(n, "no no no no"), tokenizer, 512) for n in range(4)]
    held_out = [encode_row(make_row(9, "zig zag zig zag"), tokenizer, 512)]
    recipe = Recipe(rank=4, epochs=30, max_steps=60, batch_size=2, learning_rate=3e-2, target_loss=0.0)
    seen: list[float] = []

    def watch(point: StepMetrics) -> None:
        if point.held_out is not None:
            seen.append(scoring.mean_loss(lora_model, held_out))

    result = training_loop.fit(lora_model, learn, recipe, watch, held_out=held_out)
    assert result.stop_reason == "held-out"
    assert len(result.curve) < 60
    assert [p.held_out for p in result.curve if p.held_out is not None] == pytest.approx(seen, rel=1e-3)
    assert scoring.mean_loss(lora_model, held_out) == pytest.approx(min(seen), rel=1e-3)


def test_training_stops_at_the_target_loss(lora_model: Any, tokenizer: Any) -> None:
    learn = [encode_row(make_row(1, "yes"), tokenizer, 512)]
    recipe = Recipe(rank=4, epochs=50, learning_rate=3e-2, target_loss=1e9)
    assert len(training_loop.fit(lora_model, learn, recipe, lambda point: None).curve) == 1


def test_a_run_out_of_time_keeps_its_result_once_all_rows_were_seen(lora_model: Any, tokenizer: Any) -> None:
    learn = [encode_row(make_row(1), tokenizer, 512)]
    recipe = Recipe(time_limit_s=1e-6 + 30, target_loss=0.0, epochs=500, max_steps=500)
    slow = training_loop._TrainingRun(lora_model, learn, recipe, (), ())
    slow.previous_seconds = 31.0
    slow.step()
    assert slow.stop_reason == "time"


def test_a_run_that_cannot_see_all_rows_in_time_is_refused(lora_model: Any, tokenizer: Any) -> None:
    learn = [encode_row(make_row(n), tokenizer, 512) for n in range(5)]
    with pytest.raises(TrainingRefused, match="longer than 0 s before it had seen every correction"):
        training_loop.fit(lora_model, learn, Recipe(time_limit_s=0.0), lambda point: None)


def test_a_run_that_needs_too_much_memory_is_refused_with_the_figure(lora_model: Any, tokenizer: Any) -> None:
    with pytest.raises(TrainingRefused, match="more than 10 MB of memory"):
        training_loop.fit(
            lora_model, [encode_row(make_row(1), tokenizer, 512)], Recipe(memory_limit_mb=10), lambda point: None
        )


def test_the_kl_regularizer_keeps_ordinary_text_close_to_the_base(tiny_base: Path, tokenizer: Any) -> None:
    """The same run with and without the regularizer: it keeps the gain on the corrections and prevents the drift."""
    from adapters import base_model, kl_regularizer, lora

    drift, learnt = {}, {}
    learn = [encode_row(make_row(n, "no no no no"), tokenizer, 512) for n in range(4)]
    ordinary = kl_regularizer.load_replay_examples(tokenizer)[:12]
    for weight in (0.0, 30.0):
        torch_runtime.set_seed(3)
        plain = base_model.load_base(tiny_base)
        regularizer = kl_regularizer.KlRegularizer(plain, ordinary)
        model = lora.attach_new(plain, Recipe(rank=4))
        recipe = Recipe(
            batch_size=4, learning_rate=1e-2, target_loss=0.0, max_steps=25, epochs=25, anchor_weight=weight
        )
        result = training_loop.fit(model, learn, recipe, lambda point: None, regularizers=(regularizer,))
        with scoring.no_grad_no_dropout(model):
            drift[weight] = regularizer.divergence(model, regularizer.monitored).item()
        learnt[weight] = result.curve[-1].loss
    assert drift[30.0] < 0.7 * drift[0.0]
    assert learnt[30.0] < 0.85 * result.curve[0].loss


def test_an_adapter_that_drifts_is_scaled_down_until_within_limits(lora_model: Any, tokenizer: Any) -> None:
    import torch

    from adapters import drift_scaling, kl_regularizer, lora

    ordinary = kl_regularizer.load_replay_examples(tokenizer)[:4]
    with lora_model.disable_adapter():
        reference = drift_scaling.BaseReference(ordinary, scoring.mean_loss(lora_model, ordinary))
        base_loss = scoring.mean_loss(lora_model, ordinary)
    for name, parameter in lora_model.named_parameters():
        if "lora_B" in name:
            parameter.data.copy_(torch.randn(parameter.shape) * 0.05)  # the same values on any device
    drift = scoring.mean_loss(lora_model, ordinary) / base_loss - 1
    scale = reference.limit_drift(lora_model, drift / 2)
    assert scale in drift_scaling.SCALES[1:]
    assert scoring.mean_loss(lora_model, ordinary) / base_loss - 1 <= drift / 2
    assert reference.limit_drift(lora_model, 1e9) == 1.0
    assert lora.trainable_parameters(lora_model)


def test_a_nan_loss_ends_the_run(lora_model: Any, tokenizer: Any) -> None:
    from adapters import lora

    lora.trainable_parameters(lora_model)[0].data.fill_(float("nan"))
    with pytest.raises(TrainingRefused, match="no longer a number"):
        training_loop.fit(lora_model, [encode_row(make_row(1), tokenizer, 512)], Recipe(), lambda point: None)


def test_batched_losses_equal_single_row_losses(lora_model: Any, tokenizer: Any) -> None:
    rows = [encode_row(make_row(n, "yes " * (n % 4 + 1), "why? " * (n % 7 + 1)), tokenizer, 512) for n in range(11)]
    alone = [scoring.answer_losses(lora_model, [example])[0] for example in rows]
    assert scoring.answer_losses(lora_model, rows) == pytest.approx(alone, rel=0.02)


def test_greedy_decoding_takes_the_argmax_token_at_each_step(lora_model: Any, tokenizer: Any) -> None:
    """Compared with a plain decoder that reads all tokens again for each new one."""
    import torch

    rows = [encode_row(make_row(n, "yes", "why? " * (3 * n + 1)), tokenizer, 512) for n in range(2)]
    for example, answer in zip(rows, scoring.greedy_decode(lora_model, rows, eos_token=-1, max_tokens=4), strict=True):
        tokens = list(example.prompt)
        with scoring.no_grad_no_dropout(lora_model):
            for token in answer:
                input_ids = torch.tensor([tokens], device=lora_model.device)
                scores = lora_model(input_ids=input_ids, use_cache=False).logits[0, -1].float()
                assert scores[token].item() == pytest.approx(scores.max().item(), abs=0.05)
                tokens.append(token)
        assert len(answer) == 4


def test_tensorboard_receives_the_curves_or_is_reported_as_missing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from adapters import tensorboard_logging

    monkeypatch.delenv(tensorboard_logging.VARIABLE, raising=False)
    tensorboard_logging.tensorboard_logger("wren-v1")(StepMetrics(1, 2, 0.5))
    monkeypatch.setenv(tensorboard_logging.VARIABLE, str(tmp_path))
    if importlib.util.find_spec("tensorboard") is None:
        with pytest.raises(TrainingRefused, match="tensorboard is not installed"):
            tensorboard_logging.tensorboard_logger("wren-v1")
        return
    tensorboard_logging.tensorboard_logger("wren-v1")(StepMetrics(1, 2, 0.5, held_out=0.7))
    assert any((tmp_path / "wren-v1").iterdir())


class Killed(Exception):
    """Simulates a kill of the process between two steps."""


@pytest.mark.parametrize("method", ["lora", "adalora"])
def test_a_killed_run_resumes_to_the_same_result(tiny_base: Path, tokenizer: Any, tmp_path: Path, method: Any) -> None:
    from adapters import base_model, lora
    from adapters.checkpoints import CheckpointFile

    learn = [encode_row(make_row(n), tokenizer, 512) for n in range(5)]
    held_out = [encode_row(make_row(9), tokenizer, 512)]
    rate = 1e-2 if method == "lora" else 1e-3
    recipe = Recipe(
        method=method, rank=4, batch_size=2, dropout=0.2, learning_rate=rate, target_loss=0.0, max_steps=12, patience=9
    )

    def run(stop_at: int, checkpoints: CheckpointFile | None) -> tuple[list[Any], training_loop.FitResult]:
        torch_runtime.set_seed(3)
        model = lora.attach_new(base_model.load_base(tiny_base), recipe, 12)

        def watch(point: StepMetrics) -> None:
            if point.step == stop_at:
                raise Killed

        result = training_loop.fit(model, learn, recipe, watch, held_out, checkpoint_file=checkpoints)
        return [p.detach().clone() for p in lora.trainable_parameters(model)], result

    uninterrupted, expected = run(0, None)
    file = tmp_path / "checkpoint.safetensors"
    for stop_at in (3, 10):
        with pytest.raises(Killed):
            run(stop_at, CheckpointFile(file, "this training", every_s=0.0))
    resumed, actual = run(0, CheckpointFile(file, "this training", every_s=0.0))
    assert [(p.step, p.loss, p.held_out) for p in actual.curve] == [
        (p.step, p.loss, p.held_out) for p in expected.curve
    ]
    assert all(one.equal(other) for one, other in zip(resumed, uninterrupted, strict=True))


def test_a_foreign_or_damaged_checkpoint_is_not_used(tmp_path: Path) -> None:
    import torch

    from adapters.checkpoints import CheckpointFile, TrainingState

    file = tmp_path / "checkpoint.safetensors"
    checkpoint = CheckpointFile(file, "this training", 0.0)
    assert checkpoint.read() is None
    checkpoint.write(TrainingState({"now.0": torch.ones(3)}, {"waited": 2}))
    state = checkpoint.read()
    assert state is not None
    assert state.numbers == {"waited": 2}
    assert CheckpointFile(file, "another training", 0.0).read() is None
    assert not file.exists()
    checkpoint.write(TrainingState({"now.0": torch.ones(3)}, {"waited": 2}))
    file.write_bytes(file.read_bytes()[:-5])
    assert checkpoint.read() is None
    assert not file.exists()


def test_adalora_prunes_its_ranks_and_is_evaluated_only_afterwards(tiny_base: Path, tokenizer: Any) -> None:
    from adapters import adalora, base_model, lora

    learn = [encode_row(make_row(n), tokenizer, 512) for n in range(4)]
    recipe = Recipe(
        method="adalora", rank=4, batch_size=4, learning_rate=1e-3, target_loss=1e9, max_steps=18, epochs=18
    )
    torch_runtime.set_seed(3)
    model = lora.attach_new(base_model.load_base(tiny_base), recipe, 18)
    result = training_loop.fit(model, learn, recipe, lambda point: None)
    assert len(result.curve) == adalora.rank_freeze_step(18)  # the target loss holds from the first step
    ranks = [int((m.lora_E["default"] != 0).sum()) for m in model.modules() if hasattr(m, "lora_E")]
    assert sum(ranks) == 4 * len(ranks)
    assert len(set(ranks)) > 1


def test_adalora_is_exported_as_equivalent_plain_lora(tiny_base: Path, tokenizer: Any, tmp_path: Path) -> None:
    from adapters import base_model, lora

    learn = [encode_row(make_row(n), tokenizer, 512) for n in range(4)]
    recipe = Recipe(
        method="adalora", rank=4, batch_size=4, learning_rate=1e-3, target_loss=0.0, max_steps=12, epochs=12
    )
    torch_runtime.set_seed(3)
    model = lora.attach_new(base_model.load_base(tiny_base), recipe, 12)
    training_loop.fit(model, learn, recipe, lambda point: None)
    before = scoring.answer_losses(model, learn)
    lora.save(model, tmp_path / "adapter")
    model = lora.reload_from_files(model, tmp_path / "adapter")
    assert scoring.answer_losses(model, learn) == pytest.approx(before, rel=0.003)
    with model.disable_adapter():
        assert scoring.answer_losses(model, learn) != pytest.approx(before, rel=0.02)
