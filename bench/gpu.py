"""Check that the product opens, answers and trains on a GPU as it promises, and measure how fast.

    python -m bench.gpu --tokenizer FOLDER --out gpu.json
    python -m bench.gpu --tokenizer FOLDER --size tiny --parts build,opening     a trial, also without a GPU

`FOLDER` contains the tokenizer of the bundled model. The model is random, 1.7 B parameters in Qwen3's layers: speed
and rounding do not depend on its answers. The tests of the engine and of the trainer run first, in parallel with
building that model and comparing its scores; the timed parts have the machine to themselves. Each part is a process
with a time limit: if one fails or is too slow, only what it has not reported yet is lost. `gpu_worker.py` describes
the parts. Three minutes.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tutor.platform import library_env

ENGINE_TESTS = ["equivalence", "local", "adapters"]
TRAINER_TESTS = ["training", "training_loop", "warm_start", "base_eval_cache", "preference"]
# Time limits in seconds, for a run of ALL_SECONDS; a longer run gives each part more. The tests are not timed, so they
# run in parallel with the first parts.
ALL_SECONDS = 205.0
CONCURRENT_PARTS = {"engine_tests": 85.0, "trainer_tests": 90.0}
FIRST_PARTS = {"build": 80.0, "exactness": 60.0}
EXCLUSIVE_PARTS = {"opening": 60.0, "training": 70.0, "decoding": 70.0}


@dataclass(slots=True)
class PartProcess:
    """A running part: its process, its log file and its deadline."""

    name: str
    child: subprocess.Popen[bytes]
    log: Path
    started_at: float
    deadline: float

    def result(self) -> dict[str, Any]:
        """Wait for the end or the deadline; return all that was reported, and print the last lines of a failure."""
        try:
            status: int | str = self.child.wait(max(0.1, self.deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            status = "too slow"
        finally:
            kill(self.child)
        lines = self.log.read_text("utf-8", "replace").splitlines()
        found = {"ended": status, "seconds": round(time.monotonic() - self.started_at, 1)}
        for line in lines:
            found |= parse_result_line(line)
        if self.name.endswith("tests"):
            failed = [line[:300] for line in lines if line.startswith(("FAILED", "ERROR"))]
            found |= {"said": lines[-1:], "failed": failed}
        if status != 0:
            print(f"--- the end of {self.name}", *lines[-25:], sep="\n", flush=True)
        print(json.dumps({self.name: found}), flush=True)
        return found


def parse_result_line(line: str) -> dict[str, Any]:
    """Return what a part reports in a line; {} for any other line, or one that is cut off."""
    try:
        return dict(json.loads(line)) if line.startswith("{") else {}
    except ValueError:
        return {}


def kill(child: subprocess.Popen[bytes]) -> None:
    """Stop a part and its child processes."""
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except ProcessLookupError:
        return  # all have ended
    finally:
        child.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tokenizer", type=Path, required=True)
    parser.add_argument("--size", default="1.7b", choices=["1.7b", "tiny"])
    parser.add_argument("--parts", default=",".join([*CONCURRENT_PARTS, *FIRST_PARTS, *EXCLUSIVE_PARTS]))
    parser.add_argument("--seconds", type=float, default=ALL_SECONDS, help="time limit for all parts")
    parser.add_argument("--commit", default="unknown")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    library_env.configure_libraries()
    started, wanted = time.monotonic(), options.parts.split(",")
    result: dict[str, Any] = {"benchmark": "gpu", "commit": options.commit, "size": options.size}

    def record(part: PartProcess) -> None:
        result[part.name] = part.result()
        if options.out:  # after each part, so an interrupted run has a result too
            options.out.write_text(json.dumps(result, indent=1) + "\n")

    with tempfile.TemporaryDirectory() as name:
        folder, last = Path(name), started + options.seconds

        def start(part: str, seconds: float) -> PartProcess:
            share = seconds * max(1.0, options.seconds / ALL_SECONDS)
            return start_part(part, folder, options, min(last, time.monotonic() + share))

        def take_turns(parts: dict[str, float]) -> None:
            for name, seconds in parts.items():
                if name in wanted and time.monotonic() < last - 5:
                    record(start(name, seconds))

        concurrent = [start(name, seconds) for name, seconds in CONCURRENT_PARTS.items() if name in wanted]
        take_turns(FIRST_PARTS)
        for part in concurrent:
            record(part)
        take_turns(EXCLUSIVE_PARTS)
    result["seconds"] = round(time.monotonic() - started, 1)
    if options.out:
        options.out.write_text(json.dumps(result, indent=1) + "\n")
    print(json.dumps(result))


def start_part(name: str, folder: Path, options: argparse.Namespace, until: float) -> PartProcess:
    """Start a part, with its output in a file."""
    log = folder / f"{name}.log"
    with log.open("wb") as out:
        child = subprocess.Popen(
            command(name, folder, options),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            env=os.environ | {"PYTHONUNBUFFERED": "1", "HF_HUB_OFFLINE": "1"} | threads(name),
            start_new_session=True,
        )
    return PartProcess(name, child, log, time.monotonic(), until)


def threads(name: str) -> dict[str, str]:
    """Return the thread limit: two for parts that run in parallel, what the product would use for the others."""
    return {"OMP_NUM_THREADS": "2" if name in CONCURRENT_PARTS else str(max(1, (os.cpu_count() or 2) // 2))}


def command(name: str, folder: Path, options: argparse.Namespace) -> list[str]:
    if name == "engine_tests":
        return pytest_command([f"tests/engine/test_engine_{name}.py" for name in ENGINE_TESTS])
    if name == "trainer_tests":
        return pytest_command([f"tests/adapters/test_adapters_{name}.py" for name in TRAINER_TESTS])
    place = ["--folder", str(folder), "--tokenizer", str(options.tokenizer), "--size", options.size]
    return [sys.executable, "-m", "bench.gpu_worker", name, *place]


def pytest_command(files: list[str]) -> list[str]:
    """Return the command that runs tests in parallel, without those that need the bundled model."""
    quiet = ["-p", "no:cacheprovider", "-W", "ignore", "--tb=short", "-rfE", "--timeout=80"]
    return [
        sys.executable,
        "-m",
        "pytest",
        *files,
        *quiet,
        "-m",
        "not slow and not real",
        "-n",
        str(min(5, os.cpu_count() or 1)),
    ]


if __name__ == "__main__":
    main()
