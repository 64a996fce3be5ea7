"""A fake trainer that writes a small but valid adapter at once."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import torch
from safetensors.torch import save

from adapters.dataset import content_hash, read_rows
from adapters.files import CONFIG, WEIGHTS, sha256_of, write_manifest
from adapters.records import Manifest, TrainedAdapter, TrainingJob, TrainingProgress
from tutor.engine.scripted import ScriptedEngine

BASE = ScriptedEngine(["."]).info().base_sha256
METRICS = {"held_out": 0.0, "loss_before": 3.0, "loss_after": 0.1, "general_before": 2.0, "general_after": 2.0}
LAYER = "base_model.model.model.layers.0.self_attn.q_proj"


def fake_train(
    job: TrainingJob, on_progress: Callable[[TrainingProgress], None], cancelled: Callable[[], bool]
) -> TrainedAdapter:
    """Write an adapter whose A matrix holds the number of rows, with one progress message."""
    training_rows = read_rows(Path(job.rows_file), job.vault)
    on_progress(TrainingProgress("training", 1, 1, 0.5, 0.75))
    folder = Path(job.directory) / "adapter"
    folder.mkdir()
    pair = {f"{LAYER}.lora_A.weight": torch.full((1, 2), float(len(training_rows)))}
    job.vault.write(folder / WEIGHTS, save(pair | {f"{LAYER}.lora_B.weight": torch.ones(2, 1)}))
    plain = {"peft_type": "LORA", "task_type": "CAUSAL_LM", "bias": "none", "r": 1, "target_modules": ["q_proj"]}
    (folder / CONFIG).write_text(json.dumps(plain))
    sums = (job.vault.sha256(folder / WEIGHTS), sha256_of(folder / CONFIG))
    data = content_hash(training_rows)
    write_manifest(folder, Manifest(job.name, BASE, data, *sums, len(training_rows), {}, {}, METRICS))
    return TrainedAdapter(job.name, str(folder), sums[0], BASE, METRICS)
