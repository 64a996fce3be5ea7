"""The parts of `bench.gpu`, one process each; each prints its figures as one JSON object a line while it runs.

Times are wall times with the device synchronised. `exactness` compares with the model that has one adapter merged, in
fp32 over the very values that the 4 bits encode: the error of our mixed rows, in bf16 as they are served, and that of
PEFT.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

import torch

from adapters import base_model, trainer_process
from adapters.dataset import write_rows
from adapters.records import TrainingJob, TrainingProgress
from bench.serving import answer_all, prompt
from bench.serving_models import RANK, StaticBatch, adapter_ref, make_runner, write_adapter
from bench.style_learners import STYLES, Fact, correction, training_facts
from tutor.engine.base import AdapterRef, GenerationRequest, Message, text_of
from tutor.engine.capacity import CUDA_DEFAULTS, EngineCapacity, capacity_for
from tutor.engine.factory import open_engine
from tutor.engine.lazy_engine import LazyEngine
from tutor.engine.local import LocalEngine
from tutor.engine.lora_files import load_adapter
from tutor.engine.model_files import ModelFiles, resolve_model_files
from tutor.engine.model_loading import LoadedModel, load_model
from tutor.engine.model_runner import ModelRunner, PrefillInput
from tutor.platform.settings import Settings

LEARNERS = (1, 4, 16, 32)
ANSWER, STEPS = 48, 8  # tokens of a timed answer; timed steps (the result is their median)
SIZES = {"1.7b": {"hidden_size": 2048, "intermediate_size": 6144, "num_hidden_layers": 32}}
SIZES["tiny"] = {"hidden_size": 256, "intermediate_size": 512, "num_hidden_layers": 2}
CPU_SHAPE = {"slots": 32}  # without a GPU the figures mean nothing, but everything runs


def print_result(**found: object) -> None:
    print(json.dumps(found), flush=True)


def wall_s(work: Callable[[], object]) -> float:
    _wait()
    started = time.perf_counter()
    work()
    _wait()
    return time.perf_counter() - started


def _wait() -> None:
    if torch.cuda.is_available():
        torch.cuda.synchronize()


def step_ms(work: Callable[[], object]) -> float:
    """Return the median milliseconds of a step, after two warm-up steps."""
    taken = [wall_s(work) for _ in range(STEPS + 2)]
    return round(median(taken[2:]) * 1e3, 2)


def gpu_mb() -> dict[str, float]:
    if not torch.cuda.is_available():
        return {}
    return {
        "now": round(torch.cuda.memory_allocated() / 2**20),
        "peak": round(torch.cuda.max_memory_allocated() / 2**20),
    }


# -- the model ---------------------------------------------------------------------------------------------------------


def build(folder: Path, tokenizer: Path, size: str) -> None:
    """Write a random Qwen3 with the bundled tokenizer, and four adapters for it."""
    from transformers import AutoTokenizer, Qwen3Config, Qwen3ForCausalLM

    words = AutoTokenizer.from_pretrained(tokenizer)
    heads = {"num_attention_heads": SIZES[size]["hidden_size"] // 128, "head_dim": 128, "tie_word_embeddings": True}
    heads["num_key_value_heads"] = max(1, heads["num_attention_heads"] // 2)
    ends = {"bos_token_id": words.bos_token_id, "eos_token_id": words.eos_token_id, "pad_token_id": words.pad_token_id}
    config = Qwen3Config(vocab_size=len(words), max_position_embeddings=32768, **SIZES[size], **heads, **ends)
    torch.manual_seed(0)
    with torch.device(_device()):
        model = Qwen3ForCausalLM(config).to(torch.bfloat16)
    model.save_pretrained(folder / "model")
    words.save_pretrained(folder / "model")
    for n in range(4):
        write_adapter(model, folder / f"adapter-{n}")
    gpu = torch.cuda.get_device_name() if torch.cuda.is_available() else "no GPU"
    print_result(parameters=model.num_parameters(), gpu=gpu, libraries=versions())


def versions() -> dict[str, str]:
    from importlib.metadata import version

    return {name: version(name) for name in ("torch", "transformers", "peft", "bitsandbytes")}


def _device() -> str:
    return "cuda" if torch.cuda.is_available() else "cpu"


def open_files(folder: Path) -> ModelFiles:
    return resolve_model_files(str(folder / "model"), folder / "var")


def open_local_engine(folder: Path) -> LocalEngine:
    """Open the engine as the product does."""
    engine = open_engine(Settings(model=str(folder / "model"), data_dir=folder / "var"))
    assert isinstance(engine, LazyEngine)
    info = engine.wait_until_loaded()
    print_result(
        state=info.state, device=info.device, precision=info.quantization, window=info.context_tokens, why=info.detail
    )
    local = engine._engine
    assert isinstance(local, LocalEngine)
    return local


# -- serving -----------------------------------------------------------------------------------------------------------


def measure_startup(folder: Path) -> None:
    """Measure the time until the engine is ready and until a first token, and the throughput of a whole class."""
    files = open_files(folder)  # already hashed, as from the second start on
    started = time.perf_counter()
    engine = open_local_engine(folder)
    print_result(
        ready_s=round(time.perf_counter() - started, 1), slots=engine._runner.capacity.slots, gpu_mb_when_ready=gpu_mb()
    )
    engine._stop_repetition, engine._loaded = (
        False,
        replace(engine._loaded, stop_tokens=frozenset()),
    )  # of the requested length
    adapter = adapter_ref(folder / "adapter-0", files, "bench-v1")
    own = [replace(adapter, name=f"a{n}") for n in range(max(LEARNERS))]
    for name, ref in (("none", None), ("own", own[0])):
        taken = [wall_s(lambda n=n, ref=ref: generate_first_token(engine, n, ref)) for n in range(6)]  # type: ignore[misc]
        print_result(**{f"first_token_400_{name}_ms": [round(s * 1e3, 1) for s in (taken[0], median(taken[1:]))]})
    print_result(prompt_tokens=engine.count_tokens(prompt(0, 370, 1).messages))
    for n in (*LEARNERS[::-1], *LEARNERS):  # the first round loads the adapters
        for name in ("none", "own"):
            requests = [replace(prompt(1, 40, ANSWER), learner=str(i), adapter=own[i]) for i in range(n)]
            asked = requests if name == "own" else without_adapters(requests)
            taken_s = wall_s(lambda asked=asked: answer_all(engine, asked))  # type: ignore[misc]
            print_result(**{f"class_of_{n}_{name}_tokens_per_s": round(n * ANSWER / taken_s, 1)})
    print_result(gpu_mb=gpu_mb())
    engine.close()


def generate_first_token(engine: LocalEngine, seed: int, adapter: AdapterRef | None) -> None:
    """Generate one token for a new prompt of about 400 tokens."""
    list(engine.stream(replace(prompt(seed, 370, 1), adapter=adapter)))


def without_adapters(requests: Sequence[GenerationRequest]) -> list[GenerationRequest]:
    return [replace(request, adapter=None) for request in requests]


def measure_decoding(folder: Path) -> None:
    """Measure a decoding step for all learners: our rows, PEFT's mixed batch, and one learner after the other."""
    files = open_files(folder)
    adapter = adapter_ref(folder / "adapter-0", files, "bench-v1")
    runner, weights = make_runner(load_model(files), adapter, _shape())
    taken = [wall_s(lambda n=n: runner.bank.set_adapter(n, weights[n])) for n in (0, 1, 2)]  # type: ignore[misc]
    print_result(admission_ms=[round(s * 1e3, 1) for s in taken])
    for n in LEARNERS:
        for name, mix in (("none", [None] * n), ("own", weights[:n])):
            for row, chosen in enumerate(mix):
                runner.bank.set_adapter(row, chosen)
            ms = step_ms(lambda n=n: runner.decode([5] * n, [160] * n))  # type: ignore[misc]
            _print_step_ms(f"ours_{name}", n, ms)
    peft_decoding(load_model(files))


def peft_decoding(loaded: LoadedModel) -> None:
    usual = StaticBatch(loaded)
    for n in LEARNERS:
        _print_step_ms("transformers_none", n, step_ms(usual.step(n)))
    mixed = StaticBatch(loaded, adapters=1)
    _print_step_ms("one_by_one", 1, step_ms(mixed.serial()))
    for n in LEARNERS:
        mixed.ensure_adapters(n)
        _print_step_ms("peft_mixed", n, step_ms(mixed.step(n, [f"a{i}" for i in range(n)])))


def _print_step_ms(name: str, learners: int, ms: float) -> None:
    print_result(**{f"{name}_{learners}": {"step_ms": ms, "tokens_per_s": round(learners / ms * 1e3, 1)}})


def _shape() -> EngineCapacity:
    return CUDA_DEFAULTS if torch.cuda.is_available() else capacity_for("cpu", CPU_SHAPE, 0, 1)


# -- exactness ---------------------------------------------------------------------------------------------------------


def measure_exactness(folder: Path) -> None:
    """Compare the scores of rows with and without adapters, after a prompt and some more tokens, with exact ones."""
    files = open_files(folder)
    refs = [None, *(adapter_ref(folder / f"adapter-{n}", files, f"a{n}") for n in range(4))]
    torch.manual_seed(1)
    tokens = torch.randint(0, 40_000, (200,)).tolist()
    loaded = load_model(files)
    prompts, more = tokens[:-8], tokens[-8:]
    runner = ModelRunner(loaded, _shape())
    read = [ref and load_adapter(ref, runner.bank.targets, ref.base_sha256, RANK) for ref in refs]
    mixed = rows_scores(runner, [read[n % 5] for n in range(30)], prompts, more)
    alone = torch.cat([rows_scores(runner, [weights], prompts, more) for weights in read])
    print_result(
        company=score_differences(mixed[:5], alone),
        neighbours_with_the_same_adapter=score_differences(mixed[25:], mixed[:5]),
    )
    del runner, loaded
    theirs = peft_scores(load_model(files).model, refs, tokens)
    truth = merged_scores(files, refs, tokens)
    print_result(changes_by_adapters=score_differences(truth[1:], truth[:1].expand_as(truth[1:])))
    print_result(
        ours=score_differences(mixed[:5], truth),
        alone=score_differences(alone, truth),
        peft=score_differences(theirs, truth),
    )


@torch.inference_mode()
def rows_scores(runner: ModelRunner, mix: Sequence[Any], tokens: list[int], more: list[int]) -> torch.Tensor:
    """Return the scores of our rows, computed in one batch [rows, 1 + more, words]."""
    rows = range(len(mix))
    for row, weights in enumerate(mix):
        runner.bank.set_adapter(row, weights)
    collected: list[torch.Tensor] = []
    for start in range(0, len(tokens), runner.capacity.chunk):
        chunk = tokens[start : start + runner.capacity.chunk]
        collected = [runner.prefill([PrefillInput(row, start, chunk) for row in rows[i : i + 4]]) for i in rows[::4]]
    steps = [torch.cat(collected)]
    steps += [runner.decode([t] * len(mix), [len(tokens) + i] * len(mix)) for i, t in enumerate(more)]
    return torch.stack(steps, 1).float().cpu()


@torch.inference_mode()
def peft_scores(model: Any, refs: Sequence[AdapterRef | None], tokens: list[int]) -> torch.Tensor:
    from peft import PeftModel

    adapted: Any = model
    for ref in refs:
        if ref and adapted is model:
            adapted = PeftModel.from_pretrained(model, ref.directory, ref.name)
        elif ref:
            adapted.load_adapter(ref.directory, ref.name)
    names = [ref.name if ref else "__base__" for ref in refs]
    ids = torch.tensor([tokens] * len(refs), device=model.device)
    return adapted.eval()(ids, adapter_names=names).logits[:, -9:].float().cpu()  # type: ignore[no-any-return]


@torch.inference_mode()
def merged_scores(files: ModelFiles, refs: Sequence[AdapterRef | None], tokens: list[int]) -> torch.Tensor:
    """Return the scores of the model with each adapter merged in turn, in fp32 over the values of the 4-bit weights."""
    from peft import PeftModel

    model, collected = load_model(files).model, []
    base_model._dequantize(model)
    ids = torch.tensor([tokens], device=model.device)
    for ref in refs:
        adapted: Any = PeftModel.from_pretrained(model, ref.directory) if ref else None
        if adapted:
            adapted.merge_adapter()
        collected.append(model.eval()(ids).logits[:, -9:].float().cpu())
        if adapted:
            adapted.unmerge_adapter()
            adapted.unload()
    return torch.cat(collected)


def score_differences(found: torch.Tensor, expected: torch.Tensor) -> dict[str, float]:
    """Return how scores differ: relative to their size, at most, and how often the best token is another."""
    error = found - expected
    best = (found.argmax(-1) != expected.argmax(-1)).float().mean()
    return {
        "relative": round(float(error.norm() / expected.norm()), 6),
        "most": round(float(error.abs().max()), 4),
        "of_a_spread_of": round(float(expected.std()), 4),
        "other_best_word": round(float(best), 4),
    }


# -- training ----------------------------------------------------------------------------------------------------------


def measure_training(folder: Path) -> None:
    """Train on twenty corrections in the trainer's process, then answer one of them with and without the adapter."""
    files, workplace = open_files(folder), folder / "job"
    workplace.mkdir()
    facts = training_facts(20)
    write_rows(workplace / "rows.jsonl", [correction(fact, STYLES[0]) for fact in facts])
    job = TrainingJob(str(workplace), str(files.directory), files.base_sha256, str(workplace / "rows.jsonl"), "wren-v1")
    collected: list[tuple[float, TrainingProgress]] = []
    started = time.perf_counter()
    trained = trainer_process.train_in_subprocess(
        job, lambda p: collected.append((round(time.perf_counter() - started, 1), p)), lambda: False
    )
    losses = [p.loss for _, p in collected if p.loss is not None]
    print_result(
        all_s=round(time.perf_counter() - started, 1),
        stages=[(s, p.stage) for s, p in collected if p.stage != "training"],
    )
    print_result(losses=[round(loss, 3) for loss in losses], falls=sum(losses[-5:]) < sum(losses[:5]))
    print_result(metrics={name: round(value, 4) for name, value in trained.metrics.items()})
    compare_with_base_answer(
        folder, AdapterRef(trained.name, Path(trained.directory), trained.sha256, trained.base_sha256), facts[0]
    )


def compare_with_base_answer(folder: Path, adapter: AdapterRef, fact: Fact) -> None:
    engine = open_local_engine(folder)
    asked = correction(fact, STYLES[0])
    messages = tuple(Message(m.role, m.content) for m in asked.prompt)
    request = GenerationRequest(messages, "wren", max_tokens=40)
    without, with_it = (text_of(engine.stream(replace(request, adapter=ref))) for ref in (None, adapter))
    print_result(wished=asked.answer, answer=with_it, answer_of_the_base=without[:120], changed=with_it != without)
    engine.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part", choices=["build", *PARTS])
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--tokenizer", type=Path, required=True)
    parser.add_argument("--size", default="1.7b", choices=list(SIZES))
    options = parser.parse_args()
    if options.part == "build":
        build(options.folder, options.tokenizer, options.size)
    else:
        PARTS[options.part](options.folder)


PARTS = {
    "opening": measure_startup,
    "exactness": measure_exactness,
    "training": measure_training,
    "decoding": measure_decoding,
}

if __name__ == "__main__":
    main()
