"""Measure many learners at once: the slot engine against the usual ways to serve adapters, interleaved in one run.

    python -m bench.serving --model bundled --data-dir var --out bench/results/serving.json
    python -m bench.serving --model random100m --out bench/results/serving_random100m.json
    python -m bench.serving --model standard --isa avx2 --parts decode_speed --cells distinct16 --rounds 3
    python -m bench.serving --model tiny --rounds 1 --quick        seconds; the tests run this one

Times are CPU seconds of this process on one thread, the best of several interleaved rounds: other processes on the
machine disturb them less than wall time. Adapters are random, rank 8 on all seven linear layers: speed does not depend
on their values. `base` is the same transformers model without adapters, decoding a static batch of equal prompts;
`vs_own_base` compares with our own engine without adapters, which is the stricter ratio. The names of the mixes:
distinct16 are 16 learners with 16 adapters, zipf8 are 8 learners whose adapters are drawn by Zipf's law, and so on.
Half an hour for the bundled model.

`standard` is the 1.5 B model, and a folder with a GGUF file may be named instead. Its adapters change the layers that
the product trains, or the last `--layers`. PEFT runs it on the kernel that serves (`vs_peft_mixed`, `vs_serial`) and,
as people would without our kernels, in fp32 (`vs_fp32_*`), which takes four bytes a weight.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

import torch

from adapters.records import Recipe
from bench.instruction_sets import instructions_used, use_instructions
from bench.serving_decode import decode_speed
from bench.serving_models import (
    ADAPTERS,
    CONTEXT_TOKENS,
    LEARNERS,
    RANK,
    Bench,
    Step,
    best_ms,
    commit,
    hardware,
    make_runner,
    model_files,
    write_adapters,
)
from tutor.engine.base import AdapterRef, GenerationRequest, Message
from tutor.engine.capacity import EngineCapacity
from tutor.engine.gguf_tensors import GgufWeights
from tutor.engine.kernels.choice import AUTO, choose_kernel
from tutor.engine.local import LocalEngine
from tutor.engine.lora_files import load_adapter
from tutor.engine.model_loading import GGUF_PRECISION, KERNEL_SAMPLE, LoadedModel
from tutor.engine.model_runner import ModelRunner, PrefillInput
from tutor.tuning.recipes import recipe_for


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="bundled", help="bundled, standard, random100m, tiny, or a folder")
    parser.add_argument("--kernel", default=AUTO, help="of a GGUF file")
    parser.add_argument("--isa", choices=["machine", "avx2"], default="machine")
    parser.add_argument("--layers", type=int, help="how many upper layers adapters of a GGUF base change; 0: all")
    parser.add_argument("--cells", default="", help="of decode_speed, such as distinct16,one8; default: all")
    parser.add_argument("--data-dir", type=Path, default=Path("var"))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="fewer learners and shorter answers, to show that it runs")
    parser.add_argument("--parts", default=",".join(PARTS), help="parts to run, in this order")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    use_instructions(options.isa, "bench.serving")
    with tempfile.TemporaryDirectory() as folder:
        bench = open_bench(options, Path(folder))
        result = describe(bench, options.isa)
        print(json.dumps(result), flush=True)
        for name in options.parts.split(","):
            found = PARTS[name](bench)
            print(json.dumps(found), flush=True)
            result |= found
            result["peak_gb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, 1)
            if options.out:  # after each part, so an interrupted run has a result too
                options.out.write_text(json.dumps(result, indent=1) + "\n")
    print(json.dumps(result))


def open_bench(options: argparse.Namespace, folder: Path) -> Bench:
    """Return the set-up that the options ask for; for a GGUF base the kernel is chosen once, for the whole run."""
    files, precision = model_files(options.model, options.data_dir, folder)
    kernel, layers = AUTO, None
    if files.weights_format == "gguf":
        precision = GGUF_PRECISION
        kernel = choose_kernel(options.kernel, lambda: GgufWeights(files.directory).read(KERNEL_SAMPLE)).name
        trained = recipe_for(files, Recipe()).upper_layers
        layers = (trained if options.layers is None else options.layers) or None
    cells = tuple(name for name in options.cells.split(",") if name)
    adapter = write_adapters(files, folder, layers)
    return Bench(files, precision, adapter, options.rounds, options.quick, kernel, layers, cells)


def describe(bench: Bench, isa: str) -> dict[str, Any]:
    """Return what every figure of the run belongs to: machine, instructions, model, kernel and adapters."""
    kernel = bench.kernel if bench.is_gguf else "bitsandbytes" if bench.precision == "nf4" else bench.precision
    changed = "all" if bench.layers is None else f"the last {bench.layers}"
    return {
        "hardware": hardware(),
        "isa": instructions_used(isa),
        "model": bench.files.name,
        "precision": bench.precision,
        "kernel": kernel,
        "adapters": f"rank {RANK} on all linear layers of {changed} decoder layers",
        "context_tokens": CONTEXT_TOKENS,
        "commit": commit(),
        "torch": torch.__version__,
        "rounds": bench.rounds,
        "load": list(os.getloadavg()),
    }


def admission(bench: Bench) -> dict[str, Any]:
    """Measure assigning an adapter in memory to a row, and reading and checking one from disk."""
    loaded = bench.load()
    runner, weights = make_runner(loaded, bench.adapter)
    turn = iter(range(10_000))
    best = best_ms(
        {
            "ram_ms": lambda: runner.bank.set_adapter(0, weights[next(turn) % ADAPTERS]),
            "disk_ms": lambda: load_adapter(bench.adapter, runner.bank.targets, loaded.base_sha256, RANK),
        },
        bench.rounds,
    )
    return {"admission": {name: round(value, 1) for name, value in best.items()}}


def adapter_cache_memory(bench: Bench) -> dict[str, Any]:
    """Measure the memory that remains in use after a thousand learners in sequence, each with a different adapter."""
    cap = 64 << 20
    engine = bench.engine(slots=4, adapter_cache_bytes=cap)
    count = 20 if bench.quick else 1000
    sizes = []
    for n in range(count):
        ref = AdapterRef(f"learner-{n}-v1", bench.adapter.directory, bench.adapter.sha256, bench.adapter.base_sha256)
        engine._load_adapter(ref)
        sizes.append(resident_mb())
    figures = {"count": count, "cap_mb": cap >> 20, "held_mb": round(engine._adapters.bytes / 2**20, 1)}
    engine.close()
    return {
        "known_learners": figures | {"growth_of_the_process_after_the_first_tenth_mb": sizes[-1] - sizes[count // 10]}
    }


def resident_mb() -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) >> 10 for line in lines if line.startswith("VmRSS:"))


def prefix_cache(bench: Bench) -> dict[str, Any]:
    """Measure the first scores of a prompt of 512 tokens with 448 of them cached, and with none."""
    runner = ModelRunner(bench.load(), EngineCapacity(slots=2))
    fresh = iter(range(10, 40_000))

    def first_scores(shared: Sequence[int]) -> None:
        tokens = [*shared, *(next(fresh) for _ in range(512 - len(shared)))]
        done = runner.admit(0, None, tokens)
        for start in range(done, 512, runner.capacity.chunk):
            runner.prefill([PrefillInput(0, start, tokens[start : start + runner.capacity.chunk])])
        runner.cache_prompt(0, tokens)

    known = list(range(5, 453))
    first_scores(known)
    best = best_ms({"cold": lambda: first_scores([]), "known": lambda: first_scores(known)}, bench.rounds, steps=1)
    return {"prefix": {"ttft_speedup": round(best["cold"] / best["known"], 2), "cold_ms": round(best["cold"], 1)}}


def first_token(bench: Bench) -> dict[str, Any]:
    """Measure the time from a question to its first token, with no other learner, by length of the prompt."""
    figures: dict[str, float] = {}
    for name, unpacked in (("", 1 << 30), ("_packed_only", 0)):
        engine = bench.engine(slots=2, unpacked_bytes=unpacked)
        for length in (64, 400):
            taken = min(first_token_s(engine, 1000 * length + i, length) for i in range(2 + bench.rounds))
            figures[f"{length}_tokens{name}_ms"] = round(taken * 1e3, 1)
        engine.close()
    return {"first_token": figures}


def late_arrival(bench: Bench) -> dict[str, Any]:
    """Measure a prompt of 128 tokens that arrives while 7 learners are being answered, in CPU time.

    A gap is the time between two tokens of those 7 learners, from one of their steps to the next.
    """
    engine = bench.engine(slots=8)
    alone = min(first_token_s(engine, 100 + i) for i in range(3))
    streams = [engine.stream(prompt(i, 16, 1500)) for i in range(7)]
    for stream in streams:
        next(stream)
    stamps = stamp_steps(engine)
    while len(stamps) < 12:
        time.sleep(0.05)
    quiet = len(stamps)
    joined = [first_token_s(engine, 200 + i) for i in range(3)]
    steps = [b - a for a, b in zip(stamps, stamps[1:], strict=False)]
    for stream in streams:
        stream.close()
    engine.close()
    step = sorted(steps[: quiet - 1])[quiet // 2]
    figures = {
        "ttft_ratio": round(min(joined) / alone, 2),
        "worst_gap_ratio": round(max(steps[quiet - 1 :]) / (alone / 2 + step), 2),
        "alone_ms": round(alone * 1e3, 1),
        "step_ms": round(step * 1e3, 1),
    }
    return {"late_joiner": figures}


def stamp_steps(engine: LocalEngine) -> list[float]:
    """Return a list to which the time of each decoding step is appended from now on."""
    stamps: list[float] = []
    decode = engine._runner.decode

    def stamped(*step: Any) -> torch.Tensor:
        scores = decode(*step)
        stamps.append(time.process_time())
        return scores

    engine._runner.decode = stamped  # type: ignore[method-assign]
    return stamps


def prompt(seed: int, length: int, most: int) -> GenerationRequest:
    words = random.Random(seed).choices(["leaf", "light", "water", "sugar", "cell", "root"], k=length)
    return GenerationRequest((Message("user", " ".join(words)),), learner=str(seed), max_tokens=most, time_limit_s=600)


def first_token_s(engine: LocalEngine, seed: int, length: int = 128) -> float:
    request = prompt(seed, length - 30, 4)  # with the template about `length` tokens
    start = time.process_time()
    stream = engine.stream(request)
    next(stream)
    taken = time.process_time() - start
    stream.close()
    return taken


def end_to_end_throughput(bench: Bench) -> dict[str, Any]:
    """Measure the whole engine, prompts and scheduling included, and `generate` on a static batch of equal prompts.

    Also transformers' continuous batching, whose manager is already running; it supports no adapters, so
    ours is timed both without and with a different adapter for each learner.
    """
    tokens = 8 if bench.quick else 48
    learners = (2,) if bench.quick else LEARNERS
    engine, plain, paged = bench.engine(slots=max(learners)), bench.load(), bench.load()
    refs = [
        AdapterRef(f"a{i}", bench.adapter.directory, bench.adapter.sha256, bench.adapter.base_sha256)
        for i in range(max(learners))
    ]
    text = prompt(1, 40, tokens).messages
    report: dict[str, Any] = {}
    for n in learners:
        ids = torch.tensor([engine._template.encode(text)] * n)
        base = [GenerationRequest(text, learner=str(i), max_tokens=tokens, time_limit_s=600) for i in range(n)]
        tuned = [
            GenerationRequest(text, learner=str(i), adapter=refs[i], max_tokens=tokens, time_limit_s=600)
            for i in range(n)
        ]
        variants: dict[str, Step] = {
            "ours": lambda requests=base: answer_all(engine, requests),  # type: ignore[misc]
            "ours_distinct": lambda requests=tuned: answer_all(engine, requests),  # type: ignore[misc]
            "generate": lambda ids=ids: generate(plain, ids, tokens),  # type: ignore[misc]
            "continuous": lambda ids=ids: continuous_batching(paged, ids, tokens),  # type: ignore[misc]
        }
        best = best_ms(variants, max(1, bench.rounds - 1), steps=1)
        report[str(n)] = {
            "vs_generate": round(best["generate"] / best["ours"], 3),
            "vs_continuous_batching": round(best["continuous"] / best["ours"], 2),
            "distinct_vs_continuous_batching": round(best["continuous"] / best["ours_distinct"], 2),
            "tokens_per_s": round(n * tokens / best["ours"] * 1e3, 1),
            "distinct_tokens_per_s": round(n * tokens / best["ours_distinct"] * 1e3, 1),
        }
        print(f"whole engine, {n} learners: {report[str(n)]}", flush=True)
    engine.close()
    return {"no_adapter": report.get("8", {}) | {"by_learners": report}}


def answer_all(engine: LocalEngine, requests: Sequence[GenerationRequest]) -> None:
    threads = [threading.Thread(target=lambda r=request: list(engine.stream(r))) for request in requests]  # type: ignore[misc]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@torch.inference_mode()
def generate(loaded: LoadedModel, ids: Any, tokens: int) -> None:
    whole = {"max_new_tokens": tokens, "do_sample": False, "eos_token_id": -1}
    generated = loaded.model.generate(ids, attention_mask=torch.ones_like(ids), **whole)
    assert generated.shape[1] == ids.shape[1] + tokens


@torch.no_grad()  # it runs in its own thread, which inference mode does not cover
def continuous_batching(loaded: LoadedModel, ids: Any, tokens: int) -> None:
    from transformers import ContinuousBatchingConfig, GenerationConfig

    config = GenerationConfig(max_new_tokens=tokens, do_sample=False, eos_token_id=-1, pad_token_id=2)
    sizes = ContinuousBatchingConfig(num_blocks=64, max_batch_tokens=512, allow_block_sharing=False)
    outputs = loaded.model.generate_batch(
        ids.tolist(), config, continuous_batching_config=sizes, persistent_manager=True, warmup=False
    )
    assert all(len(output.generated_tokens) == tokens for output in outputs.values()), "not all were answered"


PARTS: dict[str, Callable[[Bench], dict[str, Any]]] = {
    "first_token": first_token,
    "late_joiner": late_arrival,
    "no_adapter": end_to_end_throughput,
    "prefix": prefix_cache,
    "admission": admission,
    "known_learners": adapter_cache_memory,
    "decode_speed": decode_speed,
}

if __name__ == "__main__":
    main()
