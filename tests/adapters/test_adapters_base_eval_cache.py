"""What never changes of a base is asked once, and never believed of another base or from a damaged file."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest
from make_rows import row

from adapters.base_eval_cache import Baseline, kept
from adapters.dataset import encode
from adapters.evaluation import Common
from adapters.records import Recipe, TrainingJob


@pytest.fixture
def said() -> Baseline:
    import torch

    common = Common((2.5, 3.25), 2.75, ((1, 2), (3,)), ("light", ""))
    return Baseline(common, 2.125, {"a": torch.tensor([[-0.5, -1.5]], dtype=torch.bfloat16)})


def never() -> Baseline:
    raise AssertionError("the base was asked again")


def test_a_base_is_asked_once(tmp_path: Path, said: Baseline) -> None:
    kept(tmp_path / "base", "b" * 64, lambda: said)
    again = kept(tmp_path / "base", "b" * 64, never)
    assert (again.common, again.watched_loss) == (said.common, said.watched_loss)
    assert again.likely["a"].equal(said.likely["a"])


def test_another_base_is_asked_and_the_file_of_the_old_one_goes(tmp_path: Path, said: Baseline) -> None:
    kept(tmp_path, "b" * 64, lambda: said)
    other = dataclasses.replace(said, watched_loss=9.0)
    assert kept(tmp_path, "c" * 64, lambda: other).watched_loss == 9.0
    assert len(list(tmp_path.iterdir())) == 1


def test_a_damaged_file_is_made_again(tmp_path: Path, said: Baseline) -> None:
    kept(tmp_path, "b" * 64, lambda: said)
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:40])
    assert kept(tmp_path, "b" * 64, lambda: said).common == said.common
    assert kept(tmp_path, "b" * 64, never).common == said.common


def test_a_training_with_a_kept_baseline_writes_the_same_adapter_and_the_same_card(
    tmp_path: Path, job: TrainingJob
) -> None:
    """The fast path against the slow one: nothing kept, kept now, and read from what was kept."""
    from adapters.trainer import train

    results = []
    for number, folder in enumerate((None, str(tmp_path / "base"), str(tmp_path / "base"))):
        workplace = tmp_path / str(number)
        workplace.mkdir()
        (workplace / "rows.jsonl").write_bytes(Path(job.rows_file).read_bytes())
        told = dataclasses.replace(
            job, directory=str(workplace), rows_file=str(workplace / "rows.jsonl"), kept_directory=folder
        )
        done = train(told, lambda progress: None)
        results.append((done.sha256, (Path(done.directory) / "card.json").read_bytes()))
    assert results[0] == results[1] == results[2]


def test_an_unpacked_base_says_what_the_4_bit_one_says(tiny_base: Path, tokenizer: Any) -> None:
    """The same values; what is left is the rounding of bf16 products."""
    from adapters import base_model, lora, scoring

    examples = [encode(row(n), tokenizer, 512) for n in range(3)]
    packed, plain = base_model.load_base(tiny_base, unpacked_bytes=0), base_model.load_base(tiny_base)
    assert scoring.mean_loss(plain, examples) == pytest.approx(scoring.mean_loss(packed, examples), rel=0.01)
    assert lora.targets(plain) == lora.targets(packed)
    assert len(lora.trainable(lora.attach(plain, Recipe(rank=4)))) == len(
        lora.trainable(lora.attach(packed, Recipe(rank=4)))
    )
