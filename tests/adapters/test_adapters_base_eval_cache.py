"""A base is evaluated once; results of another base or from a damaged file are never used."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest
from make_rows import make_row

from adapters.base_eval_cache import BaseEval, load_or_compute
from adapters.dataset import encode_row
from adapters.evaluation import FixedEvalResult
from adapters.records import Recipe, TrainingJob


@pytest.fixture
def base_eval() -> BaseEval:
    import torch

    fixed = FixedEvalResult((2.5, 3.25), 2.75, ((1, 2), (3,)), ("light", ""))
    return BaseEval(fixed, 2.125, {"a": torch.tensor([[-0.5, -1.5]], dtype=torch.bfloat16)})


def fail_if_evaluated() -> BaseEval:
    raise AssertionError("the base was evaluated again")


def test_the_base_model_is_evaluated_once(tmp_path: Path, base_eval: BaseEval) -> None:
    load_or_compute(tmp_path / "base", "b" * 64, lambda: base_eval)
    again = load_or_compute(tmp_path / "base", "b" * 64, fail_if_evaluated)
    assert (again.fixed, again.monitored_loss) == (base_eval.fixed, base_eval.monitored_loss)
    assert again.reference_log_probs["a"].equal(base_eval.reference_log_probs["a"])


def test_another_base_is_evaluated_and_the_old_cache_file_is_deleted(tmp_path: Path, base_eval: BaseEval) -> None:
    load_or_compute(tmp_path, "b" * 64, lambda: base_eval)
    other = dataclasses.replace(base_eval, monitored_loss=9.0)
    assert load_or_compute(tmp_path, "c" * 64, lambda: other).monitored_loss == 9.0
    assert len(list(tmp_path.iterdir())) == 1


def test_a_damaged_cache_file_is_recomputed(tmp_path: Path, base_eval: BaseEval) -> None:
    load_or_compute(tmp_path, "b" * 64, lambda: base_eval)
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:40])
    assert load_or_compute(tmp_path, "b" * 64, lambda: base_eval).fixed == base_eval.fixed
    assert load_or_compute(tmp_path, "b" * 64, fail_if_evaluated).fixed == base_eval.fixed


def test_training_with_a_cached_base_eval_writes_the_same_adapter_and_eval_report(
    tmp_path: Path, job: TrainingJob
) -> None:
    """Without a cache, with a new cache, and from the cache."""
    from adapters.trainer import train

    results = []
    for number, folder in enumerate((None, str(tmp_path / "base"), str(tmp_path / "base"))):
        work_dir = tmp_path / str(number)
        work_dir.mkdir()
        (work_dir / "rows.jsonl").write_bytes(Path(job.rows_file).read_bytes())
        one_job = dataclasses.replace(
            job, directory=str(work_dir), rows_file=str(work_dir / "rows.jsonl"), base_cache_directory=folder
        )
        trained = train(one_job, lambda progress: None)
        results.append((trained.sha256, (Path(trained.directory) / "card.json").read_bytes()))
    assert results[0] == results[1] == results[2]


def test_a_dequantized_base_gives_the_outputs_of_the_4_bit_base(tiny_base: Path, tokenizer: Any) -> None:
    """They differ only by the rounding of bf16 products."""
    from adapters import base_model, lora, scoring

    examples = [encode_row(make_row(n), tokenizer, 512) for n in range(3)]
    packed, plain = base_model.load_base(tiny_base, max_dequantized_bytes=0), base_model.load_base(tiny_base)
    assert scoring.mean_loss(plain, examples) == pytest.approx(scoring.mean_loss(packed, examples), rel=0.01)
    assert lora.find_target_modules(plain) == lora.find_target_modules(packed)
    assert len(lora.trainable_parameters(lora.attach_new(plain, Recipe(rank=4)))) == len(
        lora.trainable_parameters(lora.attach_new(packed, Recipe(rank=4)))
    )
