"""The part `decode_speed` of `bench.serving`: one more token for all learners, and the usual ways to compute it."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bench.serving_gguf import load_dense, peft_view, weights_read
from bench.serving_models import ADAPTERS, CONTEXT_TOKENS, LEARNERS, Bench, StaticBatch, Step, best_ms, make_runner
from tutor.engine.lora_files import LoraWeights
from tutor.engine.model_runner import ModelRunner


def decode_speed(bench: Bench) -> dict[str, Any]:
    """Measure a step of the base, of PEFT and of the product; PEFT has a GGUF base also in fp32 (`fp32_*`)."""
    baselines = open_baselines(bench)
    loaded = bench.load()
    runner, weights = make_runner(loaded, bench.adapter)
    bound = bytes_bound(weights_read(loaded) if bench.is_gguf else weight_bytes(runner), weights[0])
    report: dict[str, Any] = {}
    for mix, n in benchmark_cells(bench.quick, bench.cells):
        owners = MIXES[mix](n)
        variants: dict[str, Step] = {
            "ours": lambda n=n, owners=owners: product_step(runner, n, [weights[owner] for owner in owners]),  # type: ignore[misc]
            "ours_without_adapters": lambda n=n: product_step(runner, n, [None] * n),  # type: ignore[misc]
        }
        for prefix, baseline in baselines.items():
            variants |= {f"{prefix}{name}": step for name, step in baseline.steps(n, owners).items()}
        best = best_ms(variants, bench.rounds)
        report[f"{mix}{n}"] = ratios(best, n, bound(len(set(owners)) if mix != "distinct" else n))
        print(f"{mix}{n}: {report[f'{mix}{n}']}", flush=True)
    return report


@dataclass(frozen=True)
class Baseline:
    """The same weights run by transformers, alone and with PEFT."""

    plain: StaticBatch | None  # None: its time is not measured
    mixed: StaticBatch

    def steps(self, n: int, owners: Sequence[int]) -> dict[str, Step]:
        """Return the steps of the base, of a mixed batch, and of one learner after the switch to their adapter."""
        base: dict[str, Step] = {"base": self.plain.step(n)} if self.plain else {}
        batch = self.mixed.step(n, [f"a{owner}" for owner in owners])
        return {**base, "peft_mixed": batch, "serial": self.mixed.serial()}


def open_baselines(bench: Bench) -> dict[str, Baseline]:
    """Return the baselines by the prefix of their names: "" on the kernel that serves, "fp32_" in plain fp32."""
    if not bench.is_gguf:
        return {"": Baseline(StaticBatch(bench.load()), StaticBatch(bench.load(), ADAPTERS))}
    loaded = bench.load()
    same_kernel = StaticBatch(peft_view(loaded), ADAPTERS, bench.layers)
    fp32 = StaticBatch(load_dense(bench.files, loaded), ADAPTERS, bench.layers)
    return {"": Baseline(StaticBatch(loaded), same_kernel), "fp32_": Baseline(None, fp32)}


def benchmark_cells(quick: bool, wanted: Sequence[str] = ()) -> list[tuple[str, int]]:
    """Return (mix, learners), the most informative first; a single learner is the same in every mix."""
    learners = (2,) if quick else LEARNERS[:0:-1]
    cells = [(mix, n) for mix in MIXES for n in learners] + [("distinct", 1)]
    return [(mix, n) for mix, n in cells if not wanted or f"{mix}{n}" in wanted]


def product_step(runner: ModelRunner, n: int, weights: Sequence[LoraWeights | None]) -> float:
    """Return one step of the bank, without the time to assign the adapters to rows."""
    for row, chosen in enumerate(weights):
        runner.bank.set_adapter(row, chosen)
    start = time.process_time()
    runner.decode([5] * n, [CONTEXT_TOKENS] * n)
    return time.process_time() - start


def _zipf(n: int) -> list[int]:
    return random.Random(1).choices(range(ADAPTERS), [1 / (i + 1) for i in range(ADAPTERS)], k=n)


MIXES: dict[str, Callable[[int], list[int]]] = {
    "distinct": lambda n: list(range(n)),
    "zipf": _zipf,
    "uniform": lambda n: random.Random(2).choices(range(ADAPTERS), k=n),
    "one": lambda n: [0] * n,
}


def ratios(best: dict[str, float], n: int, bound: float) -> dict[str, float]:
    serial = best["serial"] * n
    figures = {
        "vs_base": best["base"] / best["ours"],
        "vs_own_base": best["ours_without_adapters"] / best["ours"],
        "vs_peft_mixed": best["peft_mixed"] / best["ours"],
        "vs_serial": serial / best["ours"],
        "bound": bound,
        "base_vs_serial": serial / best["base"],  # what the model reaches without adapters
        "tokens_per_s": n / best["ours"] * 1e3,
    }
    if "fp32_peft_mixed" in best:
        figures["vs_fp32_peft_mixed"] = best["fp32_peft_mixed"] / best["ours"]
        figures["vs_fp32_serial"] = best["fp32_serial"] * n / best["ours"]
    return {name: round(value, 3) for name, value in figures.items()}


def bytes_bound(total: int, weights: LoraWeights) -> Callable[[int], float]:
    """Return W / (W + n a): the bound by memory bandwidth when n adapters are read in addition to `total` bytes."""
    return lambda n: total / (total + n * weights.bytes)


def weight_bytes(runner: ModelRunner) -> int:
    """Return the bytes of base weights that one step reads."""
    parameters = {tensor.data_ptr(): tensor.nbytes for tensor in runner.model.parameters()}  # tied ones once
    layers = [layer for group in runner.bank._groups for layer in (*group._layers, group._fused) if layer is not None]
    return int(
        sum(parameters.values()) + sum(t.nbytes for layer in layers for t in (*layer.parameters(), *layer.buffers()))
    )
