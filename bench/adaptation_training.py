"""Trains the adapters of `bench.adaptation` as the product does, each once; they are kept in a folder."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from adapters import gate
from adapters.dataset import write_rows
from adapters.records import Recipe, TrainedAdapter, TrainingJob
from bench.adaptation_arms import AdapterKey, shuffled_rows
from bench.adaptation_learners import learner_of
from bench.adaptation_runs import Training
from tutor.engine.base import AdapterRef
from tutor.engine.files import sha256_of
from tutor.engine.model_files import ModelFiles
from tutor.tuning.recipes import recipe_for
from tutor.tuning.trainer_main import train_any_base

Train = Callable[[TrainingJob], TrainedAdapter]


def train_in_child(job: TrainingJob) -> TrainedAdapter:
    return train_any_base(job, lambda progress: None, lambda: False)


@dataclass(frozen=True, slots=True)
class AdapterShelf:
    """The adapters in a folder, trained when they are first asked for."""

    files: ModelFiles
    folder: Path
    on_trained: Callable[[AdapterKey, Training], None]
    train: Train = train_in_child

    def get(self, key: AdapterKey) -> AdapterRef:
        """Return an adapter. Raises TrainingRefused with fewer corrections than the product trains on."""
        place = self.folder / key.name
        if not (place / "adapter" / "manifest.json").is_file():
            self._make(key, place)
        weights = place / "adapter" / "adapter_model.safetensors"
        return AdapterRef(key.name, weights.parent, sha256_of(weights), self.files.base_sha256)

    def _make(self, key: AdapterKey, place: Path) -> None:
        place.mkdir(parents=True, exist_ok=True)
        rows = learner_of(key.kind).corrections(key.count)
        write_rows(place / "rows.jsonl", shuffled_rows(rows) if key.shuffled else rows)
        job = TrainingJob(
            directory=str(place),
            base_directory=str(self.files.directory.resolve()),
            base_sha256=self.files.base_sha256,
            rows_file=str(place / "rows.jsonl"),
            name=key.name,
            recipe=recipe_for(self.files, Recipe()),
            base_cache_directory=str((self.folder / ".base").resolve()),
        )
        started = time.monotonic()
        trained = self.train(job)
        seconds = time.monotonic() - started
        self.on_trained(key, _measured(key, trained, seconds))


def _measured(key: AdapterKey, trained: TrainedAdapter, seconds: float) -> Training:
    metrics, decision = trained.metrics, gate.decide_from_metrics(trained.metrics)
    size = sum(file.stat().st_size for file in Path(trained.directory).iterdir())
    return Training(
        kind=key.kind,
        count=key.count,
        shuffled=key.shuffled,
        seconds=round(seconds, 1),
        memory_mb=metrics.get("memory_mb", 0.0),
        megabytes=round(size / 1e6, 2),
        forgetting=round(metrics["general_after"] / metrics["general_before"] - 1, 4),
        promoted=decision.promote,
        reasons=decision.reasons,
    )
