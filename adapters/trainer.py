"""The trainer: `python -m adapters.trainer JOB.json`, a process of its own.

It reads a job, trains on a fresh base, writes the adapter, reads the written files back and checks that they change
what the model says. Standard output carries one JSON object a line: progress, and as the last line the result or the
refusal. Whatever libraries print goes to standard error.
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
from adapters.warm_start import StartPlan, plan_start

if TYPE_CHECKING:
    from adapters.base_eval_cache import BaseEval
    from adapters.checkpoints import CheckpointFile
    from adapters.evaluation import EvalResult, EvalSuite, FixedEvalResult
    from adapters.training_loop import FitResult

OnProgress = Callable[[TrainingProgress], None]


@dataclass(frozen=True, slots=True)
class TrainingPlan:
    """What a job comes to before a model is loaded: who learns what, and what is examined."""

    rows: tuple[TrainingRow, ...]
    train_rows: Sequence[TrainingRow]
    held_out_rows: Sequence[TrainingRow]
    start: StartPlan
    train_examples: Sequence[EncodedExample]  # of the rows of `start`
    held_out_examples: Sequence[EncodedExample]
    tokenizer: Any
    suite: EvalSuite


@dataclass(frozen=True, slots=True)
class TrainedModel:
    """An adapter in memory, and how it came about."""

    model: Any
    fit_result: FitResult
    scale: float


def train(job: TrainingJob, on_progress: OnProgress) -> TrainedAdapter:
    """Do the job. Raises an AdapterError whose message says what is wrong and what would help."""
    from adapters import base_model, lora

    rows = usable_rows(job)
    on_progress(TrainingProgress("loading", 0, 1))
    plan = plan_training(job, rows, base_model.load_tokenizer(Path(job.base_directory)))
    model = base_model.load_base(Path(job.base_directory))
    on_progress(TrainingProgress("checking", 0, 2))
    base_eval = load_base_eval(job, model, plan)
    before = current = plan.suite.evaluate(model, base_eval.fixed)
    if job.current:
        adapted = lora.attach_saved(model, Path(job.current), trainable=False)
        current, model = plan.suite.evaluate(adapted, cached_fixed_result(job)), adapted.unload()
    learnt = _train_adapter(job, plan, model, base_eval, on_progress)
    on_progress(TrainingProgress("saving", 0, 1))
    temporary = _clear_directory(Path(job.directory) / "adapter.tmp")
    lora.save(learnt.model, temporary)
    on_progress(TrainingProgress("checking", 1, 2))
    reopened = lora.reload_from_files(learnt.model, temporary)
    metrics = _write_eval_report(job, plan, learnt, (before, current, plan.suite.evaluate(reopened)), temporary)
    metrics["largest_change"] = lora.max_logit_change(reopened, plan.train_examples[0])
    return _publish_adapter(job, temporary, rows, metrics)


def plan_training(job: TrainingJob, rows: tuple[TrainingRow, ...], tokenizer: Any) -> TrainingPlan:
    """Return what there is to learn and to examine, as tokens; raises TrainingRefused when a row is too long."""
    from adapters.evaluation import EvalSuite

    def encoded(some: Sequence[TrainingRow]) -> list[EncodedExample]:
        return [encode_row(row, tokenizer, job.recipe.max_tokens) for row in some]

    to_learn, to_check = split_for_training(rows, job.recipe)
    start, check = plan_start(to_learn, to_check, learned_row_ids(job), job.recipe), encoded(to_check)
    exam = EvalSuite(tokenizer, to_check or to_learn, check or encoded(to_learn), len(check))
    return TrainingPlan(rows, to_learn, to_check, start, encoded(start.rows), check, tokenizer, exam)


def _train_adapter(
    job: TrainingJob, plan: TrainingPlan, model: Any, base_eval: BaseEval, on_progress: OnProgress
) -> TrainedModel:
    """Learn the rows, then the pairs if that is asked for, and weaken what told ordinary text too much worse."""
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
        model, kl_regularizer.load_replay_examples(plan.tokenizer), reference_log_probs=base_eval.reference_log_probs
    )
    recipe, track = plan.start.recipe, tensorboard_logging.tensorboard_logger(job.name)
    torch_runtime.set_seed(recipe.seed)
    if job.previous and plan.start.is_warm_start:
        model = lora.attach_saved(model, Path(job.previous))
    else:
        model = lora.attach_new(model, recipe, schedule.planned_steps(len(plan.train_examples), recipe))

    def on_step(point: StepMetrics) -> None:
        track(point)
        on_progress(TrainingProgress("training", **dataclasses.asdict(point)))

    fitted = training_loop.fit(
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
    strength = drift_scaling.BaseReference(regularizer.monitored, base_eval.monitored_loss).limit_drift(
        model, recipe.most_drift
    )
    return TrainedModel(model, fitted, strength)


def _write_eval_report(
    job: TrainingJob,
    plan: TrainingPlan,
    learnt: TrainedModel,
    results: tuple[EvalResult, EvalResult, EvalResult],
    folder: Path,
) -> dict[str, float]:
    """Write the card of base, current and candidate into the adapter's folder; return its numbers."""
    from adapters.base_eval_cache import cache_key
    from adapters.torch_runtime import peak_gpu_memory, peak_resident_mb

    report, fitted = plan.suite.build_report(*results), learnt.fit_result
    curve = [dataclasses.asdict(point) for point in fitted.curve]
    told = report.to_json() | {
        "curve": curve,
        "ended": fitted.stop_reason,
        "learnt": [row.id for row in plan.train_rows],
    }
    told |= {"asked": cache_key(job.base_sha256), "common": dataclasses.asdict(results[2].fixed)}
    (folder / EVAL_REPORT).write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
    return plan.suite.to_metrics(report, *results) | {
        "rows": float(len(plan.rows)),
        "steps": float(len(fitted.curve)),
        "tokens": float(fitted.tokens),
        "training_s": fitted.seconds,
        "strength": learnt.scale,
        "went_on": float(plan.start.is_warm_start),
        "memory_mb": float(peak_resident_mb()),
        **peak_gpu_memory(),
    }


def learned_row_ids(job: TrainingJob) -> frozenset[str]:
    """Return the ids of the rows that the version to go on from has learnt, itself or before it."""
    if not job.previous or not (Path(job.previous) / EVAL_REPORT).is_file():
        return frozenset()  # of one that does not say what it learnt nothing is taken over
    return frozenset(json.loads((Path(job.previous) / EVAL_REPORT).read_text(encoding="utf-8"))["learnt"])


def cached_fixed_result(job: TrainingJob) -> FixedEvalResult | None:
    """Return what the version in use made of the common part of the exam when it was let in; None: ask it again."""
    from adapters.base_eval_cache import cache_key, fixed_result_from_json

    card = Path(job.current or "") / EVAL_REPORT
    if not job.current or not card.is_file():
        return None
    told = json.loads(card.read_text(encoding="utf-8"))
    return fixed_result_from_json(told["common"]) if told.get("asked") == cache_key(job.base_sha256) else None


def load_base_eval(job: TrainingJob, model: Any, plan: TrainingPlan) -> BaseEval:
    """Return what is known of the base, asking it only what nobody has asked before."""
    from adapters import kl_regularizer, scoring
    from adapters.base_eval_cache import BaseEval, load_or_compute

    def compute() -> BaseEval:
        ordinary = kl_regularizer.KlRegularizer(model, kl_regularizer.load_replay_examples(plan.tokenizer))
        return BaseEval(
            plan.suite.evaluate_fixed(model), scoring.mean_loss(model, ordinary.monitored), ordinary.reference_log_probs
        )

    return load_or_compute(
        Path(job.base_cache_directory) if job.base_cache_directory else None, job.base_sha256, compute
    )


def _open_checkpoint(job: TrainingJob, rows: Sequence[TrainingRow]) -> CheckpointFile:
    """Return where this training keeps its checkpoint; a training of the same rows in the same way goes on from it."""
    from adapters.checkpoints import CheckpointFile

    what = [content_hash(rows), job.base_sha256, job.previous or "", dataclasses.asdict(job.recipe)]
    fingerprint = hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()
    return CheckpointFile(Path(job.directory) / CHECKPOINT, fingerprint, job.recipe.checkpoint_every_s)


def _clear_directory(directory: Path) -> Path:
    """Return the directory after what a killed training left in it is gone."""
    if directory.is_dir():
        shutil.rmtree(directory)
    return directory


def split_for_training(
    rows: Sequence[TrainingRow], recipe: Recipe
) -> tuple[Sequence[TrainingRow], Sequence[TrainingRow]]:
    """Return the rows to learn and to check on; few rows are all learnt, since each was somebody's wish."""
    learn, check = split_held_out(rows, recipe.held_out_share)
    return (learn, check) if len(rows) >= recipe.rows_to_hold_out and learn else (rows, ())


def usable_rows(job: TrainingJob) -> tuple[TrainingRow, ...]:
    """Return the distinct rows of a job; raises TrainingRefused when they are too few."""
    given = read_rows(Path(job.rows_file))
    rows = deduplicate(given)
    if len(rows) >= job.recipe.minimum_rows:
        return rows
    repeated = f" ({len(given) - len(rows)} more say the same)" if len(given) > len(rows) else ""
    raise TrainingRefused(f"not enough to train: {len(rows)} of {job.recipe.minimum_rows} corrections{repeated}")


def usable_pairs(job: TrainingJob, held_out_rows: Sequence[TrainingRow]) -> tuple[PreferencePair, ...]:
    """Return the pairs to learn from: none unless asked for, and none on a prompt that the exam is held on."""
    if not (job.pairs_file and job.recipe.preference_steps):
        return ()
    held_out = {row.prompt for row in held_out_rows}
    return tuple(pair for pair in read_pairs(Path(job.pairs_file)) if pair.prompt not in held_out)


def _publish_adapter(
    job: TrainingJob, temporary: Path, rows: Sequence[TrainingRow], metrics: dict[str, float]
) -> TrainedAdapter:
    """Give checked files their manifest and their name; an adapter without effect gets none."""
    if not metrics["largest_change"] > 0:
        raise AdapterDamaged("the saved adapter does not change what the model says; train again")
    manifest = Manifest(
        name=job.name,
        base_sha256=job.base_sha256,
        data_sha256=content_hash(rows),
        sha256=sha256_of(temporary / WEIGHTS),
        config_sha256=sha256_of(temporary / CONFIG),
        rows=len(rows),
        recipe=dataclasses.asdict(job.recipe),
        versions={name: version(name) for name in ("torch", "transformers", "peft", "bitsandbytes")},
        metrics=metrics,
        card_sha256=sha256_of(temporary / EVAL_REPORT),
    )
    write_manifest(temporary, manifest)
    verify_adapter(temporary, job.base_sha256)
    final = Path(job.directory) / "adapter"
    publish(temporary, _clear_directory(final))
    return TrainedAdapter(job.name, str(final), manifest.sha256, job.base_sha256, manifest.metrics)


def read_job(path: Path) -> TrainingJob:
    """Read a job that `write_job` wrote."""
    value = json.loads(path.read_text(encoding="utf-8"))
    return TrainingJob(**{**value, "recipe": Recipe(**value["recipe"])})


def write_job(path: Path, job: TrainingJob) -> None:
    path.write_text(json.dumps(dataclasses.asdict(job)), encoding="utf-8")


def main(arguments: Sequence[str]) -> int:
    """Train as the job file says; 0 with a result, 1 with a refusal, both as the last line."""
    lines = os.fdopen(os.dup(1), "w", buffering=1, encoding="utf-8")
    os.dup2(2, 1)

    def emit(kind: str, value: object) -> None:
        lines.write(json.dumps({"kind": kind, "value": value}) + "\n")

    try:
        job = read_job(Path(arguments[0]))
        done = train(job, lambda progress: emit("progress", dataclasses.asdict(progress)))
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
