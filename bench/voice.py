"""Measure the voice of the standard model on this machine: how soon it speaks, how fast, and how true to its file.

    python -m bench.voice --out bench/results/voice.json
    python -m bench.voice --isa avx2 --out bench/results/voice_avx2.json     as on a CPU without AVX-512
    python -m bench.voice --kernels int8-rows --text FILE                    one kernel, judged on texts of yours
    python -m bench.voice --parts DIR --out FILE                             ended early, it goes on where it was

Each variant runs in a process of its own. `int8-rows` and `int4-groups` are the engine of the product with that
kernel, `small` is the engine with the small model in NF4, the default before, and `transformers` the same weights in
fp32, decoded by transformers alone. Wall times. `first_token_s` is for a prompt of 300 tokens of which nothing is
cached, `first_token_warm_s` for one whose first 240 are (instructions and course), `class_of_8_tokens_per_s` for 8
learners with 8 adapters on the layers that the product trains (`class_of_8_all_layers_tokens_per_s`: on every layer),
`rss_gb` the most memory up to there. `accuracy` compares each kernel with fp32 on texts that no kernel was tuned on:
perplexity, and the share of positions with the same likeliest token. `bounds` are tokens per second from the bandwidth
of memory, and seconds of a first token from the rate of integer products. Nothing else should run.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from bench.instruction_sets import AVX2
from bench.retrieval_corpora import commit, hardware
from tutor.platform.openmp import WAIT_POLICY

KERNELS = ("int8-rows", "int4-groups")
OTHERS = ("small", "transformers")
GOALS = {"first_token_s": 4.0, "first_token_warm_s": 2.5, "tokens_per_s": 8.0, "class_of_8_tokens_per_s": 30.0}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kernels", default=",".join((*KERNELS, *OTHERS)))
    parser.add_argument("--isa", choices=["machine", "avx2"], default="machine")
    parser.add_argument("--data-dir", type=Path, default=Path("var"))
    parser.add_argument(
        "--text", type=Path, help="texts for `accuracy`, separated by lines of ====; default: our course"
    )
    parser.add_argument(
        "--no-accuracy", action="store_true", help="leave out the comparison with fp32, which takes long"
    )
    parser.add_argument("--parts", type=Path, help="folder that keeps what each part has measured for the next run")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    run = {"hardware": hardware(), "commit": commit()}
    parts = {name: _run_part("speed", name, options) for name in options.kernels.split(",")}
    accuracy = {} if options.no_accuracy else _compare_with_fp32(options)
    result = run | summarize(parts, accuracy, options.isa)
    if options.out:
        options.out.write_text(json.dumps(result, indent=1) + "\n")
    print(json.dumps(result))


def summarize(parts: dict[str, dict[str, Any]], accuracy: dict[str, Any], isa: str) -> dict[str, Any]:
    """Return the figures of the fastest kernel of the product, and those of all."""
    own = {name: part for name, part in parts.items() if name in KERNELS and "tokens_per_s" in part}
    best = max(own, key=lambda name: own[name]["tokens_per_s"] / own[name]["first_token_s"])
    met = {name: _meets(own[best][name], goal) for name, goal in GOALS.items()} if isa == "avx2" else {}
    return {**own[best], "kernels": parts, "accuracy": accuracy, "goals_met": met}


def _meets(figure: float, goal: float) -> bool:
    return figure <= goal if goal in (GOALS["first_token_s"], GOALS["first_token_warm_s"]) else figure >= goal


def _compare_with_fp32(options: argparse.Namespace) -> dict[str, Any]:
    names = [name for name in options.kernels.split(",") if name in KERNELS]
    read = {name: _run_part("accuracy", name, options) for name in ("fp32", *names)}
    reference = read["fp32"]["likeliest"]
    return {
        name: {
            "perplexity": found["perplexity"],
            "tokens": len(reference),
            "same_token_as_fp32": round(
                sum(a == b for a, b in zip(found["likeliest"], reference, strict=True)) / len(reference), 4
            ),
        }
        for name, found in read.items()
    }


def _run_part(part: str, kernel: str, options: argparse.Namespace) -> dict[str, Any]:
    """Return the JSON object that a child process prints last, or why the kernel failed."""
    kept = options.parts / f"{part}-{kernel}-{options.isa}.json" if options.parts else None
    if kept and kept.is_file():
        known: dict[str, Any] = json.loads(kept.read_text())
        return known
    command = [sys.executable, "-m", "bench.voice_worker", part, kernel, options.isa, str(options.data_dir)]
    command += [str(options.text)] if options.text else []
    environment = {**os.environ, WAIT_POLICY: "PASSIVE", **(AVX2 if options.isa == "avx2" else {})}  # as in the product
    child = subprocess.run(command, env=environment, capture_output=True, text=True)
    if child.returncode:
        return {"failed": child.stderr.strip().splitlines()[-1]}
    found: dict[str, Any] = json.loads(child.stdout.splitlines()[-1])
    if kept:
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps(found))
    print(f"{part} {kernel}: { ({name: value for name, value in found.items() if name != 'likeliest'}) }", flush=True)
    return found


if __name__ == "__main__":
    main()
