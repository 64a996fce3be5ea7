"""The product on a GPU, within minutes: does it open, answer and learn there as it promises, and how fast?

    python -m bench.gpu --tokenizer FOLDER --out gpu.json
    python -m bench.gpu --tokenizer FOLDER --size tiny --parts build,opening     shows that it runs, without a GPU too

`FOLDER` holds the tokenizer of the bundled model. The model is random, 1.7 B parameters in Qwen3's layers: speed and
rounding do not depend on what it says. Tests of the engine and of the trainer run first, beside the making of that
model and the comparison of scores; what is timed has the machine for itself. Each part is a process of its own with a
limit of its own: one that fails or is slow loses what it had not yet said, nothing else. What the parts measure is in
`gpu_worker.py`.
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

ENGINE_TESTS = ["exact", "local", "adapters"]
TRAINER_TESTS = ["training", "loop", "beginning", "baseline", "preference"]
CONCURRENT_PARTS = {
    "engine_tests": 85.0,
    "trainer_tests": 90.0,
}  # seconds at most; not timed, so they run beside the next two
FIRST_PARTS = {"build": 80.0, "exactness": 60.0}
EXCLUSIVE_PARTS = {"opening": 60.0, "training": 70.0, "decoding": 70.0}


@dataclass(slots=True)
class PartProcess:
    """A part on its way: its process, where it writes, and when it must have ended."""

    name: str
    child: subprocess.Popen[bytes]
    log: Path
    started_at: float
    deadline: float

    def result(self) -> dict[str, Any]:
        """Wait for the end, or make it end; return all it has said so far, and its last lines when it failed."""
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
    """Return what a part tells in a line; nothing when it is another's line, or cut off."""
    try:
        return dict(json.loads(line)) if line.startswith("{") else {}
    except ValueError:
        return {}


def kill(child: subprocess.Popen[bytes]) -> None:
    """End a part and whatever it started."""
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except ProcessLookupError:
        return  # all had gone
    finally:
        child.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tokenizer", type=Path, required=True)
    parser.add_argument("--size", default="1.7b", choices=["1.7b", "tiny"])
    parser.add_argument("--parts", default=",".join([*CONCURRENT_PARTS, *FIRST_PARTS, *EXCLUSIVE_PARTS]))
    parser.add_argument("--seconds", type=float, default=205.0, help="when everything must have ended")
    parser.add_argument("--commit", default="unknown")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    library_env.configure_libraries()
    began, wanted = time.monotonic(), options.parts.split(",")
    result: dict[str, Any] = {"benchmark": "gpu", "commit": options.commit, "size": options.size}

    def keep(part: PartProcess) -> None:
        result[part.name] = part.result()
        if options.out:  # after each part: a run that is broken off has measured something too
            options.out.write_text(json.dumps(result, indent=1) + "\n")

    with tempfile.TemporaryDirectory() as name:
        folder, last = Path(name), began + options.seconds

        def start(part: str, seconds: float) -> PartProcess:
            return start_part(part, folder, options, min(last, time.monotonic() + seconds))

        def take_turns(parts: dict[str, float]) -> None:
            for name, seconds in parts.items():
                if name in wanted and time.monotonic() < last - 5:
                    keep(start(name, seconds))

        beside = [start(name, seconds) for name, seconds in CONCURRENT_PARTS.items() if name in wanted]
        take_turns(FIRST_PARTS)
        for part in beside:
            keep(part)
        take_turns(EXCLUSIVE_PARTS)
    result["seconds"] = round(time.monotonic() - began, 1)
    if options.out:
        options.out.write_text(json.dumps(result, indent=1) + "\n")
    print(json.dumps(result))


def start_part(name: str, folder: Path, options: argparse.Namespace, until: float) -> PartProcess:
    """Start a part; what it says goes to a file."""
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
    """Give those who share the machine a core or two each, and who has it for itself what a product would take."""
    return {"OMP_NUM_THREADS": "2" if name in CONCURRENT_PARTS else str(max(1, (os.cpu_count() or 2) // 2))}


def command(name: str, folder: Path, options: argparse.Namespace) -> list[str]:
    if name == "engine_tests":
        return pytest_command([f"tests/engine/test_engine_{room}.py" for room in ENGINE_TESTS])
    if name == "trainer_tests":
        return pytest_command([f"tests/adapters/test_adapters_{room}.py" for room in TRAINER_TESTS])
    place = ["--folder", str(folder), "--tokenizer", str(options.tokenizer), "--size", options.size]
    return [sys.executable, "-m", "bench.gpu_worker", name, *place]


def pytest_command(files: list[str]) -> list[str]:
    """Return the command that runs tests, several at once, those aside that need the bundled model."""
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
