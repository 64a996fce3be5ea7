"""What a model may do depends on its number of parameters, which is counted, read from its name, or set."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tutor.engine.base import EngineInfo, EngineState
from tutor.engine.parameter_count import count_parameters, parameters_in_name
from tutor.engine.size_class import ABILITIES, Ability, SizeClass, is_able, size_class


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        (0, SizeClass.SMALL),
        (134_515_008, SizeClass.SMALL),
        (494_000_000, SizeClass.SMALL),
        (1_543_714_304, SizeClass.STANDARD),
        (4_022_468_096, SizeClass.LARGE),
    ],
)
def test_a_model_belongs_to_the_class_of_its_parameters(parameters: int, expected: SizeClass):
    assert size_class(parameters) is expected


def test_a_model_of_unknown_size_may_do_what_the_smallest_may():
    loading = EngineInfo("any", "none", EngineState.LOADING, "", 128_000)
    assert [is_able(loading.parameters, ability) for ability in Ability] == [
        is_able(135_000_000, ability) for ability in Ability
    ]


def test_every_class_has_a_row_and_a_larger_one_may_do_no_less():
    small, standard, large = (ABILITIES[one] for one in SizeClass)
    assert small <= standard <= large


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("Qwen/Qwen3-4B-Instruct-2507", 4_000_000_000),
        ("Qwen2.5-Coder-1.5B-Instruct", 1_500_000_000),
        ("SmolLM2-135M-Instruct", 135_000_000),
        ("qwen2.5:7b", 7_000_000_000),
        ("mistralai/Mixtral-8x7B-Instruct-v0.1", 56_000_000_000),
        ("Qwen3-30B-A3B", 30_000_000_000),
        ("meta-llama/Llama-3.2-1B", 1_000_000_000),
        ("/models/Qwen2.5-14B-Instruct-4bit", 14_000_000_000),
        ("gpt-4o", 0),
        ("phi-3-mini-4k-instruct", 0),
        ("some-model-4bit", 0),
        ("base-model", 0),
        ("", 0),
    ],
)
def test_the_size_is_read_from_the_name_where_it_tells_it(name: str, parameters: int):
    assert parameters_in_name(name) == parameters


def test_parameters_are_counted_in_every_file_of_a_model(tmp_path: Path):
    for number, shape in enumerate(([3, 4], [5])):
        _write_safetensors(tmp_path / f"model-{number}.safetensors", {"weight": shape})
    assert count_parameters(tmp_path) == 17


def test_parameters_of_a_gguf_file_are_counted_from_its_tensors_and_not_its_bytes(tmp_path: Path):
    (tmp_path / "model.gguf").write_bytes(b"GGUF")
    tensors = {"a": {"kind": "Q4_K", "shape": [256, 256], "offset": 0, "size": 36_864}}
    (tmp_path / "tensors.json").write_text(json.dumps(tensors))
    assert count_parameters(tmp_path) == 65_536


@pytest.mark.parametrize("content", [b"", b"\xff" * 64, (40).to_bytes(8, "little") + b"no JSON" * 9])
def test_files_that_do_not_tell_leave_the_size_unknown(tmp_path: Path, content: bytes):
    (tmp_path / "model.safetensors").write_bytes(content)
    assert count_parameters(tmp_path) == 0


def _write_safetensors(file: Path, shapes: dict[str, list[int]]) -> None:
    header = {name: {"dtype": "F32", "shape": shape, "data_offsets": [0, 0]} for name, shape in shapes.items()}
    text = json.dumps({"__metadata__": {"format": "pt"}, **header}).encode()
    file.write_bytes(len(text).to_bytes(8, "little") + text)
