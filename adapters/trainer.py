"""The trainer process: `python -m adapters.trainer JOB.json`.

It reads a job, trains on a freshly loaded base, writes the adapter, reads its files back and checks that they change
the model's output. Standard output has one JSON object per line: progress, and finally the result or the error.
Everything that libraries print goes to standard error.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from safetensors import SafetensorError

from adapters.dataset import (
    EncodedExample,
    content_hash,
    deduplicate,
    encode_row,
    read_pairs,
    read_rows,
    split_held_out,
)
from adapters.errors import AdapterDamaged, AdapterError, TrainingRefused
from adapters.files import CHECKPOINT, CONFIG, EVAL_REPORT, WEIGHTS, publish, sha256_of, write_manifest
from adapters.records import (
    Manifest,
    PreferencePair,
    Recipe,
    StepMetrics,
    TrainedAdapter,
    TrainingJob,
    TrainingProgress,
    TrainingRow,
)
from adapters.registry import verify_adapter
from adapters.vault import CLEAR, Vault
from adapters.warm_start import StartPlan, plan_start

if TYPE_CHECKING:
    from adapters.base_eval_cache import BaseEval
    from adapters.checkpoints import CheckpointFile
    from adapters.evaluation import EvalResult, EvalSuite, FixedEvalResult
    from adapters.training_loop import FitResult

KEY_ON_STDIN = "--key-on-stdin"
OnProgress = Callable[[TrainingProgress], None]
LoadBase = Callable[[Path, Recipe], Any]


@dataclass(frozen=True, slots=True)
class TrainingPlan:
    """The data of a job, prepared before a model is loaded."""

    rows: tuple[TrainingRow, ...]
    train_rows: Sequence[TrainingRow]
    held_out_rows: Sequence[TrainingRow]
    start: StartPlan
    train_examples: Sequence[EncodedExample]  # of `start.rows`
    held_out_examples: Sequence[EncodedExample]
    replay_examples: Sequence[EncodedExample]
    tokenizer: Any
    suite: EvalSuite

    @property
    def examples(self) -> tuple[EncodedExample, ...]:
        """All rows whose losses are computed."""
        trained = (*self.train_examples, *self.replay_examples)
        return (*trained, *self.suite.corrections, *self.suite.general)


@dataclass(frozen=True, slots=True)
class TrainedModel:
    """A model with its trained adapter, and the course of the training."""

    model: Any
    fit_result: FitResult
    scale: float


def load_safetensors_base(directory: Path, _recipe: Recipe) -> Any:
    """Return the base of a folder of safetensors."""
    from adapters import base_model

    return base_model.load_base(directory)


def train(job: TrainingJob, on_progress: OnProgress, load_base: LoadBase = load_safetensors_base) -> TrainedAdapter:
    """Run the job and return the adapter; `load_base` loads the model of a folder for a recipe.

    Raises an AdapterError that says what is wrong and what to do.
    """
    from adapters import base_model, lora, upper_layers

    rows = usable_rows(job)
    on_progress(TrainingProgress("loading", 0, 1))
    plan = plan_training(job, rows, base_model.load_tokenizer(Path(job.base_directory)))
    model = load_base(Path(job.base_directory), job.recipe)
    questions = [question.example for question in plan.suite.questions]
    upper_layers.read_rows(
        model, plan.examples, questions, lambda done, all_: on_progress(TrainingProgress("preparing", done, all_))
    )
    on_progress(TrainingProgress("checking", 0, 2))
    base_eval = load_base_eval(job, model, plan)
    before = current = plan.suite.evaluate(model, base_eval.fixed)
    if job.current:
        adapted = lora.attach_saved(model, Path(job.current), trainable=False, vault=job.vault)
        current, model = plan.suite.evaluate(adapted, cached_fixed_result(job)), adapted.unload()
    trained = _train_adapter(job, plan, model, base_eval, on_progress)
    on_progress(TrainingProgress("saving", 0, 1))
    temporary = _clear_directory(Path(job.directory) / "adapter.tmp")
    lora.save(trained.model, temporary, job.vault)
    on_progress(TrainingProgress("checking", 1, 2))
    reopened = lora.reload_from_files(trained.model, temporary, job.vault)
    metrics = _write_eval_report(job, plan, trained, (before, current, plan.suite.evaluate(reopened)), temporary)
    metrics["largest_change"] = lora.max_logit_change(reopened, plan.train_examples[0])
    return _publish_adapter(job, temporary, rows, metrics)


def plan_training(job: TrainingJob, rows: tuple[TrainingRow, ...], tokenizer: Any) -> TrainingPlan:
    """Return the rows to train and to evaluate on, as tokens. Raises TrainingRefused when a row is too long."""
    from adapters.evaluation import EvalSuite
    from adapters.kl_regularizer import load_replay_examples

    def encode(some_rows: Sequence[TrainingRow]) -> list[EncodedExample]:
        return [encode_row(row, tokenizer, job.recipe.max_tokens) for row in some_rows]

    train_rows, held_out_rows = split_for_training(rows, job.recipe)
    start, held_out = plan_start(train_rows, learned_row_ids(job), job.recipe), encode(held_out_rows)
    suite = EvalSuite(tokenizer, held_out_rows or train_rows, held_out or encode(train_rows), len(held_out))
    return TrainingPlan(
        rows=rows,
        train_rows=train_rows,
        held_out_rows=held_out_rows,
        start=start,
        train_examples=encode(start.rows),
        held_out_examples=held_out,
        replay_examples=load_replay_examples(tokenizer),
        tokenizer=tokenizer,
        suite=suite,
    )


def _train_adapter(
    job: TrainingJob, plan: TrainingPlan, model: Any, base_eval: BaseEval, on_progress: OnProgress
) -> TrainedModel:
    """Train on the rows, then on the pairs if the recipe says so, and scale the adapter down if it drifted too far."""
    from adapters import (
        dpo,
        drift_scaling,
        kl_regularizer,
        lora,
        schedule,
        tensorboard_logging,
        torch_runtime,
        training_loop,
    )

    regularizer = kl_regularizer.KlRegularizer(
        model, plan.replay_examples, reference_log_probs=base_eval.reference_log_probs
    )
    recipe, log_step = plan.start.recipe, tensorboard_logging.tensorboard_logger(job.name)
    torch_runtime.set_seed(recipe.seed)
    if job.previous and plan.start.is_warm_start:
        model = lora.attach_saved(model, Path(job.previous), vault=job.vault)
    else:
        model = lora.attach_new(model, recipe, schedule.planned_steps(len(plan.train_examples), recipe))

    def on_step(point: StepMetrics) -> None:
        log_step(point)
        on_progress(TrainingProgress("training", **dataclasses.asdict(point)))

    fit_result = training_loop.fit(
        model,
        plan.train_examples,
        recipe,
        on_step,
        plan.held_out_examples,
        (regularizer,),
        _open_checkpoint(job, plan.rows),
    )
    pairs = usable_pairs(job, plan.held_out_rows)
    dpo.train_dpo(model, plan.tokenizer, pairs, recipe, on_step, (regularizer,))
    scale = drift_scaling.BaseReference(regularizer.monitored, base_eval.monitored_loss).limit_drift(
        model, recipe.most_drift
    )
    return TrainedModel(model, fit_result, scale)


def _write_eval_report(
    job: TrainingJob,
    plan: TrainingPlan,
    trained: TrainedModel,
    results: tuple[EvalResult, EvalResult, EvalResult],
    folder: Path,
) -> dict[str, float]:
    """Write the eval report of base, active and candidate model into the adapter's folder; return its metrics."""
    from adapters.base_eval_cache import cache_key
    from adapters.torch_runtime import peak_gpu_memory, peak_resident_mb

    report, fit_result = plan.suite.build_report(*results), trained.fit_result
    content = report.to_json() | {
        "curve": [dataclasses.asdict(point) for point in fit_result.curve],
        "ended": fit_result.stop_reason,
        "learnt": [row.id for row in plan.train_rows],
        "asked": cache_key(job.base_sha256),
        "common": dataclasses.asdict(results[2].fixed),
    }
    job.vault.write(folder / EVAL_REPORT, json.dumps(content, ensure_ascii=False).encode())
    return plan.suite.to_metrics(report, *results) | {
        "rows": float(len(plan.rows)),
        "steps": float(len(fit_result.curve)),
        "tokens": float(fit_result.tokens),
        "training_s": fit_result.seconds,
        "strength": trained.scale,
        "went_on": float(plan.start.is_warm_start),
        "memory_mb": float(peak_resident_mb()),
        **peak_gpu_memory(),
    }


def learned_row_ids(job: TrainingJob) -> frozenset[str]:
    """Return the ids of the rows that the previous version or those before it were trained on."""
    if not job.previous or not (Path(job.previous) / EVAL_REPORT).is_file():
        return frozenset()  # without its report, the previous version is not used
    return frozenset(json.loads(job.vault.read(Path(job.previous) / EVAL_REPORT))["learnt"])


def cached_fixed_result(job: TrainingJob) -> FixedEvalResult | None:
    """Return the stored result of the active version on the fixed part of the eval suite; None if it is not valid."""
    from adapters.base_eval_cache import cache_key, fixed_result_from_json

    file = Path(job.current or "") / EVAL_REPORT
    if not job.current or not file.is_file():
        return None
    content = json.loads(job.vault.read(file))
    return fixed_result_from_json(content["common"]) if content.get("asked") == cache_key(job.base_sha256) else None


def load_base_eval(job: TrainingJob, model: Any, plan: TrainingPlan) -> BaseEval:
    """Return the results of the base, from the cache if they are there."""
    from adapters import kl_regularizer, scoring
    from adapters.base_eval_cache import BaseEval, load_or_compute

    def compute() -> BaseEval:
        regularizer = kl_regularizer.KlRegularizer(model, plan.replay_examples)
        fixed, monitored_loss = plan.suite.evaluate_fixed(model), scoring.mean_loss(model, regularizer.monitored)
        return BaseEval(fixed, monitored_loss, regularizer.reference_log_probs)

    return load_or_compute(
        Path(job.base_cache_directory) if job.base_cache_directory else None, job.base_sha256, compute
    )


def _open_checkpoint(job: TrainingJob, rows: Sequence[TrainingRow]) -> CheckpointFile:
    """Return the checkpoint file; a training with the same rows, base, start and recipe resumes from it."""
    from adapters.checkpoints import CheckpointFile

    parts = [content_hash(rows), job.base_sha256, job.previous or "", dataclasses.asdict(job.recipe)]
    fingerprint = hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
    return CheckpointFile(Path(job.directory) / CHECKPOINT, fingerprint, job.recipe.checkpoint_every_s, job.vault)


def _clear_directory(directory: Path) -> Path:
    """Delete the directory that a killed training may have left; return its path."""
    if directory.is_dir():
        shutil.rmtree(directory)
    return directory


def split_for_training(
    rows: Sequence[TrainingRow], recipe: Recipe
) -> tuple[Sequence[TrainingRow], Sequence[TrainingRow]]:
    """Return the rows to train on and the held-out rows; with few rows, none is held out."""
    train_rows, held_out_rows = split_held_out(rows, recipe.held_out_share)
    return (train_rows, held_out_rows) if len(rows) >= recipe.rows_to_hold_out and train_rows else (rows, ())


def usable_rows(job: TrainingJob) -> tuple[TrainingRow, ...]:
    """Return the distinct rows of a job. Raises TrainingRefused when they are too few."""
    given = read_rows(Path(job.rows_file), job.vault)
    rows = deduplicate(given)
    if len(rows) >= job.recipe.minimum_rows:
        return rows
    repeated = f" ({len(given) - len(rows)} duplicates)" if len(given) > len(rows) else ""
    raise TrainingRefused(
        f"not enough to train: {len(rows)} of {job.recipe.minimum_rows} corrections{repeated}; write some more"
    )


def usable_pairs(job: TrainingJob, held_out_rows: Sequence[TrainingRow]) -> tuple[PreferencePair, ...]:
    """Return the pairs for DPO: none unless the recipe says so, and none with the prompt of a held-out row."""
    if not (job.pairs_file and job.recipe.preference_steps):
        return ()
    held_out = {row.prompt for row in held_out_rows}
    return tuple(pair for pair in read_pairs(Path(job.pairs_file), job.vault) if pair.prompt not in held_out)


def _publish_adapter(
    job: TrainingJob, temporary: Path, rows: Sequence[TrainingRow], metrics: dict[str, float]
) -> TrainedAdapter:
    """Write the manifest and publish the adapter. Raises AdapterDamaged if it has no effect."""
    if not metrics["largest_change"] > 0:
        raise AdapterDamaged("the saved adapter does not change the model's output; train again")
    manifest = Manifest(
        name=job.name,
        base_sha256=job.base_sha256,
        data_sha256=content_hash(rows),
        sha256=job.vault.sha256(temporary / WEIGHTS),
        config_sha256=sha256_of(temporary / CONFIG),
        rows=len(rows),
        recipe=dataclasses.asdict(job.recipe),
        versions={name: version(name) for name in ("torch", "transformers", "peft", "bitsandbytes")},
        metrics=metrics,
        card_sha256=job.vault.sha256(temporary / EVAL_REPORT),
    )
    write_manifest(temporary, manifest)
    verify_adapter(temporary, job.base_sha256, vault=job.vault)
    final = Path(job.directory) / "adapter"
    publish(temporary, _clear_directory(final))
    return TrainedAdapter(job.name, str(final), manifest.sha256, job.base_sha256, manifest.metrics)


def read_job(path: Path, vault: Vault = CLEAR) -> TrainingJob:
    """Return the job of a file that `write_job` wrote."""
    value = json.loads(path.read_text(encoding="utf-8"))
    return TrainingJob(**{**value, "recipe": Recipe(**value["recipe"]), "vault": vault})


def write_job(path: Path, job: TrainingJob) -> None:
    """Write a job without the key of its vault."""
    value = dataclasses.asdict(job)
    del value["vault"]
    path.write_text(json.dumps(value), encoding="utf-8")


def main(arguments: Sequence[str], load_base: LoadBase = load_safetensors_base) -> int:
    """Run the job file; return 0 with the result as the last line, or 1 with the error.

    With KEY_ON_STDIN as the second argument, the key of the job's files is read from standard input.
    """
    lines = os.fdopen(os.dup(1), "w", buffering=1, encoding="utf-8")
    os.dup2(2, 1)

    def emit(kind: str, value: object) -> None:
        lines.write(json.dumps({"kind": kind, "value": value}) + "\n")

    try:
        vault = Vault(sys.stdin.buffer.read()) if KEY_ON_STDIN in arguments else CLEAR
        job = read_job(Path(arguments[0]), vault)
        done = train(job, lambda progress: emit("progress", dataclasses.asdict(progress)), load_base)
    except AdapterError as error:
        emit("refused", {"error": type(error).__name__, "message": str(error)})
        return 1
    except (OSError, SafetensorError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        emit("refused", {"error": "TrainerDied", "message": f"the trainer could not read or write a file: {reason}"})
        return 1
    emit("trained", dataclasses.asdict(done))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
