"""Train an adapter of the standard model on twenty corrections, as the product does, and measure time and memory.

    python -m bench.standard_training --base DIR [--rows 20] [--prompt-tokens 300] [--kept DIR] [--upper-layers N]

A simulated learner (`bench.style_learners`) corrects answers to prompts of about 300 tokens: the passage that answers
the question, and others. `seconds` tells where the time goes, `cpu_seconds` how much of both cores it took, which other
programs change little; `peak_memory_mb` is that of the trainer's process. With `--kept` the results of the base, which
are the same for every training, are read from an earlier run. Five minutes on two idle cores.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import resource
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")


from adapters import gate
from adapters.base_model import load_tokenizer
from adapters.dataset import encode_row, write_rows
from adapters.records import ChatMessage, TrainingJob, TrainingProgress, TrainingRow
from bench.instruction_sets import instructions_used
from bench.retrieval_corpora import commit, hardware
from bench.style_learners import STYLES, Fact, Style, training_facts
from tutor.chat import prompts
from tutor.chat.context_window import PromptPassage
from tutor.engine.files import sha256_of
from tutor.engine.kernels.int8_rows import Int8Rows
from tutor.engine.model_files import base_hash
from tutor.tuning.recipes import UPPER_LAYERS_RECIPE
from tutor.tuning.trainer_main import train_any_base


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", type=Path, required=True, help="folder of the standard model")
    parser.add_argument("--rows", type=int, default=20)
    parser.add_argument("--prompt-tokens", type=int, default=300)
    parser.add_argument("--kept", type=Path, help="folder for the results of the base; without it they are computed")
    parser.add_argument("--upper-layers", type=int, default=UPPER_LAYERS_RECIPE.upper_layers)
    parser.add_argument("--learning-rate", type=float, default=UPPER_LAYERS_RECIPE.learning_rate)
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        result = {"benchmark": "standard_training", "hardware": hardware(), "commit": commit()}
        result |= measure(arguments, Path(folder))
    if arguments.out:
        arguments.out.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(result, ensure_ascii=False))


def measure(arguments: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Train once and return the figures."""
    tokenizer = load_tokenizer(arguments.base)
    rows = long_rows(arguments.rows, STYLES[0], tokenizer, arguments.prompt_tokens)
    write_rows(folder / "rows.jsonl", rows)
    lengths = [encode_row(row, tokenizer, 4096) for row in rows]
    recipe = dataclasses.replace(
        UPPER_LAYERS_RECIPE, upper_layers=arguments.upper_layers, learning_rate=arguments.learning_rate
    )
    job = TrainingJob(
        directory=str(folder),
        base_directory=str(arguments.base.resolve()),
        base_sha256=base_hash([("model.gguf", sha256_of(arguments.base / "model.gguf"))]),
        rows_file=str(folder / "rows.jsonl"),
        name="bench-v1",
        recipe=recipe,
        base_cache_directory=str(arguments.kept.resolve()) if arguments.kept else None,
    )
    seconds: dict[str, float] = {}
    cpu_seconds: dict[str, float] = {}
    stamps = [(time.monotonic(), "starting")]
    cpu_stamps = [0.0]

    def on_progress(progress: TrainingProgress) -> None:
        now, (since, stage) = time.monotonic(), stamps[-1]
        seconds[stage] = seconds.get(stage, 0.0) + now - since
        used = trainer_cpu_s()
        cpu_seconds[stage] = cpu_seconds.get(stage, 0.0) + used - cpu_stamps[-1]
        cpu_stamps.append(used)
        stamps.append((now, progress.stage if progress.step or progress.stage != "checking" else "base"))
        if progress.stage != "preparing":
            print(f"{now - stamps[0][0]:6.1f} s", progress, flush=True)

    trained = train_any_base(job, on_progress, lambda: False)
    last = stamps[-1][1]
    seconds[last] = seconds.get(last, 0.0) + time.monotonic() - stamps[-1][0]
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_seconds[last] = cpu_seconds.get(last, 0.0) + ended.ru_utime + ended.ru_stime - cpu_stamps[-1]
    decision = gate.decide_from_metrics(trained.metrics)
    report = json.loads((Path(trained.directory) / "card.json").read_text("utf-8"))
    return {
        "rows": len(rows),
        "prompt_tokens": round(sum(len(one.prompt) for one in lengths) / len(lengths)),
        "answer_tokens": round(sum(len(one.answer) for one in lengths) / len(lengths)),
        "recipe": dataclasses.asdict(recipe),
        "total_s": round(time.monotonic() - stamps[0][0], 1),
        "kernel": Int8Rows.name,
        "isa": instructions_used("machine"),
        "load": list(os.getloadavg()),
        "cpu_s": round(sum(cpu_seconds.values()), 1),
        "cpu_seconds": {stage: round(value, 1) for stage, value in cpu_seconds.items()},
        "seconds": {stage: round(value, 1) for stage, value in seconds.items()},
        "peak_memory_mb": trained.metrics["memory_mb"],
        "promoted": decision.promote,
        "reasons": decision.reasons,
        "metrics": {name: round(value, 4) for name, value in trained.metrics.items()},
        "answers": report["answers"][:4],
    }


def trainer_cpu_s() -> float:
    """Return the CPU seconds of the children of this process, which run."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has ended
        if int(fields[1]) == os.getpid():
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def long_rows(count: int, style: Style, tokenizer: Any, tokens: int) -> list[TrainingRow]:
    """Return corrections with prompts of about `tokens` tokens."""
    facts = training_facts(count + 20)
    return [_long_row(fact, facts[number + 1 :], style, tokenizer, tokens) for number, fact in enumerate(facts[:count])]


def _long_row(fact: Fact, others: Sequence[Fact], style: Style, tokenizer: Any, tokens: int) -> TrainingRow:
    texts = [fact.passage]
    for other in others:
        row = _row(fact, texts, style)
        if len(encode_row(row, tokenizer, 4096).prompt) >= tokens:
            return row
        texts.append(other.passage)
    return _row(fact, texts, style)


def _row(fact: Fact, texts: Sequence[str], style: Style) -> TrainingRow:
    passages = tuple(PromptPassage(f"p{n}", "Course notes", "", text) for n, text in enumerate(texts, start=1))
    rendered = prompts.load_prompt("answer", "en").render(passages=passages, question=fact.question)
    messages = tuple(ChatMessage(role, text) for role, text in rendered)  # type: ignore[arg-type]
    return TrainingRow(f"{style.name}-{fact.term}", (*messages, ChatMessage("assistant", style.write(fact))))


if __name__ == "__main__":
    main()
