"""The LoRA bank computes adapters only where one of the batch changes a layer, and never forgets which row does."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tiny_models import TinyModel

from tutor.engine.lora_bank import LoraBank
from tutor.engine.lora_files import LoraWeights
from tutor.engine.model_loading import load_model

ROWS = 4


@pytest.fixture
def bank(tiny_gguf: TinyModel) -> LoraBank:
    return LoraBank(load_model(tiny_gguf.files, kernel="int8-rows").model, ROWS)


def adapter(bank: LoraBank, layer: int, rank: int = 2) -> LoraWeights:
    """Return a random adapter of one decoder layer."""
    pairs = {
        path: (torch.randn(rank, target.inputs), torch.randn(rank, target.outputs))
        for path, target in bank.targets.items()
        if f"layers.{layer}." in path
    }
    return LoraWeights(f"layer-{layer}", rank, pairs)


def layers_with_adapters(bank: LoraBank) -> set[int]:
    return {int(group.targets[0].path.split(".")[2]) for group in bank._groups if group.is_active}


def test_layers_that_no_adapter_of_the_batch_changes_are_those_of_the_base(bank: LoraBank):
    bank.set_adapter(1, adapter(bank, 1))
    bank.select_rows([0, 1])
    assert layers_with_adapters(bank) == {1}
    bank.select_rows([0, 2])
    assert layers_with_adapters(bank) == set()
    bank.set_adapter(2, adapter(bank, 0))
    bank.select_rows([0, 1, 2])
    assert layers_with_adapters(bank) == {0, 1}
    bank.set_adapter(1, None)
    bank.select_rows([0, 1, 2])
    assert layers_with_adapters(bank) == {0}


STEPS = st.one_of(
    st.tuples(st.just("set"), st.integers(0, ROWS - 1), st.sampled_from(["none", "lower", "upper", "upper, larger"])),
    st.tuples(st.just("swap"), st.permutations(range(ROWS)), st.booleans()),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, max_size=12))
def test_a_row_counts_as_adapted_exactly_where_its_matrices_are_not_zero(bank: LoraBank, steps: list[Any]):
    for row in range(ROWS):
        bank.set_adapter(row, None)
    made = {"lower": adapter(bank, 0), "upper": adapter(bank, 1), "upper, larger": adapter(bank, 1, rank=5)}
    for name, at, choice in steps:
        if name == "set":
            bank.set_adapter(at, made.get(choice))
        else:
            bank.swap(at[0], at[1], choice)
        for group in bank._groups if bank.rank else ():
            assert [group.changes_any([row]) for row in range(ROWS)] == [bool(a.any()) for a in group._a]
