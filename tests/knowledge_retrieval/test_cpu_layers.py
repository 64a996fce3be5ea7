"""The layers for CPUs need little memory and give nearly the same numbers."""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import nn

from knowledge import cpu_layers


def test_a_large_table_stays_in_its_file_and_only_its_rows_are_read(tmp_path: Path):
    """A copy in memory took 190 MB beside the language model."""
    model = nn.Sequential(nn.Embedding(12_000, 8), nn.Linear(8, 8))
    words = model[0].weight.detach().half()
    save_file({"words": words, "bias": torch.zeros(8)}, tmp_path / "weights.safetensors")
    (table,) = cpu_layers.map_half_tables(tmp_path / "weights.safetensors")
    cpu_layers.use_cpu_layers(model, [table])
    assert model[0]._rows.data_ptr() == table.data_ptr()
    numbers = torch.tensor([[0, 11_999, 7]])
    assert torch.equal(model[0](numbers), words[numbers].float())


def test_a_table_that_no_file_has_is_kept_in_float16():
    model = nn.Sequential(nn.Embedding(12_000, 8))
    words = model[0].weight.detach().half()
    cpu_layers.use_cpu_layers(model, [torch.zeros(5, 8, dtype=torch.float16)])
    assert torch.equal(model[0](torch.tensor([3])), words[[3]].float())


def test_parameters_that_stay_no_longer_lie_in_their_file(tmp_path: Path):
    """One mapped row of them kept the pages of the whole file resident."""
    save_file({"scale": torch.ones(8)}, tmp_path / "weights.safetensors")
    layer = nn.LayerNorm(8)
    layer.weight.data = load_file(tmp_path / "weights.safetensors")["scale"]
    mapped = layer.weight.data_ptr()
    cpu_layers.copy_small_parameters(layer)
    assert layer.weight.data_ptr() != mapped and torch.equal(layer.weight.data, torch.ones(8))


def test_the_bias_of_an_int8_layer_no_longer_lies_in_the_file_either(tmp_path: Path):
    save_file({"bias": torch.ones(8)}, tmp_path / "weights.safetensors")
    model = nn.Sequential(nn.Linear(8, 8))
    model[0].bias.data = load_file(tmp_path / "weights.safetensors")["bias"]
    mapped = model[0].bias.data_ptr()
    cpu_layers.use_cpu_layers(model)
    assert model[0]._bias.data_ptr() != mapped and torch.equal(model[0]._bias, torch.ones(8))
