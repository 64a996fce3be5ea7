"""The program that measures the engine runs to its end and says what it promises to say."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.slow
@pytest.mark.real
@pytest.mark.timeout(600)
def test_the_serving_bench_runs_to_its_end_on_a_tiny_model(tmp_path: Path):
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
