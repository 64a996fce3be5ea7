"""Real training on a tiny 4-bit base: it learns, it is reproducible, and a failure leaves nothing behind."""

from __future__ import annotations

import dataclasses
import json
import os
import secrets
import signal
from pathlib import Path
from typing import Any

import pytest
from make_rows import BASE_SHA256, make_row

from adapters import gate, registry, trainer, trainer_process
from adapters.dataset import encode_row, read_rows, write_rows
from adapters.errors import BaseUnusable, TrainerDied, TrainingRefused
from adapters.files import CHECKPOINT
from adapters.records import Recipe, TrainingJob, TrainingProgress
from adapters.vault import Vault


def ignore_progress(progress: TrainingProgress) -> None:
    pass


def never_cancelled() -> bool:
    return False


def test_training_learns_reports_progress_and_writes_verified_files(job: TrainingJob, tmp_path: Path) -> None:
    """A second training, in this process, gives the same bytes."""
    messages: list[TrainingProgress] = []
    trained = trainer_process.train_in_subprocess(job, messages.append, never_cancelled)
    manifest = registry.verify_adapter(Path(trained.directory), BASE_SHA256)
    assert [p.stage for p in messages if p.stage != "training"] == ["loading", "checking", "saving", "checking"]
    assert [p.step for p in messages if p.stage == "training"] == list(range(1, 7))
    assert trained.metrics["loss_after"] < trained.metrics["loss_before"]
    assert trained.metrics["largest_change"] > 0
    assert trained.sha256 == manifest.sha256
    assert (manifest.rows, manifest.name) == (4, "quiet-heron-v1")
    assert manifest.recipe == dataclasses.asdict(job.recipe)
    assert set(manifest.versions) == {"torch", "transformers", "peft", "bitsandbytes"}
    assert {p.name for p in Path(trained.directory).iterdir()} == {
        "adapter_config.json",
        "adapter_model.safetensors",
        "card.json",
        "manifest.json",
    }
    report = json.loads((Path(trained.directory) / "card.json").read_text())
    corrections = next(measure for measure in report["measures"] if measure["name"] == "corrections")
    assert corrections["row_ids"] == [f"row-{n}" for n in range(4)]
    assert [point["loss"] for point in report["curve"]] == [p.loss for p in messages if p.stage == "training"]
    (tmp_path / "again").mkdir()
    again = dataclasses.replace(job, directory=str(tmp_path / "again"), current=trained.directory)
    second = trainer.train(again, ignore_progress)
    assert second.sha256 == trained.sha256
    assert second.metrics["loss_current"] == pytest.approx(trained.metrics["loss_after"], rel=1e-3)
    assert second.metrics["loss_current"] < 0.95 * second.metrics["loss_before"]
    assert not gate.decide_from_metrics(second.metrics).promote  # it is no better than itself


def test_too_few_rows_are_refused_with_the_count(job: TrainingJob) -> None:
    write_rows(Path(job.rows_file), [make_row(1), dataclasses.replace(make_row(1), id="twin"), make_row(2)])
    with pytest.raises(TrainingRefused, match=r"not enough to train: 2 of 3 corrections \(1 duplicates\)"):
        trainer_process.train_in_subprocess(job, ignore_progress, never_cancelled)


def test_a_folder_without_a_model_is_refused_by_name(job: TrainingJob, tmp_path: Path) -> None:
    empty = dataclasses.replace(job, base_directory=str(tmp_path))
    with pytest.raises(BaseUnusable, match="config.json is missing"):
        trainer_process.train_in_subprocess(empty, ignore_progress, never_cancelled)


def test_a_killed_trainer_is_reported_and_the_next_run_resumes(job: TrainingJob) -> None:
    """All that is left of it on disk is sealed, its checkpoint and what it was trained on included."""
    vault = Vault(secrets.token_bytes(32))
    job = dataclasses.replace(job, recipe=dataclasses.replace(job.recipe, checkpoint_every_s=0.0), vault=vault)
    write_rows(Path(job.rows_file), read_rows(Path(job.rows_file)), vault)

    def kill_at_step_3(progress: TrainingProgress) -> None:
        if progress.stage == "training" and progress.step == 3:
            command = f"adapters.trainer\0{job.directory}/job.json"
            for entry in Path("/proc").iterdir():
                if entry.name.isdigit() and command in _training_command(entry):
                    os.kill(int(entry.name), signal.SIGKILL)

    with pytest.raises(TrainerDied, match="stopped by signal 9.*start the training again"):
        trainer_process.train_in_subprocess(job, kill_at_step_3, never_cancelled)
    assert not (Path(job.directory) / "adapter").exists()
    left = _all_bytes(Path(job.directory))
    assert (Path(job.directory) / CHECKPOINT).is_file() and b"Ahoy" not in left and b"lora_A" not in left
    assert vault.key and vault.key not in left
    stages: list[TrainingProgress] = []
    trainer.train(job, stages.append)
    assert [p.step for p in stages if p.stage == "training"][0] in (3, 4)
    assert (Path(job.directory) / "adapter").is_dir()
    assert b"Ahoy" not in _all_bytes(Path(job.directory)) and b"lora_A" not in _all_bytes(Path(job.directory))
    registry.verify_adapter(Path(job.directory) / "adapter", BASE_SHA256, vault=vault)


def _all_bytes(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_a_cancelled_training_stops_its_process(job: TrainingJob) -> None:
    with pytest.raises(TrainingRefused, match="cancelled"):
        trainer_process.train_in_subprocess(job, ignore_progress, lambda: True)
    command = f"adapters.trainer\0{job.directory}/job.json"
    assert not any(command in _training_command(entry) for entry in Path("/proc").iterdir() if entry.name.isdigit())


def test_a_full_disk_while_saving_leaves_no_adapter(job: TrainingJob) -> None:
    """A file has the name of the temporary folder, so every write to it fails."""
    (Path(job.directory) / "adapter.tmp").write_text("in the way")
    with pytest.raises((TrainerDied, TrainingRefused)):
        trainer_process.train_in_subprocess(job, ignore_progress, never_cancelled)
    assert not (Path(job.directory) / "adapter").exists()


def test_a_base_already_used_for_inference_is_refused(tiny_base: Path, tokenizer: Any) -> None:
    """An inference pass packs the 4-bit weights, and training on them would learn nonsense without any error."""
    import torch

    from adapters import base_model, lora, training_loop

    model = base_model.load_base(tiny_base, max_dequantized_bytes=0)
    base_model.require_trainable_weights(model)
    model.eval()
    with torch.no_grad():
        model(input_ids=torch.tensor([[1, 2, 3]], device=model.device))
    if not _is_packed(model):
        pytest.skip("nothing is packed here: a GPU, or a processor without AVX512-BF16")
    example = encode_row(make_row(1), tokenizer, 512)
    lora_model = lora.attach_new(model, Recipe(rank=4))
    with pytest.raises(BaseUnusable, match="packed for inference"):
        training_loop.fit(lora_model, [example], Recipe(), lambda point: None)


def test_evaluation_and_generation_do_not_pack_the_base(tiny_base: Path, tokenizer: Any) -> None:
    from adapters import base_model, scoring

    model = base_model.load_base(tiny_base)
    scoring.greedy_decode(model, [encode_row(make_row(1), tokenizer, 512)], 0, 3)
    scoring.mean_loss(model, [encode_row(make_row(1), tokenizer, 512)])
    base_model.require_trainable_weights(model)


def test_two_pass_loss_and_gradient_equal_a_single_pass(tiny_base: Path, tokenizer: Any) -> None:
    """The reference computes each row alone in one pass; ours reads padded prompts first, then only the answers."""
    import torch
    from torch.nn.functional import cross_entropy

    from adapters import base_model, lora, scoring

    examples = [encode_row(make_row(n, "Yes. " * (n + 1)), tokenizer, 512) for n in range(3)]
    torch.manual_seed(1)
    model = lora.attach_new(base_model.load_base(tiny_base), Recipe(rank=4))
    for parameter in lora.trainable_parameters(model):
        parameter.data.normal_(std=0.05)
    model.zero_grad()
    ours = scoring.answer_logits(model, examples, train_prompt=True).loss()
    ours.backward()
    gradients = [parameter.grad.clone() for parameter in lora.trainable_parameters(model)]
    model.zero_grad()
    plain = torch.zeros((), device=model.device)
    for example in examples:
        tokens = torch.tensor([[*example.prompt, *example.answer]], device=model.device)
        logits = model(input_ids=tokens, use_cache=False).logits.float()
        start = len(example.prompt) - 1
        labels = torch.tensor(example.answer, device=model.device)
        plain = plain + cross_entropy(logits[0, start : start + len(labels)], labels, reduction="sum")
    plain.backward()
    assert ours.item() == pytest.approx(plain.item(), rel=0.01)
    for gradient, parameter in zip(gradients, lora.trainable_parameters(model), strict=True):
        assert (
            torch.linalg.vector_norm(gradient - parameter.grad) <= 0.1 * torch.linalg.vector_norm(parameter.grad) + 1e-3
        )


def _training_command(entry: Path) -> str:
    try:
        return (entry / "cmdline").read_text()
    except OSError:
        return ""


def _is_packed(model: Any) -> bool:
    from adapters.base_model import require_trainable_weights

    try:
        require_trainable_weights(model)
    except BaseUnusable:
        return True
    return False
