"""Compare our training loop with a plain `trl` QLoRA run: same rows, 4-bit base, LoRA, batches and steps.

    python -m bench.training --base DIR [--steps 8] [--with FOLDER]

Each side runs in its own process. The product does not need `trl`; install it in a folder (`pip install --target
FOLDER trl datasets ...`) and pass that folder. Tokens are those of prompts and answers; figures are per CPU second,
because the machine may be shared, and per second. Loading the base and the first step, which warms up, are left out on
both sides. Some minutes.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")

from adapters.dataset import encode_row
from adapters.records import Recipe, StepMetrics
from bench.retrieval_corpora import commit, hardware
from bench.style_learners import STYLES, correction, training_facts

SIDES = ("ours", "ours anchored", "trl")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", type=Path, required=True, help="folder of the converted bundled model")
    parser.add_argument("--steps", type=int, default=8)
    parser.add_argument("--with", dest="packages", default="", help="folder in which trl is installed")
    parser.add_argument("--side", choices=SIDES)
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    if arguments.side:
        print(json.dumps(run(arguments.side, arguments.base, arguments.steps)))
        return
    found = {side: _run_in_subprocess(side, arguments) for side in SIDES}
    result = {"benchmark": "training", "hardware": hardware(), "model": arguments.base.name, "commit": commit()} | found
    result["ratio"] = round(found["ours"]["tokens_per_cpu_s"] / found["trl"]["tokens_per_cpu_s"], 2)
    result["ratio_anchored"] = round(found["ours anchored"]["tokens_per_cpu_s"] / found["trl"]["tokens_per_cpu_s"], 2)
    if arguments.out:
        arguments.out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(result))


def _run_in_subprocess(side: str, arguments: argparse.Namespace) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.training", "--base", str(arguments.base), "--side", side]
    paths = os.pathsep.join(filter(None, [os.environ.get("PYTHONPATH", ""), arguments.packages]))
    done = subprocess.run(
        [*command, "--steps", str(arguments.steps)],
        env=os.environ | {"PYTHONPATH": paths},
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    print(side, done.stdout.splitlines()[-1], flush=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def run(side: str, directory: Path, steps: int) -> dict[str, Any]:
    """Train for some steps and return their cost."""
    from adapters import base_model, torch_runtime

    recipe = Recipe(max_steps=steps, epochs=100, target_loss=0.0, batch_size=2)
    tokenizer = base_model.load_tokenizer(directory)
    rows = [correction(fact, STYLES[0]) for fact in training_facts(20)]
    examples = [encode_row(row, tokenizer, recipe.max_tokens) for row in rows]
    stamps: list[tuple[float, float]] = []

    def stamp() -> None:
        stamps.append((time.process_time(), time.monotonic()))

    torch_runtime.set_seed(recipe.seed)
    if side == "trl":
        loss = _train_trl(directory, tokenizer, rows, recipe, stamp)
    else:
        loss = _train_product(directory, tokenizer, examples, recipe, stamp, anchored=side != "ours")
    (cpu, clock), (cpu_end, clock_end) = stamps[0], stamps[-1]
    tokens = (len(stamps) - 1) * recipe.batch_size * sum(map(len, examples)) / len(examples)
    return {
        "tokens_per_cpu_s": round(tokens / (cpu_end - cpu), 1),
        "tokens_per_s": round(tokens / (clock_end - clock), 1),
        "peak_memory_mb": torch_runtime.peak_resident_mb(),
        "last_loss": round(loss, 4),
    }


def _train_product(
    directory: Path, tokenizer: Any, examples: Any, recipe: Recipe, stamp: Any, *, anchored: bool
) -> float:
    from adapters import base_model, kl_regularizer, lora, training_loop

    model = base_model.load_base(directory)
    anchors = (kl_regularizer.KlRegularizer(model, kl_regularizer.load_replay_examples(tokenizer)),) if anchored else ()
    fitted = training_loop.fit(
        lora.attach_new(model, recipe), examples, recipe, lambda point: stamp(), regularizers=anchors
    )
    last: StepMetrics = fitted.curve[-1]
    return last.loss


def _train_trl(directory: Path, tokenizer: Any, rows: Any, recipe: Recipe, stamp: Any) -> float:
    from datasets import Dataset  # type: ignore[import-not-found]
    from datasets.table import InMemoryTable  # type: ignore[import-not-found]
    from peft import LoraConfig
    from transformers import TrainerCallback
    from trl import SFTConfig, SFTTrainer  # type: ignore[import-not-found]

    from adapters import base_model, lora

    class Stamp(TrainerCallback):
        def on_step_end(self, *event: Any, **more: Any) -> None:
            stamp()

    def as_dicts(messages: Any) -> list[dict[str, str]]:
        return [{"role": m.role, "content": m.content} for m in messages]

    model = base_model.load_base(directory, max_dequantized_bytes=0)  # QLoRA; our loop chooses for itself
    pairs = [{"prompt": as_dicts(r.prompt), "completion": as_dicts(r.messages[-1:])} for r in rows]
    # from_list pickles pyarrow types to name the data set, which fails for some pairs of versions
    data = Dataset(InMemoryTable.from_pylist(pairs), fingerprint="corrections")
    config = SFTConfig(
        output_dir="/tmp/trl-run",
        max_steps=recipe.max_steps,
        per_device_train_batch_size=recipe.batch_size,
        learning_rate=recipe.learning_rate,
        lr_scheduler_type="cosine",
        warmup_steps=1,
        max_length=recipe.max_tokens,
        gradient_checkpointing=False,
        bf16=False,
        use_cpu=True,
        logging_steps=1,
        save_strategy="no",
        report_to="none",
        seed=recipe.seed,
        dataloader_num_workers=0,
    )
    lora_config = LoraConfig(
        r=recipe.rank, lora_alpha=recipe.alpha, target_modules=lora.find_target_modules(model), task_type="CAUSAL_LM"
    )
    trainer = SFTTrainer(
        model=model,
        args=config,
        train_dataset=data,
        processing_class=tokenizer,
        peft_config=lora_config,
        callbacks=[Stamp()],
    )
    trainer.train()
    return float([entry["loss"] for entry in trainer.state.log_history if "loss" in entry][-1])


if __name__ == "__main__":
    main()
