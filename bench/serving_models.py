"""The set-up of the serving benchmarks: model files, adapters, timing, and the usual ways to run a model."""

from __future__ import annotations

import os
import platform
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch

from bench.serving_gguf import write_random_adapter
from tutor.engine.base import AdapterRef
from tutor.engine.capacity import EngineCapacity
from tutor.engine.files import sha256_of
from tutor.engine.kernels.choice import AUTO
from tutor.engine.local import LocalEngine
from tutor.engine.lora_files import TARGET_MODULES, LoraWeights, load_adapter
from tutor.engine.model_files import ModelFiles, resolve_model_files
from tutor.engine.model_loading import LoadedModel, load_model
from tutor.engine.model_runner import ModelRunner

RANK, ADAPTERS = 8, 16
LEARNERS = (1, 4, 8, 16)
# Tokens before a step: in the middle of an attention span, so that rounding the span up has an average cost.
CONTEXT_TOKENS = 160
Step = Callable[[], object]


@dataclass(frozen=True)
class Bench:
    """The set-up of a run: model files, loading, an adapter, the number of rounds, and whether it is quick."""

    files: ModelFiles
    precision: Any
    adapter: AdapterRef
    rounds: int
    quick: bool
    kernel: str = AUTO  # of a GGUF base
    layers: int | None = None  # the adapter changes the last so many layers; None: all
    cells: tuple[str, ...] = ()  # of `decode_speed`, such as distinct16; (): all

    @property
    def is_gguf(self) -> bool:
        return self.files.weights_format == "gguf"

    def load(self) -> LoadedModel:
        return load_model(self.files, self.precision, self.kernel)

    def engine(self, **shape: Any) -> LocalEngine:
        endless = replace(self.load(), stop_tokens=frozenset())  # every answer has the requested length
        return LocalEngine(endless, EngineCapacity(**{"prefix_cache_bytes": 0, **shape}), 64, stop_repetition=False)


def best_ms(variants: dict[str, Step], rounds: int, steps: int = 4) -> dict[str, float]:
    """Return the best CPU milliseconds of one step of each variant; each round runs all of them in turn.

    The number that a step returns, if any, replaces its measured time.
    """
    best = dict.fromkeys(variants, float("inf"))
    for _ in range(rounds):
        for name, step in variants.items():
            step()
            for _ in range(steps):
                start = time.process_time()
                measured = step()
                taken = measured if isinstance(measured, float) else time.process_time() - start
                best[name] = min(best[name], taken * 1e3)
    return best


def hardware() -> str:
    info = Path("/proc/cpuinfo").read_text()
    name = next((line.split(":")[1].strip() for line in info.splitlines() if line.startswith("model name")), "CPU")
    flags = "AVX512-BF16" if "avx512_bf16" in info else "no AVX512-BF16"
    system = f"{platform.system()}, Python {platform.python_version()}"
    threads = torch.get_num_threads()
    return f"{name} ({flags}), {os.cpu_count()} cores, {threads} thread{'s' * (threads > 1)} used, {system}"


def commit() -> str:
    return subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()


def model_files(name: str, data_dir: Path, scratch: Path) -> tuple[ModelFiles, Any]:
    """Return the files of a model and the precision to load them in; a GGUF file keeps its own."""
    if name == "standard" or Path(name).is_dir():
        return resolve_model_files(name, data_dir, check_memory=False), "nf4"
    bundled = resolve_model_files("bundled", data_dir)
    if name == "bundled":
        return bundled, "nf4"
    return random_model(bundled, scratch / "random", *((64, 2) if name == "tiny" else (768, 9))), "bf16"


def random_model(bundled: ModelFiles, folder: Path, width: int, layers: int) -> ModelFiles:
    """Write a Llama of random parameters (99 M with 9 layers of 768) with the bundled tokenizer."""
    from transformers import AutoTokenizer, LlamaConfig, LlamaForCausalLM

    tokenizer = AutoTokenizer.from_pretrained(bundled.directory)
    torch.manual_seed(0)
    sizes = {"hidden_size": width, "intermediate_size": width * 8 // 3, "num_hidden_layers": layers}
    heads = {"num_attention_heads": width // 64, "num_key_value_heads": width // 64}
    ends = {"eos_token_id": 2, "pad_token_id": 2, "tie_word_embeddings": True}
    config = LlamaConfig(vocab_size=len(tokenizer), **sizes, **heads, **ends)
    LlamaForCausalLM(config).to(torch.bfloat16).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return ModelFiles(folder, f"random-llama-{width}x{layers}", "random")


def write_adapters(files: ModelFiles, root: Path, layers: int | None = None) -> AdapterRef:
    """Write one adapter, for a GGUF base on its last `layers` layers; every learner gets a copy in memory."""
    if files.weights_format == "gguf":
        write_random_adapter(files.directory, root / "adapter", lora_config(), layers)
    else:
        write_adapter(load_model(files, "bf16").model, root / "adapter")
    return adapter_ref(root / "adapter", files, "bench-v1")


def write_adapter(model: Any, folder: Path) -> None:
    """Let PEFT write a random adapter for a model, which is not changed."""
    from peft import get_peft_model

    adapted = get_peft_model(model, lora_config())
    for name, parameter in adapted.named_parameters():
        if "lora_B" in name:
            parameter.data.normal_(0, 0.01)
    adapted.save_pretrained(folder)
    adapted.unload()


def adapter_ref(folder: Path, files: ModelFiles, name: str) -> AdapterRef:
    return AdapterRef(name, folder, sha256_of(folder / "adapter_model.safetensors"), files.base_sha256)


def lora_config(layers: Sequence[int] | None = None) -> Any:
    """Return the settings of an adapter on some layers, by their numbers; None: on all."""
    from peft import LoraConfig

    chosen = {"layers_to_transform": list(layers)} if layers is not None else {}
    return LoraConfig(
        r=RANK, lora_alpha=2 * RANK, target_modules=list(TARGET_MODULES), init_lora_weights=False, **chosen
    )


class StaticBatch:
    """The forward pass of transformers on a static batch of equal prompts, with or without PEFT adapters."""

    def __init__(self, loaded: LoadedModel, adapters: int = 0, layers: int | None = None) -> None:
        from peft import get_peft_model

        self.model: Any = loaded.model
        self._held = adapters and 1
        count = loaded.model.config.num_hidden_layers
        self._layers = None if layers is None else range(max(0, count - layers), count)
        if adapters:
            self.model = get_peft_model(loaded.model, lora_config(self._layers), adapter_name="a0")
            self.ensure_adapters(adapters)
        self.model.eval()

    def ensure_adapters(self, adapters: int) -> None:
        """Add adapters until there are `adapters`."""
        for i in range(self._held, adapters):
            self.model.add_adapter(f"a{i}", lora_config(self._layers))
        self._held = max(self._held, adapters)
        self.model.eval()

    @torch.inference_mode()
    def _prefilled_cache(self, n: int) -> Any:
        cache = self.model(self._dummy_tokens(1, CONTEXT_TOKENS), use_cache=True).past_key_values
        cache.batch_repeat_interleave(n)
        return cache

    def _dummy_tokens(self, rows: int, tokens: int) -> torch.Tensor:
        return torch.full((rows, tokens), 5, device=self.model.device)

    def step(self, n: int, names: Sequence[str] = ()) -> Step:
        cache = self._prefilled_cache(n)
        extra = {"adapter_names": list(names)} if names else {}

        @torch.inference_mode()
        def run() -> None:
            self.model(self._dummy_tokens(n, 1), past_key_values=cache, use_cache=True, **extra)
            cache.crop(-1)

        return run

    def serial(self) -> Step:
        """Return the step of one learner after the switch to their adapter; n learners take n steps."""
        self.model.set_adapter("a0")
        return self.step(1)


def make_runner(
    loaded: LoadedModel, adapter: AdapterRef, shape: EngineCapacity | None = None
) -> tuple[ModelRunner, list[LoraWeights]]:
    """Return a runner, and a copy of the adapter for each slot."""
    shape = shape or EngineCapacity(slots=ADAPTERS)
    runner = ModelRunner(loaded, shape)
    read = load_adapter(adapter, runner.bank.targets, loaded.base_sha256, RANK)
    copies = [
        LoraWeights(f"a{i}", read.rank, {path: (a.clone(), b.clone()) for path, (a, b) in read.pairs.items()})
        for i in range(shape.slots)
    ]
    return runner, copies
