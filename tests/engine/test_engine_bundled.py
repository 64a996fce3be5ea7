"""The guarantees of the engine on the real bundled model in 4 bits."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import torch
from tiny_models import TinyModel, make_adapter

from tutor.engine.base import AdapterRef, GenerationRequest, Message, text_of
from tutor.engine.capacity import EngineCapacity
from tutor.engine.local import LocalEngine
from tutor.engine.lora_files import load_adapter
from tutor.engine.model_files import ModelFiles, resolve_model_files
from tutor.engine.model_loading import load_model
from tutor.engine.model_runner import ModelRunner, PrefillInput

pytestmark = [pytest.mark.real, pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def bundled(tmp_path_factory: pytest.TempPathFactory) -> TinyModel:
    from transformers import AutoModelForCausalLM

    root = tmp_path_factory.mktemp("bundled")
    files: ModelFiles = resolve_model_files("plain", root)  # without the default adapter, answers are longer
    model = AutoModelForCausalLM.from_pretrained(files.directory, dtype=torch.float32)
    refs = [make_adapter(model, root / f"a{i}", f"finch-{i}-v1", 8, files.base_sha256, seed=2 * i) for i in range(2)]
    for ref in refs:
        _scale_down_adapter(ref)
    return TinyModel(files, [reload_adapter(ref) for ref in refs])


def _scale_down_adapter(ref: AdapterRef) -> None:
    """Scale the random adapter down, so that it changes answers without turning them into noise."""
    from safetensors.torch import load_file, save_file

    file = ref.directory / "adapter_model.safetensors"
    save_file({name: t * (0.1 if "lora_B" in name else 1.0) for name, t in load_file(file).items()}, file)


def reload_adapter(ref: AdapterRef) -> AdapterRef:
    from dataclasses import replace

    from tutor.engine.files import sha256_of

    return replace(ref, sha256=sha256_of(ref.directory / "adapter_model.safetensors"))


def question(text: str, adapter: AdapterRef | None = None, tokens: int = 24) -> GenerationRequest:
    return GenerationRequest((Message("user", text),), learner=text, adapter=adapter, max_tokens=tokens)


def test_a_4_bit_answer_is_identical_in_any_batch(bundled: TinyModel):
    if not _packs():
        pytest.skip("this CPU has no AVX512-BF16: rows are exact only with bitsandbytes' packed kernel")
    engine = LocalEngine(load_model(bundled.files), EngineCapacity(slots=8))
    texts = ["What is photosynthesis?", "Why is the sky blue? " * 9, "2x + 3 = 11. What is x?", "Name three rivers."]
    requests = [question(text, adapter) for text in texts for adapter in (None, *bundled.adapters)]
    alone = [text_of(engine.stream(request)) for request in requests]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda request: text_of(engine.stream(request)), requests))
    engine.close()
    assert together == alone
    by_adapter = {tuple(alone[n::3]) for n in range(3)}
    assert len(by_adapter) == 3, "the adapters change nothing"


def test_fp32_answers_equal_the_merged_model(bundled: TinyModel):
    engine = LocalEngine(load_model(bundled.files, "fp32"), EngineCapacity(slots=3), stop_repetition=False)
    requests = [question("What is a leaf?", adapter, 16) for adapter in (None, *bundled.adapters)]
    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(lambda request: text_of(engine.stream(request)), requests))
    engine.close()
    assert answers == [bundled.oracle(request) for request in requests]


def test_4_bit_scores_equal_those_of_a_mixed_batch_in_peft_within_rounding(bundled: TinyModel):
    """bf16 keeps 8 bits, so one rounding of a score up to 23 is 0.125; the exact comparison is the one in fp32.

    Compared at the end of the prompt, which is read with dequantized weights, and after each of three tokens, which are
    computed with packed ones.
    """
    loaded = load_model(bundled.files)
    tokens, continuation = loaded.tokenizer("The leaf takes in light and water, and")["input_ids"], [338, 9125, 28]
    runner = ModelRunner(loaded, EngineCapacity(slots=3))
    adapters = [None, *(load_adapter(a, runner.bank.targets, a.base_sha256, 64) for a in bundled.adapters)]
    for row, weights in enumerate(adapters):
        runner.admit(row, weights, tokens)
    ours = [runner.prefill([PrefillInput(row, 0, tokens) for row in range(3)]).float()]
    ours += [runner.decode([token] * 3, [len(tokens) + i] * 3).float() for i, token in enumerate(continuation)]
    theirs = _peft_mixed(bundled, [*tokens, *continuation])[:, -4:].unbind(1)
    for at_once, (mine, peft) in enumerate(zip(ours, theirs, strict=True)):
        assert (mine - peft).abs().max() < 1.0, at_once  # measured: 0.5
        for row, expected in zip(mine, peft, strict=True):
            assert torch.corrcoef(torch.stack([row, expected]))[0, 1] > 0.999  # measured: 0.9998


@torch.inference_mode()
def _peft_mixed(bundled: TinyModel, tokens: list[int]) -> Any:
    from peft import PeftModel

    first, second = bundled.adapters
    model: Any = PeftModel.from_pretrained(
        load_model(bundled.files).model, first.directory, "first", torch_device="cpu"
    )
    model.load_adapter(second.directory, "second", torch_device="cpu")
    model.eval()
    return model(torch.tensor([tokens] * 3), adapter_names=["__base__", "first", "second"]).logits.float()


def _packs() -> bool:
    from bitsandbytes.functional import has_avx512bf16

    return bool(has_avx512bf16())


def test_a_500_token_prompt_fits_the_window_and_is_answered(bundled: TinyModel, tmp_path: Path):
    engine = LocalEngine.open(bundled.files)
    long = question("The leaf takes in light. " * 90 + "What does the leaf take in?", tokens=8)
    assert 450 < engine.count_tokens(long.messages) < 650
    assert text_of(engine.stream(long)).strip()
    engine.close()
