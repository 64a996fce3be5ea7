"""Measure whether an adapter learns its learner's style, from how many corrections, and what it forgets.

    python -m bench.adaptation --base DIR [--learners 5] [--counts 5 10 20 50]

Simulated learners (`bench.style_learners`) write corrections in their style. For each count an adapter is trained as
the product trains it, in its own process. Base and adapter then answer held-out questions, and a rule decides which
answers have the style and keep to the passage. A win is an answer in the style where the base's is not. `strangers` is
the largest share by which an adapter has a style of another learner more often than the base does. Forgetting is the
trainer's measure: the loss on everyday questions relative to the base. Half an hour for all five learners and counts.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import resource
import tempfile
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")

from adapters import trainer_process
from adapters.dataset import encode_row, write_pairs, write_rows
from adapters.records import PreferencePair, Recipe, TrainedAdapter, TrainingJob
from bench.retrieval_corpora import commit, hardware
from bench.style_learners import STYLES, Fact, Style, correction, held_out_facts, is_satisfied, training_facts
from tutor.engine.files import sha256_of
from tutor.engine.model_files import base_hash

MAX_ANSWER_TOKENS = 48


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", type=Path, required=True, help="folder of the converted bundled model")
    parser.add_argument("--learners", type=int, default=len(STYLES))
    parser.add_argument("--tastes", nargs="+", help="only the learners with these styles")
    parser.add_argument("--counts", type=int, nargs="+", default=[5, 10, 20, 50])
    parser.add_argument("--prompts", type=int, default=20, help="held-out questions a learner is asked")
    parser.add_argument(
        "--kept",
        type=Path,
        help="folder for results of the base that never change; without it they are computed each time",
    )
    parser.add_argument("--method", choices=["lora", "adalora"], default="lora")
    parser.add_argument("--learning-rate", type=float, default=Recipe().learning_rate)
    parser.add_argument(
        "--preference-steps",
        type=int,
        default=0,
        help="steps of DPO, which prefers the learner's answers to the base's",
    )
    parser.add_argument("--out", type=Path, help="rows of other learners and counts in this file are preserved")
    arguments = parser.parse_args()
    asked = held_out_facts()[: arguments.prompts]
    answerer = Answerer(arguments.base)
    plain = answerer.answers(asked, None)
    chosen = [t for t in STYLES if not arguments.tastes or t.name in arguments.tastes][: arguments.learners]
    rows = load_earlier_results(arguments, chosen)
    for count, style in ((count, style) for count in arguments.counts for style in chosen):
        with tempfile.TemporaryDirectory() as folder:
            rows.append(measure(arguments, style, count, Path(folder), answerer, asked, plain))
        print(json.dumps(rows[-1], ensure_ascii=False), flush=True)
        result = make_result(arguments, len(asked), rows)
        if arguments.out:
            arguments.out.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(make_result(arguments, len(asked), rows), ensure_ascii=False))


def load_earlier_results(arguments: argparse.Namespace, chosen: list[Style]) -> list[dict[str, Any]]:
    """Return the rows of the output file that are not measured again."""
    if not (arguments.out and arguments.out.exists()):
        return []
    remeasured = {(style.name, count) for style in chosen for count in arguments.counts}
    rows = json.loads(arguments.out.read_text("utf-8"))["rows"]
    return [row for row in rows if (row["learner"], row["count"]) not in remeasured]


def make_result(arguments: argparse.Namespace, prompts: int, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the result so far; it is written after each learner, so an interrupted run has a result too."""
    result: dict[str, Any] = {
        "benchmark": "adaptation",
        "hardware": hardware(),
        "threads": os.environ.get("OMP_NUM_THREADS", "all"),
        "model": arguments.base.name,
        "method": arguments.method,
        "learning_rate": arguments.learning_rate,
        "preference_steps": arguments.preference_steps,
        "commit": commit(),
        "prompts": prompts,
        "rows": rows,
    }
    counts = sorted({row["count"] for row in rows})
    return result | {f"at_{count}": summarize([r for r in rows if r["count"] == count]) for count in counts}


def measure(
    arguments: argparse.Namespace,
    style: Style,
    count: int,
    folder: Path,
    answerer: Answerer,
    asked: tuple[Fact, ...],
    plain: list[str],
) -> dict[str, Any]:
    """Train one learner's adapter and return its figures."""
    recipe = Recipe(
        method=arguments.method,
        learning_rate=arguments.learning_rate,
        preference_steps=arguments.preference_steps,
        time_limit_s=7200.0,
    )
    pairs = preference_rows(answerer, style, count) if recipe.preference_steps else []
    started, cpu = time.monotonic(), _children_cpu_s()
    trained = train_on(arguments.base, style, count, folder, recipe, arguments.kept, pairs)
    seconds, cpu_s = time.monotonic() - started, _children_cpu_s() - cpu
    adapted = answerer.answers(asked, Path(trained.directory))
    metrics = trained.metrics
    return {
        "learner": style.name,
        "count": count,
        "win_rate": win_rate(asked, style, adapted, plain),
        "forgetting": round(metrics["general_after"] / metrics["general_before"] - 1, 4),
        "strangers": max(_match_rate(t, adapted) - _match_rate(t, plain) for t in STYLES if t is not style),
        "strength": metrics["strength"],
        "steps": metrics["steps"],
        "seconds": round(seconds, 1),
        "cpu_s": round(cpu_s, 1),
        "training_s": round(metrics["training_s"], 1),
        "example": adapted[0],
    }


def preference_rows(answerer: Answerer, style: Style, count: int) -> list[PreferencePair]:
    """Return the corrections as preference pairs: each is preferred to the base's answer to the same question."""
    facts = training_facts(count)
    rows = [correction(fact, style) for fact in facts]
    answered = zip(rows, answerer.answers(facts, None), strict=True)
    return [
        PreferencePair(row.id, row.prompt, row.answer, old)
        for row, old in answered
        if old.strip() not in ("", row.answer)
    ]


def train_on(
    base: Path,
    style: Style,
    count: int,
    folder: Path,
    recipe: Recipe,
    base_cache: Path | None,
    pairs: list[PreferencePair],
) -> TrainedAdapter:
    """Train on the learner's first `count` corrections as the product does."""
    write_rows(folder / "rows.jsonl", [correction(fact, style) for fact in training_facts(count)])
    sha256 = base_hash((file.name, sha256_of(file)) for file in base.glob("*.safetensors"))
    job = TrainingJob(str(folder), str(base), sha256, str(folder / "rows.jsonl"), f"{style.name}-v1", recipe)
    if pairs:
        write_pairs(folder / "pairs.jsonl", pairs)
        job = dataclasses.replace(job, pairs_file=str(folder / "pairs.jsonl"))
    job = dataclasses.replace(job, base_cache_directory=str(base_cache) if base_cache else None)
    return trainer_process.train_in_subprocess(job, lambda progress: None, lambda: False)


class Answerer:
    """Answers greedily with the base or with an adapter, on one unquantised model."""

    def __init__(self, directory: Path) -> None:
        from adapters import base_model

        self.tokenizer, self.model = base_model.load_tokenizer(directory), base_model.load_base(directory)

    def answers(self, facts: tuple[Fact, ...], adapter: Path | None) -> list[str]:
        from adapters import lora, scoring

        plain = STYLES[0]  # the prompt only
        prompts = [encode_row(correction(fact, plain), self.tokenizer, 1024) for fact in facts]
        model = lora.attach_saved(self.model, adapter, trainable=False) if adapter else self.model
        decoded = scoring.greedy_decode(model, prompts, self.tokenizer.eos_token_id, MAX_ANSWER_TOKENS)
        if adapter:
            self.model = model.unload()
        return [self.tokenizer.decode(words) for words in decoded]


def win_rate(asked: tuple[Fact, ...], style: Style, adapted: list[str], plain: list[str]) -> float:
    """Return the share of questions where the adapter's answer has the style and the base's does not."""
    won = [
        is_satisfied(f, style, new) and not is_satisfied(f, style, old)
        for f, new, old in zip(asked, adapted, plain, strict=True)
    ]
    return round(sum(won) / len(won), 3)


def _match_rate(style: Style, answers: list[str]) -> float:
    return round(sum(map(style.matches, answers)) / len(answers), 3)


def summarize(rows: list[dict[str, Any]]) -> dict[str, float]:
    """Return the means over learners, and the worst learner for what must not happen."""
    mean = {"learners": len(rows)} | {
        key: round(sum(row[key] for row in rows) / len(rows), 4)
        for key in ("win_rate", "seconds", "cpu_s", "forgetting")
    }
    return mean | {
        "worst_forgetting": max(r["forgetting"] for r in rows),
        "strangers": max(r["strangers"] for r in rows),
    }


def _children_cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
