"""The benchmarks of the engine run to their end and print all their figures."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from tiny_models import TinyModel


@pytest.mark.slow
@pytest.mark.real
@pytest.mark.timeout(600)
def test_the_serving_benchmark_runs_on_a_tiny_model(tmp_path: Path):
    brief = ["--model", "tiny", "--rounds", "1", "--quick", "--data-dir", str(tmp_path), "--out", str(tmp_path / "out")]
    run = subprocess.run(
        [sys.executable, "-m", "bench.serving", *brief], capture_output=True, text=True, cwd=Path(__file__).parents[2]
    )
    assert run.returncode == 0, run.stderr[-2000:]
    result = json.loads(run.stdout.splitlines()[-1])
    assert result == json.loads((tmp_path / "out").read_text())
    assert {"vs_base", "vs_peft_mixed", "vs_serial", "bound", "tokens_per_s"} <= result["distinct2"].keys()
    assert {"ttft_ratio", "worst_gap_ratio"} <= result["late_joiner"].keys()
    assert {"ram_ms", "disk_ms"} == result["admission"].keys()
    assert result["prefix"]["ttft_speedup"] > 1
    assert result["known_learners"]["held_mb"] <= result["known_learners"]["cap_mb"]


@pytest.mark.slow
@pytest.mark.real
@pytest.mark.timeout(600)
def test_the_gpu_benchmark_runs_on_a_tiny_model_without_a_gpu(tmp_path: Path):
    """Timings mean nothing there, but our rows are as close to the merged model in fp32 as those of PEFT."""
    from tutor.engine.model_files import resolve_model_files

    tokenizer = resolve_model_files("plain", tmp_path).directory
    brief = ["--size", "tiny", "--parts", "build,opening,exactness", "--tokenizer", str(tokenizer)]
    run = subprocess.run(
        [sys.executable, "-m", "bench.gpu", *brief, "--seconds", "500"],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    result = json.loads(run.stdout.splitlines()[-1])
    assert [result[part]["ended"] for part in ("build", "opening", "exactness")] == [0, 0, 0], run.stdout[-2000:]
    assert result["opening"]["state"] == "ready"
    assert result["exactness"]["ours"]["relative"] < 1.2 * result["exactness"]["peft"]["relative"]


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_serving_benchmark_compares_with_peft_on_a_gguf_base_and_names_kernel_and_instructions(
    tiny_gguf: TinyModel, tmp_path: Path
):
    brief = ["--model", str(tiny_gguf.files.directory), "--kernel", "int8-rows", "--layers", "1", "--rounds", "1"]
    brief += [
        "--parts",
        "decode_speed",
        "--quick",
        "--cells",
        "distinct2",
        "--data-dir",
        str(tmp_path),
        "--isa",
        "avx2",
    ]
    run = subprocess.run(
        [sys.executable, "-m", "bench.serving", *brief], capture_output=True, text=True, cwd=Path(__file__).parents[2]
    )
    assert run.returncode == 0, run.stderr[-2000:]
    result = json.loads(run.stdout.splitlines()[-1])
    told = {"model": "model", "precision": "q4_k_m", "kernel": "int8-rows", "context_tokens": 160}
    assert {name: result[name] for name in told} == told
    assert result["isa"].startswith("AVX2") and "the last 1 decoder layers" in result["adapters"]
    compared = {"vs_base", "vs_own_base", "vs_peft_mixed", "vs_serial", "vs_fp32_peft_mixed", "vs_fp32_serial"}
    assert compared <= result["distinct2"].keys() and not result.keys() & {"zipf2", "one2"}


def test_peft_on_the_kernel_of_the_product_computes_what_the_product_computes(tiny_gguf: TinyModel):
    """Otherwise the benchmark would compare the speed of different sums."""
    import torch
    from peft import PeftModel

    from bench.serving_gguf import peft_view
    from tutor.engine.model_loading import load_model

    loaded = load_model(tiny_gguf.files, kernel="int8-rows")
    prompt = torch.tensor([list(range(6, 20))])
    with torch.inference_mode():
        base = loaded.model(prompt).logits
        adapted = PeftModel.from_pretrained(peft_view(loaded).model, tiny_gguf.adapters[1].directory).eval()
        changed = adapted(prompt).logits
        with adapted.disable_adapter():
            torch.testing.assert_close(adapted(prompt).logits, base)
        torch.testing.assert_close(loaded.model(prompt).logits, base)
    assert (changed - base).norm() > 0.3 * base.norm()
