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

from adapters.dataset import Example, content_hash, distinct, encode, read_pairs, read_rows, split
from adapters.errors import AdapterDamaged, AdapterError, TrainingRefused
from adapters.files import CARD, CHECKPOINT, CONFIG, WEIGHTS, publish, sha256_of, write_manifest
from adapters.records import (
    Manifest,
    Point,
    PreferenceRow,
    Recipe,
    TrainedAdapter,
    TrainingJob,
    TrainingProgress,
    TrainingRow,
)
from adapters.registry import verify
from adapters.warm_start import Beginning, beginning

if TYPE_CHECKING:
    from adapters.base_eval_cache import Baseline
    from adapters.checkpoints import Checkpoints
    from adapters.evaluation import Common, Exam, Sheet
    from adapters.training_loop import Fitted

Report = Callable[[TrainingProgress], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a job comes to before a model is loaded: who learns what, and what is examined."""

    rows: tuple[TrainingRow, ...]
    to_learn: Sequence[TrainingRow]
    to_check: Sequence[TrainingRow]
    start: Beginning
    learn: Sequence[Example]  # of the rows of `start`
    check: Sequence[Example]
    tokenizer: Any
    exam: Exam


@dataclass(frozen=True, slots=True)
class Learnt:
    """An adapter in memory, and how it came about."""

    model: Any
    fitted: Fitted
    strength: float


def train(job: TrainingJob, report: Report) -> TrainedAdapter:
    """Do the job. Raises an AdapterError whose message says what is wrong and what would help."""
    from adapters import base_model, lora

    rows = usable_rows(job)
    report(TrainingProgress("loading", 0, 1))
    plan = planned(job, rows, base_model.load_tokenizer(Path(job.base_directory)))
    model = base_model.load_base(Path(job.base_directory))
    report(TrainingProgress("checking", 0, 2))
    asked = baseline_of(job, model, plan)
    before = current = plan.exam.sit(model, asked.common)
    if job.current:
        adapted = lora.attach_previous(model, Path(job.current), trainable=False)
        current, model = plan.exam.sit(adapted, common_of(job)), adapted.unload()
    learnt = _learnt(job, plan, model, asked, report)
    report(TrainingProgress("saving", 0, 1))
    temporary = _fresh(Path(job.directory) / "adapter.tmp")
    lora.save(learnt.model, temporary)
    report(TrainingProgress("checking", 1, 2))
    reopened = lora.reopen(learnt.model, temporary)
    metrics = _examined(job, plan, learnt, (before, current, plan.exam.sit(reopened)), temporary)
    metrics["largest_change"] = lora.largest_change(reopened, plan.learn[0])
    return _published(job, temporary, rows, metrics)


def planned(job: TrainingJob, rows: tuple[TrainingRow, ...], tokenizer: Any) -> Plan:
    """Return what there is to learn and to examine, as tokens; raises TrainingRefused when a row is too long."""
    from adapters.evaluation import Exam

    def encoded(some: Sequence[TrainingRow]) -> list[Example]:
        return [encode(row, tokenizer, job.recipe.max_tokens) for row in some]

    to_learn, to_check = sides(rows, job.recipe)
    start, check = beginning(to_learn, to_check, known_to(job), job.recipe), encoded(to_check)
    exam = Exam(tokenizer, to_check or to_learn, check or encoded(to_learn), len(check))
    return Plan(rows, to_learn, to_check, start, encoded(start.rows), check, tokenizer, exam)


def _learnt(job: TrainingJob, plan: Plan, model: Any, asked: Baseline, report: Report) -> Learnt:
    """Learn the rows, then the pairs if that is asked for, and weaken what told ordinary text too much worse."""
    from adapters import dpo, drift_scaling, kl_regularizer, lora, schedule, tensorboard_logging, training_loop

    held = kl_regularizer.Anchor(model, kl_regularizer.ordinary_examples(plan.tokenizer), likely=asked.likely)
    recipe, track = plan.start.recipe, tensorboard_logging.tracker(job.name)
    training_loop.seed(recipe.seed)
    if job.previous and plan.start.goes_on:
        model = lora.attach_previous(model, Path(job.previous))
    else:
        model = lora.attach(model, recipe, schedule.planned_steps(len(plan.learn), recipe))

    def watch(point: Point) -> None:
        track(point)
        report(TrainingProgress("training", **dataclasses.asdict(point)))

    fitted = training_loop.fit(model, plan.learn, recipe, watch, plan.check, (held,), _checkpoints(job, plan.rows))
    pairs = usable_pairs(job, plan.to_check)
    dpo.prefer(model, plan.tokenizer, pairs, recipe, watch, (held,))
    strength = drift_scaling.Usual(held.watched, asked.watched_loss).restrain(model, recipe.most_drift)
    return Learnt(model, fitted, strength)


def _examined(
    job: TrainingJob, plan: Plan, learnt: Learnt, sheets: tuple[Sheet, Sheet, Sheet], folder: Path
) -> dict[str, float]:
    """Write the card of base, current and candidate into the adapter's folder; return its numbers."""
    from adapters.base_eval_cache import key_of
    from adapters.training_loop import gpu_memory, resident_mb

    card, fitted = plan.exam.card(*sheets), learnt.fitted
    curve = [dataclasses.asdict(point) for point in fitted.curve]
    told = card.to_json() | {"curve": curve, "ended": fitted.ended, "learnt": [row.id for row in plan.to_learn]}
    told |= {"asked": key_of(job.base_sha256), "common": dataclasses.asdict(sheets[2].common)}
    (folder / CARD).write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
    return plan.exam.metrics(card, *sheets) | {
        "rows": float(len(plan.rows)),
        "steps": float(len(fitted.curve)),
        "tokens": float(fitted.tokens),
        "training_s": fitted.seconds,
        "strength": learnt.strength,
        "went_on": float(plan.start.goes_on),
        "memory_mb": float(resident_mb()),
        **gpu_memory(),
    }


def known_to(job: TrainingJob) -> frozenset[str]:
    """Return the ids of the rows that the version to go on from has learnt, itself or before it."""
    if not job.previous or not (Path(job.previous) / CARD).is_file():
        return frozenset()  # of one that does not say what it learnt nothing is taken over
    return frozenset(json.loads((Path(job.previous) / CARD).read_text(encoding="utf-8"))["learnt"])


def common_of(job: TrainingJob) -> Common | None:
    """Return what the version in use made of the common part of the exam when it was let in; None: ask it again."""
    from adapters.base_eval_cache import common_from_json, key_of

    card = Path(job.current or "") / CARD
    if not job.current or not card.is_file():
        return None
    told = json.loads(card.read_text(encoding="utf-8"))
    return common_from_json(told["common"]) if told.get("asked") == key_of(job.base_sha256) else None


def baseline_of(job: TrainingJob, model: Any, plan: Plan) -> Baseline:
    """Return what is known of the base, asking it only what nobody has asked before."""
    from adapters import kl_regularizer, scoring
    from adapters.base_eval_cache import Baseline, kept

    def reckon() -> Baseline:
        ordinary = kl_regularizer.Anchor(model, kl_regularizer.ordinary_examples(plan.tokenizer))
        return Baseline(plan.exam.common(model), scoring.mean_loss(model, ordinary.watched), ordinary.likely)

    return kept(Path(job.kept_directory) if job.kept_directory else None, job.base_sha256, reckon)


def _checkpoints(job: TrainingJob, rows: Sequence[TrainingRow]) -> Checkpoints:
    """Return where this training keeps its checkpoint; a training of the same rows in the same way goes on from it."""
    from adapters.checkpoints import Checkpoints

    what = [content_hash(rows), job.base_sha256, job.previous or "", dataclasses.asdict(job.recipe)]
    fingerprint = hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()
    return Checkpoints(Path(job.directory) / CHECKPOINT, fingerprint, job.recipe.checkpoint_every_s)


def _fresh(directory: Path) -> Path:
    """Return the directory after what a killed training left in it is gone."""
    if directory.is_dir():
        shutil.rmtree(directory)
    return directory


def sides(rows: Sequence[TrainingRow], recipe: Recipe) -> tuple[Sequence[TrainingRow], Sequence[TrainingRow]]:
    """Return the rows to learn and to check on; few rows are all learnt, since each was somebody's wish."""
    learn, check = split(rows, recipe.held_out_share)
    return (learn, check) if len(rows) >= recipe.rows_to_hold_out and learn else (rows, ())


def usable_rows(job: TrainingJob) -> tuple[TrainingRow, ...]:
    """Return the distinct rows of a job; raises TrainingRefused when they are too few."""
    given = read_rows(Path(job.rows_file))
    rows = distinct(given)
    if len(rows) >= job.recipe.minimum_rows:
        return rows
    repeated = f" ({len(given) - len(rows)} more say the same)" if len(given) > len(rows) else ""
    raise TrainingRefused(f"not enough to train: {len(rows)} of {job.recipe.minimum_rows} corrections{repeated}")


def usable_pairs(job: TrainingJob, to_check: Sequence[TrainingRow]) -> tuple[PreferenceRow, ...]:
    """Return the pairs to learn from: none unless asked for, and none on a prompt that the exam is held on."""
    if not (job.pairs_file and job.recipe.preference_steps):
        return ()
    held_out = {row.prompt for row in to_check}
    return tuple(pair for pair in read_pairs(Path(job.pairs_file)) if pair.prompt not in held_out)


def _published(
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
        card_sha256=sha256_of(temporary / CARD),
    )
    write_manifest(temporary, manifest)
    verify(temporary, job.base_sha256)
    final = Path(job.directory) / "adapter"
    publish(temporary, _fresh(final))
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

    def say(kind: str, value: object) -> None:
        lines.write(json.dumps({"kind": kind, "value": value}) + "\n")

    try:
        job = read_job(Path(arguments[0]))
        done = train(job, lambda progress: say("progress", dataclasses.asdict(progress)))
    except AdapterError as error:
        say("refused", {"error": type(error).__name__, "message": str(error)})
        return 1
    except (OSError, SafetensorError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        say("refused", {"error": "TrainerDied", "message": f"the trainer could not read or write a file: {reason}"})
        return 1
    say("trained", dataclasses.asdict(done))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
