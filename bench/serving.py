"""Many learners at once: the slot engine against the usual ways to serve adapters, in one run, interleaved.

    python -m bench.serving --model bundled --data-dir var --out bench/results/serving.json
    python -m bench.serving --model random100m

Times are CPU seconds of this process on one thread, the best of several interleaved rounds: other processes on the
machine disturb them less than wall time. Adapters are random, rank 8 on all seven linear layers: speed does not depend
on what they say. `base` is the same transformers model without adapters, decoding a static batch of equal prompts.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import random
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

import torch

from tutor.engine.base import AdapterRef, Message, Request
from tutor.engine.files import sha256_of
from tutor.engine.loading import LoadedModel, load_model
from tutor.engine.local import LocalEngine
from tutor.engine.lora import TARGETS, LoraWeights, read_adapter
from tutor.engine.models import ModelFiles, open_model_files
from tutor.engine.runner import Reading, Runner
from tutor.engine.shape import Shape
from tutor.errors import EngineNotReady

RANK, ADAPTERS, CONTEXT = 8, 16, 64


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="bundled", help="bundled | random100m")
    parser.add_argument("--data-dir", type=Path, default=Path("var"))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        files, precision = model_files(options.model, options.data_dir, Path(folder))
        print(f"{hardware()}; model {files.name} in {precision}; {RANK=} on all linears, {CONTEXT} tokens of context")
        result = {"hardware": hardware(), "model": files.name, "precision": precision, "commit": commit()}
        result |= {"torch": torch.__version__, "rounds": options.rounds, "load": list(os.getloadavg())}
        adapter = write_adapters(files, Path(folder))
        for part in (decode_speed, admission, prefix, late_joiner, no_adapter):
            result |= part(files, precision, adapter, options.rounds)
            if options.out:  # after each part: a run that is broken off has measured something too
                options.out.write_text(json.dumps(result, indent=1) + "\n")
    print(json.dumps(result))


# -- set-up ------------------------------------------------------------------------------------------------------------


def hardware() -> str:
    info = Path("/proc/cpuinfo").read_text()
    name = next((line.split(":")[1].strip() for line in info.splitlines() if line.startswith("model name")), "CPU")
    flags = "AVX512-BF16" if "avx512_bf16" in info else "no AVX512-BF16"
    system = f"{platform.system()}, Python {platform.python_version()}"
    return f"{name} ({flags}), {os.cpu_count()} cores, 1 thread used, {system}"


def commit() -> str:
    return subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()


def model_files(name: str, data_dir: Path, scratch: Path) -> tuple[ModelFiles, Any]:
    bundled = open_model_files("bundled", data_dir)
    return (bundled, "nf4") if name == "bundled" else (random_model(bundled, scratch / "random"), "bf16")


def random_model(bundled: ModelFiles, folder: Path) -> ModelFiles:
    """Write a Llama of 99 M random parameters with the bundled tokenizer."""
    from transformers import AutoTokenizer, LlamaConfig, LlamaForCausalLM

    tokenizer = AutoTokenizer.from_pretrained(bundled.directory)
    torch.manual_seed(0)
    sizes = {"hidden_size": 768, "intermediate_size": 2048, "num_hidden_layers": 9, "num_attention_heads": 12}
    config = LlamaConfig(vocab_size=len(tokenizer), eos_token_id=2, pad_token_id=2, tie_word_embeddings=True, **sizes)
    LlamaForCausalLM(config).to(torch.bfloat16).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return ModelFiles(folder, "random-llama-100m", "random")


def write_adapters(files: ModelFiles, root: Path) -> AdapterRef:
    """Let PEFT write one adapter; all learners get a copy of their own in memory."""
    from peft import get_peft_model

    model = get_peft_model(load_model(files, "bf16").model, lora_config())
    for name, parameter in model.named_parameters():
        if "lora_B" in name:
            parameter.data.normal_(0, 0.01)
    model.save_pretrained(root / "adapter")
    weights = root / "adapter" / "adapter_model.safetensors"
    return AdapterRef("bench-v1", weights.parent, sha256_of(weights), files.base_sha256)


def lora_config() -> Any:
    from peft import LoraConfig

    return LoraConfig(r=RANK, lora_alpha=2 * RANK, target_modules=list(TARGETS), init_lora_weights=False)


# -- decoding ----------------------------------------------------------------------------------------------------------

Step = Callable[[], object]


def best_ms(variants: dict[str, Step], rounds: int, steps: int = 4) -> dict[str, float]:
    """Return the best CPU milliseconds of one step of each variant, all of them run in turn in each round."""
    best = dict.fromkeys(variants, float("inf"))
    for _ in range(rounds):
        for name, step in variants.items():
            step()
            for _ in range(steps):
                start = time.process_time()
                step()
                best[name] = min(best[name], (time.process_time() - start) * 1e3)
    return best


def decode_speed(files: ModelFiles, precision: Any, adapter: AdapterRef, rounds: int) -> dict[str, Any]:
    plain, mixed = Static(load_model(files, precision)), Static(load_model(files, precision), adapters=True)
    runner, weights = bank_of(load_model(files, precision), adapter)
    bound = bytes_bound(runner, weights[0])
    report: dict[str, Any] = {}
    for mix, n in [("distinct", 1), ("distinct", 4), ("distinct", 8), *((m, 16) for m in MIXES)]:
        owners = MIXES[mix](n)
        fill(runner, [weights[owner] for owner in owners])
        variants: dict[str, Step] = {
            "base": plain.step(n),
            "ours": lambda n=n: runner.decode([5] * n, [CONTEXT] * n),  # type: ignore[misc]
            "peft_mixed": mixed.step(n, [f"a{owner}" for owner in owners]),
            "serial": mixed.serial(owners[0]),
        }
        best = best_ms(variants, rounds)
        fill(runner, [None] * n)
        best |= best_ms({"ours_without_adapters": variants["ours"]}, rounds)
        report[f"{mix}{n}"] = ratios(best, n, bound(len(set(owners)) if mix != "distinct" else n))
        print(f"{mix}{n}: {report[f'{mix}{n}']}", flush=True)
    return report


def _zipf(n: int) -> list[int]:
    return random.Random(1).choices(range(ADAPTERS), [1 / (i + 1) for i in range(ADAPTERS)], k=n)


MIXES: dict[str, Callable[[int], list[int]]] = {
    "one": lambda n: [0] * n,
    "uniform": lambda n: random.Random(2).choices(range(ADAPTERS), k=n),
    "zipf": _zipf,
    "distinct": lambda n: list(range(n)),
}


def ratios(best: dict[str, float], n: int, bound: float) -> dict[str, float]:
    serial = best["serial"] * n
    figures = {
        "vs_base": best["base"] / best["ours"],
        "vs_own_base": best["ours_without_adapters"] / best["ours"],
        "vs_peft_mixed": best["peft_mixed"] / best["ours"],
        "vs_serial": serial / best["ours"],
        "bound": bound,
        "tokens_per_s": n / best["ours"] * 1e3,
    }
    return {name: round(value, 3) for name, value in figures.items()}


def bytes_bound(runner: Runner, weights: LoraWeights) -> Callable[[int], float]:
    """W / (W + n a): what the memory's bandwidth allows when n adapters must be read beside the weights."""
    total = runner.weight_bytes()
    return lambda n: total / (total + n * weights.bytes)


class Static:
    """transformers' own forward pass on a static batch of equal prompts, with or without PEFT adapters."""

    def __init__(self, loaded: LoadedModel, adapters: bool = False) -> None:
        from peft import get_peft_model

        self.model: Any = loaded.model
        if adapters:
            self.model = get_peft_model(loaded.model, lora_config(), adapter_name="a0")
            for i in range(1, ADAPTERS):
                self.model.add_adapter(f"a{i}", lora_config())
        self.model.eval()

    @torch.inference_mode()
    def _filled(self, n: int) -> Any:
        return self.model(torch.full((n, CONTEXT), 5), use_cache=True).past_key_values

    def step(self, n: int, names: Sequence[str] = ()) -> Step:
        cache = self._filled(n)
        extra = {"adapter_names": list(names)} if names else {}

        @torch.inference_mode()
        def run() -> None:
            self.model(torch.full((n, 1), 5), past_key_values=cache, use_cache=True, **extra)
            cache.crop(-1)

        return run

    def serial(self, owner: int) -> Step:
        """One learner's step after the switch to her adapter was made; n learners take n of them."""
        self.model.set_adapter(f"a{owner}")
        return self.step(1)


def bank_of(loaded: LoadedModel, adapter: AdapterRef) -> tuple[Runner, list[LoraWeights]]:
    runner = Runner(loaded, Shape(slots=ADAPTERS))
    read = read_adapter(adapter, runner.bank.sites, loaded.base_sha256, RANK)
    copies = [
        LoraWeights(f"a{i}", read.rank, {path: (a.clone(), b.clone()) for path, (a, b) in read.pairs.items()})
        for i in range(ADAPTERS)
    ]
    return runner, copies


def fill(runner: Runner, weights: Sequence[LoraWeights | None]) -> None:
    for row, chosen in enumerate(weights):
        runner.admit(row, chosen, [5])
        runner.prefill([Reading(row, 0, [5] * CONTEXT)])


# -- the engine as a whole ---------------------------------------------------------------------------------------------


def admission(files: ModelFiles, precision: Any, adapter: AdapterRef, rounds: int) -> dict[str, Any]:
    """What it costs to give a row an adapter that is in memory, and to read and check one from disk."""
    loaded = load_model(files, precision)
    runner, weights = bank_of(loaded, adapter)
    turn = iter(range(10_000))
    best = best_ms(
        {
            "ram_ms": lambda: runner.bank.put(0, weights[next(turn) % ADAPTERS]),
            "disk_ms": lambda: read_adapter(adapter, runner.bank.sites, loaded.base_sha256, RANK),
        },
        rounds,
    )
    return {"admission": {name: round(value, 1) for name, value in best.items()}}


def prefix(files: ModelFiles, precision: Any, _adapter: AdapterRef, rounds: int) -> dict[str, Any]:
    """First scores of a prompt of 512 tokens of which 448 were read before, against none."""
    runner = Runner(load_model(files, precision), Shape(slots=2))
    fresh = iter(range(10, 40_000))

    def first_scores(shared: Sequence[int]) -> None:
        tokens = [*shared, *(next(fresh) for _ in range(512 - len(shared)))]
        done = runner.admit(0, None, tokens)
        for start in range(done, 512, runner.shape.chunk):
            runner.prefill([Reading(0, start, tokens[start : start + runner.shape.chunk])])
        runner.keep_prompt(0, tokens)

    known = list(range(5, 453))
    first_scores(known)
    best = best_ms({"cold": lambda: first_scores([]), "known": lambda: first_scores(known)}, rounds, steps=1)
    return {"prefix": {"ttft_speedup": round(best["cold"] / best["known"], 2), "cold_ms": round(best["cold"], 1)}}


def late_joiner(files: ModelFiles, precision: Any, _adapter: AdapterRef, _rounds: int) -> dict[str, Any]:
    """A prompt of 128 tokens arrives while 7 learners are being answered; CPU time stands for time."""
    engine = LocalEngine(load_model(files, precision), Shape(slots=8, shelf_bytes=0), end_loops=False)
    alone = min(first_token_s(engine, 100 + i) for i in range(3))
    streams = [engine.stream(prompt(i, 16, 1500)) for i in range(7)]
    for stream in streams:
        next(stream)
    stamps: list[float] = []
    watcher = threading.Thread(target=watch, args=(streams[0], stamps))
    watcher.start()
    while len(stamps) < 12:
        time.sleep(0.05)
    quiet = len(stamps)
    joined = [first_token_s(engine, 200 + i) for i in range(3)]
    for stream in streams[1:]:
        stream.close()
    steps = [b - a for a, b in zip(stamps, stamps[1:], strict=False)]
    engine.close()
    watcher.join()
    step = sorted(steps[:quiet])[len(steps[:quiet]) // 2]
    figures = {
        "ttft_ratio": round(min(joined) / alone, 2),
        "worst_gap_ratio": round(max(steps[quiet - 1 :]) / (alone / 2 + step), 2),
        "alone_ms": round(alone * 1e3, 1),
        "step_ms": round(step * 1e3, 1),
    }
    return {"late_joiner": figures}


def watch(stream: Iterator[str], stamps: list[float]) -> None:
    with contextlib.suppress(EngineNotReady):  # the engine closes under it
        for _ in stream:
            stamps.append(time.process_time())


def prompt(seed: int, length: int, most: int) -> Request:
    words = random.Random(seed).choices(["leaf", "light", "water", "sugar", "cell", "root"], k=length)
    return Request((Message("user", " ".join(words)),), learner=str(seed), max_tokens=most, time_limit_s=600)


def first_token_s(engine: LocalEngine, seed: int) -> float:
    request = prompt(seed, 98, 4)  # about 128 tokens with the template
    start = time.process_time()
    stream = engine.stream(request)
    next(stream)
    taken = time.process_time() - start
    stream.close()
    return taken


def no_adapter(files: ModelFiles, precision: Any, _adapter: AdapterRef, rounds: int) -> dict[str, Any]:
    """The whole engine, prompts and scheduling included, against `generate` on a static batch of 8 equal prompts."""
    tokens = 48
    engine = LocalEngine(load_model(files, precision), Shape(slots=8, shelf_bytes=0, prefill_rows=8), end_loops=False)
    plain: Any = load_model(files, precision)
    request = prompt(1, 40, tokens)
    ids = torch.tensor([engine._chat.encode(request.messages)] * 8)

    def ours() -> None:
        threads = [threading.Thread(target=lambda: list(engine.stream(request))) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    @torch.inference_mode()
    def generate() -> None:
        plain.model.generate(ids, attention_mask=torch.ones_like(ids), max_new_tokens=tokens, do_sample=False)

    best = best_ms({"ours": ours, "generate": generate}, max(2, rounds // 2), steps=1)
    figures = {
        "vs_generate": round(best["generate"] / best["ours"], 3),
        "tokens_per_s": round(8 * tokens / best["ours"] * 1e3, 1),
    }
    engine.close()
    figures["vs_continuous_batching"] = round(continuous_batching_ms(plain, ids, tokens) / best["ours"], 2)
    return {"no_adapter": figures}


def continuous_batching_ms(loaded: LoadedModel, ids: Any, tokens: int) -> float:
    """transformers' own continuous batching on the same 8 prompts, start of its manager included."""
    from transformers import GenerationConfig

    config = GenerationConfig(max_new_tokens=tokens, do_sample=False, eos_token_id=2, pad_token_id=2)
    start = time.process_time()
    with torch.inference_mode():
        loaded.model.generate_batch(ids.tolist(), generation_config=config)
    return (time.process_time() - start) * 1e3


if __name__ == "__main__":
    main()
