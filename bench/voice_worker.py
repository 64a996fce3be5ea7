"""One kernel of `bench.voice`, in a process of its own; prints one JSON object."""

from __future__ import annotations

import json
import math
import resource
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from adapters.records import Recipe
from bench.instruction_sets import force_fbgemm_avx2, has_avx512, instructions_used
from bench.serving_models import adapter_ref, lora_config
from tutor.domain import Token
from tutor.engine.base import AdapterRef, GenerationRequest, Message
from tutor.engine.gguf_loading import load_gguf
from tutor.engine.kernels.choice import AUTO, KERNELS
from tutor.engine.local import LocalEngine
from tutor.engine.model_files import ModelFiles, resolve_model_files
from tutor.tuning.recipes import recipe_for

PROMPT_TOKENS, SHARED_TOKENS, ANSWER_TOKENS, LEARNERS = 300, 240, 64, 8
TEXT_TOKENS = 400  # of each text that the accuracy is measured on
COURSE = Path(__file__).parents[1] / "examples" / "sample_course"


def main() -> None:
    part, kernel, isa, data_dir, *text = sys.argv[1:]
    if isa == "avx2" and kernel == "small" and has_avx512():
        sys.exit("bitsandbytes cannot be held to AVX2")
    if isa == "avx2":
        force_fbgemm_avx2()
    files = resolve_model_files("small" if kernel == "small" else "standard", Path(data_dir), check_memory=False)
    if files.fallback is not None:
        sys.exit(f"the standard model cannot be had: {files.detail}")
    result: dict[str, Any] = {
        "model": files.name,
        "kernel": kernel,
        "isa": instructions_used(isa),
        "threads": torch.get_num_threads(),
    }
    if part == "accuracy":
        result |= measure_accuracy(files, kernel, _read_texts(Path(text[0]) if text else None))
    else:
        measure = measure_transformers if kernel == "transformers" else measure_engine
        result |= measure(files, kernel)
        result |= measure_bounds(files) if kernel != "small" else {}
    print(json.dumps(result))


def _peak_gb() -> float:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, 2)


# -- speed -------------------------------------------------------------------------------------------------------------


def measure_engine(files: ModelFiles, kernel: str) -> dict[str, Any]:
    started = time.perf_counter()
    engine = LocalEngine.open(files, kernel=AUTO if kernel == "small" else kernel)
    ready_s = time.perf_counter() - started
    try:
        prompts = [_prompt(engine, n) for n in range(4)]
        engine._loaded = replace(engine._loaded, stop_tokens=frozenset())  # every answer has the asked length
        cold = [_answer(engine, _other_beginning(prompts[0], n)) for n in range(3)]
        _answer(engine, prompts[0])
        warm = [_answer(engine, prompt) for prompt in prompts[1:]]
        with tempfile.TemporaryDirectory() as folder:
            adapters = _write_adapters(files, Path(folder) / "trained", engine, _trained_layers(engine, files))
            alone = _answer(engine, prompts[0], adapters[0])
            together = _answer_together(engine, prompts[0], adapters)
            rss_gb = _peak_gb()
            adapters = _write_adapters(
                files, Path(folder) / "all", engine, engine._loaded.model.config.num_hidden_layers
            )
            together_all_layers = _answer_together(engine, prompts[0], adapters)
        return {
            "first_token_s": round(min(first for first, _ in cold), 2),
            "first_token_warm_s": round(min(first for first, _ in warm), 2),
            "tokens_per_s": round(max(rate for _, rate in (*cold, *warm)), 2),
            "tokens_per_s_with_adapter": round(alone[1], 2),
            "class_of_8_tokens_per_s": round(together, 2),
            "class_of_8_all_layers_tokens_per_s": round(together_all_layers, 2),
            "ready_s": round(ready_s, 1),
            "rss_gb": rss_gb,
        }
    finally:
        engine.close()


def _prompt(engine: LocalEngine, number: int) -> tuple[Message, ...]:
    """Return a prompt of PROMPT_TOKENS tokens; the first SHARED_TOKENS are the same for every number."""
    tokenizer = engine._loaded.tokenizer
    words = tokenizer((COURSE / "photosynthesis.md").read_text("utf-8")).input_ids
    shared = tokenizer.decode(words[:SHARED_TOKENS])
    own = tokenizer.decode(words[SHARED_TOKENS + 40 * number : SHARED_TOKENS + 40 * number + 100])
    for length in range(len(own), 0, -1):
        messages = (Message("system", shared), Message("user", own[:length]))
        if engine.count_tokens(messages) <= PROMPT_TOKENS:
            return messages
    raise AssertionError("the shared part alone is longer than the prompt")


def _other_beginning(messages: tuple[Message, ...], number: int) -> tuple[Message, ...]:
    """Return a prompt of about the same length that no cached prefix fits."""
    return (replace(messages[0], content=f"{number + 1}{messages[0].content[2:]}"), *messages[1:])


def _answer(
    engine: LocalEngine,
    messages: tuple[Message, ...],
    adapter: AdapterRef | None = None,
    max_tokens: int = ANSWER_TOKENS,
) -> tuple[float, float]:
    """Return the seconds to the first text and the tokens per second after it."""
    request = GenerationRequest(messages, "bench", adapter, max_tokens=max_tokens, time_limit_s=600)
    started, first = time.perf_counter(), 0.0
    for event in engine.stream(request):
        if isinstance(event, Token) and not first:
            first = time.perf_counter() - started
    return first, (max_tokens - 1) / (time.perf_counter() - started - first)


def _answer_together(engine: LocalEngine, messages: tuple[Message, ...], adapters: list[AdapterRef]) -> float:
    """Return the tokens per second of all learners; their prompts are read before the clock starts."""
    for adapter in adapters:
        _answer(engine, messages, adapter, max_tokens=1)  # its prompt is cached for this adapter
    begun = threading.Barrier(len(adapters) + 1)
    spans: list[tuple[float, float]] = []

    def ask(number: int, adapter: AdapterRef) -> None:
        begun.wait()
        request = GenerationRequest(messages, f"l{number}", adapter, max_tokens=2 * ANSWER_TOKENS, time_limit_s=600)
        times = [time.perf_counter() for event in engine.stream(request) if isinstance(event, Token)]
        spans.append((times[0], times[-1]))

    threads = [threading.Thread(target=ask, args=pair) for pair in enumerate(adapters)]
    for thread in threads:
        thread.start()
    begun.wait()
    for thread in threads:
        thread.join()
    return len(adapters) * (2 * ANSWER_TOKENS - 1) / (max(end for _, end in spans) - min(start for start, _ in spans))


def _trained_layers(engine: LocalEngine, files: ModelFiles) -> int:
    """Return on how many of the upper layers the product trains a learner's adapter of this base."""
    return recipe_for(files, Recipe()).upper_layers or engine._loaded.model.config.num_hidden_layers


def _write_adapters(files: ModelFiles, folder: Path, engine: LocalEngine, layers: int) -> list[AdapterRef]:
    """Write a random adapter of rank 8 on the upper layers, under as many names as there are learners."""
    from safetensors.torch import save_file

    rank, tensors = lora_config().r, {}
    first = engine._loaded.model.config.num_hidden_layers - layers
    for path, target in engine._runner.bank.targets.items():
        if int(path.split("layers.")[1].split(".")[0]) < first:
            continue
        tensors[f"base_model.model.{path}.lora_A.weight"] = torch.randn(rank, target.inputs) * 0.01
        tensors[f"base_model.model.{path}.lora_B.weight"] = torch.randn(target.outputs, rank) * 0.01
    folder.mkdir()
    save_file(tensors, folder / "adapter_model.safetensors")
    lora_config().save_pretrained(folder)
    return [adapter_ref(folder, files, f"{folder.name}-{n}") for n in range(LEARNERS)]


def measure_transformers(files: ModelFiles, _kernel: str) -> dict[str, Any]:
    """Decode with transformers' own cache and attention, in fp32."""
    model = load_gguf(files.directory, KERNELS["fp32"]()).eval()
    prompt = torch.randint(1000, 50_000, (1, PROMPT_TOKENS))
    length = {"max_new_tokens": 16, "min_new_tokens": 16, "do_sample": False, "attention_mask": torch.ones_like(prompt)}
    with torch.inference_mode():
        first = min(
            _seconds(lambda: model.generate(prompt, **{**length, "max_new_tokens": 1, "min_new_tokens": 1}))
            for _ in "ab"
        )
        whole = _seconds(lambda: model.generate(prompt, **length))
    return {
        "first_token_s": round(first, 2),
        "tokens_per_s": round(15 / (whole - first), 2),
        "rss_gb": _peak_gb(),
    }


def _seconds(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


# -- bounds ------------------------------------------------------------------------------------------------------------


def measure_bounds(files: ModelFiles) -> dict[str, dict[str, float]]:
    """Return what memory and arithmetic allow: int8 weights read once a token, and int8 products of a prompt."""
    from tutor.engine.gguf_tensors import GgufWeights
    from tutor.engine.kernels.int8_rows import Int8Rows

    weights = GgufWeights(files.directory)
    computed = sum(
        math.prod(entry.shape)
        for name, entry in weights.entries.items()
        if len(entry.shape) == 2 and "embd" not in name
    )
    block = torch.ones(64 << 20)
    gb_per_s = block.nbytes / min(_seconds(block.sum) for _ in range(5)) / 1e9
    sample = weights.read("blk.0.ffn_up.weight")
    layer, x = Int8Rows().make_linear(sample, None), torch.randn(PROMPT_TOKENS, sample.shape[1])
    with torch.inference_mode():
        layer(x)
        per_weight = min(_seconds(lambda: layer(x)) for _ in range(5)) / math.prod(sample.shape)
    bounds = {
        "gb_per_s": round(gb_per_s, 1),
        "int8_tokens_per_s": round(gb_per_s * 1e9 / computed, 1),
        "int8_first_token_s": round(per_weight * computed, 2),
    }
    return {"bounds": bounds}


# -- accuracy ----------------------------------------------------------------------------------------------------------


def _read_texts(file: Path | None) -> list[str]:
    if file is not None:
        return file.read_text("utf-8").split("\n====\n")
    return [path.read_text("utf-8") for path in sorted(COURSE.glob("*.md"))]


@torch.inference_mode()
def measure_accuracy(files: ModelFiles, kernel: str, texts: list[str]) -> dict[str, Any]:
    """Return the perplexity over the beginnings of the texts, and the likeliest token at each position."""
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(files.directory, local_files_only=True)
    model = load_gguf(files.directory, KERNELS[kernel]()).eval()
    loss, likeliest = 0.0, []
    for text in texts:
        tokens: Tensor = tokenizer(text, return_tensors="pt").input_ids[:, :TEXT_TOKENS]
        logits = model(tokens).logits[0, :-1].float()
        loss -= float(logits.log_softmax(-1).gather(1, tokens[0, 1:, None]).sum())
        likeliest += logits.argmax(-1).tolist()
    return {"perplexity": round(math.exp(loss / len(likeliest)), 3), "likeliest": likeliest}


if __name__ == "__main__":
    main()
