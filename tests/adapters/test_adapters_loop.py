"""The loop's decisions: when it stops, which values stay, and how batches and rates are laid out."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from adapter_rows import row
from hypothesis import given
from hypothesis import strategies as st

from adapters import loop
from adapters.dataset import Example, encode
from adapters.errors import TrainingRefused
from adapters.records import Recipe

EXAMPLES = [Example(str(n), (1,) * (n + 1), (2,)) for n in range(7)]


@given(st.integers(1, 9), st.integers(1, 5))
def test_every_epoch_shows_every_row_once(size: int, epochs: int) -> None:
    recipe = Recipe(batch_size=size, epochs=epochs)
    laid_out = loop.batches(EXAMPLES, recipe, random.Random(1))
    assert len(laid_out) == epochs
    for epoch in laid_out:
        assert sorted(e.row_id for batch in epoch for e in batch) == sorted(e.row_id for e in EXAMPLES)
        assert all(len(batch) <= size for batch in epoch)


@given(st.lists(st.integers(1, 2000), min_size=1, max_size=12))
def test_parts_hold_every_row_once_and_little_padding(lengths: list[int]) -> None:
    examples = [Example(str(i), (1,) * n, (2,)) for i, n in enumerate(lengths)]
    cut = loop.parts(examples)
    assert sorted(e.row_id for part in cut for e in part) == sorted(e.row_id for e in examples)
    for part in cut:
        assert min(map(len, part)) >= 0.9 * max(map(len, part))


@given(st.integers(1, 200), st.floats(0, 0.5))
def test_the_rate_warms_up_falls_and_stays_positive(steps: int, share: float) -> None:
    recipe = Recipe(warmup_share=share)
    rates = [loop.rate(recipe, step, steps) for step in range(steps)]
    warmup = max(1, round(steps * share))
    assert all(0 < r <= recipe.learning_rate + 1e-12 for r in rates)
    assert rates[:warmup] == sorted(rates[:warmup])
    assert rates[warmup:] == sorted(rates[warmup:], reverse=True)


@pytest.fixture
def adapted(tiny_base: Path) -> Any:
    from adapters import base, lora

    loop.seed(3)
    return lora.attach(base.load_base(tiny_base), Recipe(rank=4))


def test_a_run_that_gets_worse_on_held_out_rows_stops_early_and_takes_the_best_back(
    adapted: Any, tokenizer: Any
) -> None:
    """What is held out contradicts what is learnt, so learning on can only make it worse."""
    learn = [encode(row(n, "no no no no"), tokenizer, 512) for n in range(4)]
    held_out = [encode(row(9, "zig zag zig zag"), tokenizer, 512)]
    recipe = Recipe(rank=4, epochs=30, batch_size=2, learning_rate=3e-2, target_loss=0.0, patience=2)
    seen: list[float] = []

    def watch(step: int, steps: int, loss: float) -> None:
        if step % 2 == 0:
            seen.append(loop.mean_loss(adapted, held_out))

    fitted = loop.fit(adapted, learn, recipe, watch, held_out=held_out)
    assert len(fitted.losses) < 60
    assert loop.mean_loss(adapted, held_out) == pytest.approx(min(seen), rel=1e-3)


def test_what_is_learnt_is_not_learnt_on(adapted: Any, tokenizer: Any) -> None:
    learn = [encode(row(1, "yes"), tokenizer, 512)]
    recipe = Recipe(rank=4, epochs=50, learning_rate=3e-2, target_loss=1e9)
    assert len(loop.fit(adapted, learn, recipe, lambda *told: None).losses) == 1


def test_a_run_that_takes_too_long_is_ended_with_a_sentence(adapted: Any, tokenizer: Any) -> None:
    with pytest.raises(TrainingRefused, match="longer than 0 s"):
        loop.fit(adapted, [encode(row(1), tokenizer, 512)], Recipe(time_limit_s=0.0), lambda *told: None)


def test_a_loss_that_is_no_number_ends_the_run(adapted: Any, tokenizer: Any) -> None:
    from adapters import lora

    lora.trainable(adapted)[0].data.fill_(float("nan"))
    with pytest.raises(TrainingRefused, match="no longer a number"):
        loop.fit(adapted, [encode(row(1), tokenizer, 512)], Recipe(), lambda *told: None)
