"""Kernels compute what the file says, row by row; engines on each of them answer the same whoever shares the batch."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tiny_gguf import random_blocks
from tiny_models import TinyModel, ask
from torch import nn

from tutor.engine.base import EngineState, text_of
from tutor.engine.capacity import EngineCapacity
from tutor.engine.gguf_loading import load_gguf
from tutor.engine.gguf_tensors import GgufWeights, StoredTensor, write_tensor_index
from tutor.engine.kernels.base import KernelLinear
from tutor.engine.kernels.choice import CANDIDATES, CPU_KERNELS, KERNELS, choose_kernel
from tutor.engine.kernels.int8_rows import LEVELS, Int8RowsLinear, quantize_rows
from tutor.engine.layer_threads import layer_threads
from tutor.engine.local import LocalEngine
from tutor.engine.model_loading import load_model
from tutor.engine.model_runner import ModelRunner, PrefillInput
from tutor.errors import ModelUnusable

# The largest relative error of a product, from rounding weights and inputs to 8 bits, or scales and inputs to bf16.
TOLERANCE = {"int8-rows": 0.03, "int4-groups": 0.01, "fp32": 1e-5}
HAS_VNNI = "avx512_vnni" in Path("/proc/cpuinfo").read_text()


@pytest.fixture(scope="module", params=CPU_KERNELS)
def engine(request: Any, tiny_gguf: TinyModel) -> Any:
    opened = LocalEngine(
        load_model(tiny_gguf.files, kernel=request.param),
        EngineCapacity(slots=4, chunk=16, prefix_cache_bytes=4 << 20),
        64,
        stop_repetition=False,
    )
    yield opened
    opened.close()


def stored(kind: str, outputs: int, inputs: int, seed: int = 0) -> StoredTensor:
    raw = random_blocks(kind, outputs, inputs, np.random.default_rng(seed))
    return StoredTensor(kind, (outputs, inputs), torch.from_numpy(raw))


@pytest.mark.parametrize("kind", ["Q4_K", "Q6_K"])
def test_stored_weights_have_the_values_that_ggml_gives_them(kind: str):
    from gguf import GGMLQuantizationType, dequantize

    weight = stored(kind, 6, 512)
    expected = torch.from_numpy(dequantize(weight.raw.numpy(), GGMLQuantizationType[kind]))
    assert torch.equal(weight.dequantize(), expected)
    assert torch.equal(torch.cat(list(weight.row_blocks(4))), expected)
    chosen = torch.tensor([[5, 0], [2, 2]])
    assert torch.equal(weight.rows(chosen), expected[chosen])


@pytest.mark.parametrize("kernel", CPU_KERNELS)
@pytest.mark.parametrize("kind", ["Q4_K", "Q6_K"])
def test_a_kernel_computes_the_layer_that_is_stored(kernel: str, kind: str):
    chance = torch.Generator().manual_seed(0)
    weight, bias, x = stored(kind, 128, 256), torch.randn(128), torch.randn(10, 256, generator=chance)
    expected = x @ weight.dequantize().t() + bias
    layer = KERNELS[kernel]().make_linear(weight, bias)
    sound = torch.ones_like(expected, dtype=torch.bool)
    if isinstance(layer, Int8RowsLinear) and not HAS_VNNI:  # only sums that fit 16 bits can be right there
        sound = ~int8_product(weight.dequantize(), x).is_saturated
        assert sound.sum() >= 30
    found = layer(x.view(2, 5, 256)).view(10, 128)
    assert (found - expected)[sound].norm() <= TOLERANCE[kernel] * expected[sound].norm()


@pytest.mark.parametrize("kind", ["Q4_K", "Q6_K"])
def test_an_int8_product_is_the_integer_arithmetic_of_this_processor(kind: str):
    """Without VNNI the sum of two neighbouring products is kept in 16 bits, where it may saturate."""
    weight, x = stored(kind, 128, 256), torch.randn(10, 256)
    expected = int8_product(weight.dequantize(), x).value
    found = KERNELS["int8-rows"]().make_linear(weight, None)(x)
    assert (found - expected).norm() <= 2e-3 * expected.norm()  # an input between two levels may go either way


@dataclass(frozen=True)
class Int8Product:
    """What integers of 8 bits give, [rows, outputs], and where a sum of two products exceeds 16 bits."""

    value: torch.Tensor
    is_saturated: torch.Tensor


def int8_product(weight: torch.Tensor, x: torch.Tensor) -> Int8Product:
    codes, scales = torch.empty(weight.shape, dtype=torch.int8), torch.empty(len(weight))
    quantize_rows(weight.clone(), codes, scales)
    peaks = x.abs().amax(-1, keepdim=True)
    inputs = (x / peaks * LEVELS).round().int() + 128  # unsigned, as FBGEMM multiplies them
    pairs = (inputs[:, None, :] * codes.int()[None]).view(len(x), len(weight), -1, 2).sum(-1)
    kept = pairs if HAS_VNNI else pairs.clamp(-(2**15), 2**15 - 1)
    sums = kept.sum(-1) - 128 * codes.int().sum(1)
    return Int8Product(sums * scales * peaks / LEVELS, (pairs != pairs.clamp(-(2**15), 2**15 - 1)).any(-1))


@pytest.mark.parametrize("kernel", CPU_KERNELS)
@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6), rows=st.integers(1, 20), scale=st.sampled_from([1e-6, 1.0, 1e4]))
def test_a_row_is_computed_as_if_it_were_alone(kernel: str, seed: int, rows: int, scale: float):
    layer = KERNELS[kernel]().make_linear(stored("Q4_K", 64, 256), torch.randn(64))
    x = torch.randn(rows, 3, 256, generator=torch.Generator().manual_seed(seed))
    x[rows // 2] *= scale  # one learner's values are far larger or smaller than the others'
    together = layer(x)
    assert all(torch.equal(layer(x[row : row + 1])[0], together[row]) for row in range(rows))


@pytest.mark.parametrize("kernel", CPU_KERNELS)
def test_a_row_of_zeros_gives_the_bias(kernel: str):
    bias = torch.randn(64)
    layer = KERNELS[kernel]().make_linear(stored("Q6_K", 64, 256), bias)
    assert torch.equal(layer(torch.zeros(1, 1, 256))[0, 0], bias)


@pytest.mark.parametrize("kernel", CPU_KERNELS)
def test_fused_layers_compute_the_same_as_the_layers_one_by_one(kernel: str):
    def layers() -> list[KernelLinear]:
        made = KERNELS[kernel]()
        kinds = (("Q4_K", 128, None), ("Q4_K", 64, torch.ones(64)), ("Q4_K", 64, None))
        return [made.make_linear(stored(kind, n, 256, n), bias) for kind, n, bias in kinds]  # type: ignore[misc]

    x = torch.randn(3, 2, 256)
    fused = type(layers()[0]).fuse(layers())
    assert fused is not None
    torch.testing.assert_close(fused(x), torch.cat([layer(x) for layer in layers()], dim=-1), rtol=1e-6, atol=1e-6)


def test_layers_of_different_kernels_are_not_fused():
    mixed = [KERNELS["int4-groups"]().make_linear(stored(kind, 64, 256), None) for kind in ("Q4_K", "Q6_K")]
    assert type(mixed[0]).fuse(mixed) is None


class _AsLinear(nn.Linear):
    """A kernel's layer as PEFT accepts it."""

    def __init__(self, layer: KernelLinear) -> None:
        super().__init__(layer.in_features, layer.out_features, bias=False)
        self.kernel_layer = layer

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.kernel_layer(x)


@pytest.mark.parametrize("kernel", CPU_KERNELS)
def test_an_adapter_changes_the_values_as_peft_does_on_the_same_kernel(tiny_gguf: TinyModel, kernel: str):
    from peft import PeftModel

    from tutor.engine.lora_files import load_adapter

    loaded = load_model(tiny_gguf.files, kernel=kernel)
    runner = ModelRunner(loaded, EngineCapacity(slots=2, chunk=16))
    ref, tokens = tiny_gguf.adapters[1], list(range(6, 20))
    runner.admit(0, load_adapter(ref, runner.bank.targets, loaded.base_sha256, 64), tokens)
    found = runner.prefill([PrefillInput(0, 0, tokens)])[0]

    plain = load_gguf(tiny_gguf.files.directory, KERNELS[kernel]())
    for path, layer in list(plain.named_modules()):
        if isinstance(layer, KernelLinear) and path != "lm_head":
            parent, _, name = path.rpartition(".")
            setattr(plain.get_submodule(parent), name, _AsLinear(layer))
    with torch.inference_mode():
        base = plain(torch.tensor([tokens])).logits[0, -1].clone()
        oracle = PeftModel.from_pretrained(plain, ref.directory, torch_device="cpu")
        expected = oracle(torch.tensor([tokens])).logits[0, -1]
    assert (found - expected).norm() <= TOLERANCE[kernel] * expected.norm()
    assert (base - expected).norm() > 0.3 * expected.norm()


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6))
def test_a_greedy_answer_does_not_depend_on_who_shares_the_batch(engine: Any, tiny_gguf: TinyModel, seed: int):
    rng = np.random.default_rng(seed)
    mix = []
    for number in range(8):
        adapter = None if number % 3 == 0 else tiny_gguf.adapters[int(rng.integers(4))]
        mix.append(ask(*rng.integers(0, 160, int(rng.integers(1, 60))), adapter=adapter, max_tokens=6))
    alone = [text_of(engine.stream(request)) for request in mix]
    with ThreadPoolExecutor(len(mix)) as pool:
        assert list(pool.map(lambda request: text_of(engine.stream(request)), mix)) == alone


@pytest.mark.parametrize("kernel", CPU_KERNELS)
@pytest.mark.parametrize("length", [32, 27])  # the second chunk of 27 is padded
def test_two_chunks_of_a_prompt_in_one_step_are_read_as_one_after_the_other(
    tiny_gguf: TinyModel, kernel: str, length: int
):
    from tutor.engine.lora_files import load_adapter

    loaded = load_model(tiny_gguf.files, kernel=kernel)
    runner = ModelRunner(loaded, EngineCapacity(slots=2, chunk=16))
    weights = load_adapter(tiny_gguf.adapters[1], runner.bank.targets, loaded.base_sha256, 64)
    tokens = list(range(6, 6 + length))
    for row in (0, 1):
        runner.admit(row, weights, tokens)
    runner.prefill([PrefillInput(0, 0, tokens[:16])])
    expected = runner.prefill([PrefillInput(0, 16, tokens[16:])])[-1]
    found = runner.prefill([PrefillInput(1, 0, tokens[:16]), PrefillInput(1, 16, tokens[16:])])[-1]
    assert torch.equal(found, expected)
    assert torch.equal(runner.kv.store[:, :, 1, :, :length], runner.kv.store[:, :, 0, :, :length])


def test_the_threads_that_load_layers_leave_the_number_of_threads_as_it_was():
    """A regression: a thread that began after a model was loaded computed on one core."""

    def threads_of_a_new_thread() -> int:
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(lambda: (torch.randn(64, 64) @ torch.randn(64, 64), torch.get_num_threads())[1]).result()

    kept = torch.get_num_threads()
    try:
        torch.set_num_threads(3)
        with layer_threads() as pool:
            assert set(pool.map(lambda _: torch.get_num_threads(), range(9))) == {1}
        assert (torch.get_num_threads(), threads_of_a_new_thread()) == (3, 3)
    finally:
        torch.set_num_threads(kept)


def test_model_format_and_kernel_are_told_as_they_are(engine: Any):
    info = engine.info()
    assert (info.model, info.quantization, info.state) == ("tiny-gguf", "q4_k_m", EngineState.READY)
    assert info.kernel in CPU_KERNELS


def test_the_kernel_is_chosen_by_measurement_or_by_name():
    sample = stored("Q4_K", 512, 256)
    assert choose_kernel("auto", lambda: sample).name in CANDIDATES
    assert choose_kernel("fp32", lambda: sample).name == "fp32"
    with pytest.raises(ModelUnusable, match="TUTOR_KERNEL=int3 is not one of auto, int8-rows"):
        choose_kernel("int3", lambda: sample)


def test_nf4_is_refused_where_it_would_not_compute_row_by_row(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(ModelUnusable, match="TUTOR_KERNEL=nf4 needs a GPU with CUDA; set it to one of auto, int8-rows"):
        choose_kernel("nf4", lambda: stored("Q4_K", 64, 256))


def test_a_model_for_nf4_is_packed_in_4_bits_and_computes_about_what_the_file_says(tiny_gguf: TinyModel):
    from bitsandbytes.nn import Linear4bit

    tokens = torch.tensor([list(range(6, 20))])
    model = load_gguf(tiny_gguf.files.directory, KERNELS["nf4"]())
    layers = [layer for layer in model.modules() if isinstance(layer, Linear4bit)]
    assert len(layers) == 2 * 7 + 1 and all(layer.weight.dtype == torch.uint8 for layer in layers)
    with torch.inference_mode():
        found = model(tokens).logits[0, -1].float()
        expected = load_gguf(tiny_gguf.files.directory, KERNELS["fp32"]())(tokens).logits[0, -1]
    assert found.dtype == torch.float32 and model.dtype == torch.bfloat16
    # Weights of random bytes lose most by being rounded twice: about a tenth in each of the layers.
    assert torch.cosine_similarity(found, expected, dim=0) > 0.85


def test_all_of_a_model_moves_to_the_device_of_its_kernel(tiny_gguf: TinyModel):
    model = load_gguf(tiny_gguf.files.directory, KERNELS["fp32"](), torch.device("meta"))
    tensors = (*model.named_parameters(), *model.named_buffers())
    assert [name for name, tensor in tensors if tensor.device.type != "meta"] == []


def test_a_model_that_is_loaded_but_cannot_answer_is_unusable_and_leaves_no_thread(
    tiny_gguf: TinyModel, monkeypatch: pytest.MonkeyPatch
):
    def broken(*_: object) -> None:
        raise RuntimeError("no kernel image is available for this device")

    monkeypatch.setattr(ModelRunner, "prefill", broken)
    before = threading.active_count()
    with pytest.raises(ModelUnusable, match=r"tiny-gguf was loaded but cannot answer \(the model failed \(Runtime"):
        LocalEngine.open(tiny_gguf.files, kernel="fp32")
    assert threading.active_count() == before


def test_an_unreadable_block_format_is_refused_by_name(tmp_path: Path):
    from gguf import GGMLQuantizationType, GGUFWriter

    writer = GGUFWriter(tmp_path / "model.gguf", "qwen2")
    writer.add_tensor("x.weight", np.zeros((2, 84), dtype=np.uint8), raw_dtype=GGMLQuantizationType.Q2_K)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    with pytest.raises(ModelUnusable, match=r"holds x\.weight as Q2_K"):
        write_tensor_index(tmp_path / "model.gguf", tmp_path)


def test_a_shortened_file_or_a_damaged_list_of_tensors_is_an_error_that_names_it(tiny_gguf: TinyModel, tmp_path: Path):
    source = tiny_gguf.files.directory
    (tmp_path / "tensors.json").write_bytes((source / "tensors.json").read_bytes())
    (tmp_path / "model.gguf").write_bytes((source / "model.gguf").read_bytes()[:-1000])
    last = max(json.loads((tmp_path / "tensors.json").read_text()).items(), key=lambda item: item[1]["offset"])[0]
    with pytest.raises(ModelUnusable, match=f"is cut short at {last}"):
        GgufWeights(tmp_path).read(last)
    with pytest.raises(ModelUnusable, match=r"has no tensor blk\.99"):
        GgufWeights(tmp_path).read("blk.99.attn_q.weight")
    (tmp_path / "tensors.json").write_text("[1]")
    with pytest.raises(ModelUnusable, match=r"tensors\.json cannot be read"):
        GgufWeights(tmp_path)
