"""Runs the trainer in a subprocess: starts it, follows its progress, stops it, and verifies its files."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from adapters import errors
from adapters.errors import AdapterError, TrainerDied, TrainingRefused
from adapters.records import TrainedAdapter, TrainingJob, TrainingProgress
from adapters.registry import verify_adapter
from adapters.trainer import KEY_ON_STDIN, write_job

ROOT = Path(__file__).resolve().parent.parent
TRAINER_MODULE = "adapters.trainer"
POLL_S = 0.2
OVERHEAD_LIMIT_S = 180.0  # allowed beyond twice the recipe's time limit


def train_in_subprocess(
    job: TrainingJob,
    on_progress: Callable[[TrainingProgress], None],
    cancelled: Callable[[], bool],
    module: str = TRAINER_MODULE,
) -> TrainedAdapter:
    """Train in a subprocess, which runs `module`, and return the adapter after verifying its files.

    Raises TrainingRefused (also when cancelled), TrainerDied, BaseUnusable, AdapterDamaged.
    """
    job_file = Path(job.directory) / "job.json"
    write_job(job_file, job)
    log = Path(job.directory) / "trainer.log"
    with log.open("wb") as stderr:
        child = subprocess.Popen(
            [sys.executable, "-m", module, str(job_file), *([KEY_ON_STDIN] if job.vault.key else [])],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=stderr,
        )
        try:
            _hand_over_key(child, job)
            result = _wait_for_result(child, job, on_progress, cancelled)
        finally:
            child.kill()
            child.wait()
    if result is None:
        raise TrainerDied(
            f"the trainer ended without a result ({_describe_exit(child.returncode)}); start the training again"
        )
    return _verify_result(job, result)


def _hand_over_key(child: subprocess.Popen[bytes], job: TrainingJob) -> None:
    """Write the key of the job's files to the child's standard input, so that it is in no file and no environment."""
    assert child.stdin is not None
    with suppress(BrokenPipeError), child.stdin as stdin:
        stdin.write(job.vault.key or b"")


def _wait_for_result(
    child: subprocess.Popen[bytes],
    job: TrainingJob,
    on_progress: Callable[[TrainingProgress], None],
    cancelled: Callable[[], bool],
) -> dict[str, Any] | None:
    """Return the trainer's final message, or None if it died without one."""
    limit_s = 2 * job.recipe.time_limit_s + OVERHEAD_LIMIT_S
    deadline = time.monotonic() + limit_s
    for line in _output_lines(child):
        if cancelled():
            raise TrainingRefused("the training was cancelled")
        if time.monotonic() > deadline:
            raise TrainerDied(f"the trainer did not end within {limit_s:.0f} s and was stopped; start it again")
        if line is None:
            continue
        message = json.loads(line)
        if message["kind"] != "progress":
            child.wait()
            return dict(message)
        on_progress(TrainingProgress(**message["value"]))
    child.wait()
    return None


def _output_lines(child: subprocess.Popen[bytes]) -> Iterator[bytes | None]:
    """Yield the lines that the trainer writes, and None every POLL_S seconds while it writes nothing."""
    assert child.stdout is not None
    stdout, lines = child.stdout, queue.Queue[bytes]()

    def read() -> None:
        for line in stdout:
            lines.put(line)
        lines.put(b"")

    threading.Thread(target=read, daemon=True, name="trainer-output").start()
    while True:
        try:
            line = lines.get(timeout=POLL_S)
        except queue.Empty:
            yield None
            continue
        if not line:
            return
        yield line


def _verify_result(job: TrainingJob, message: dict[str, Any]) -> TrainedAdapter:
    """Return the adapter of the trainer's final message after verifying its files, or raise the error in it."""
    value = message["value"]
    if message["kind"] == "refused":
        kind = getattr(errors, value["error"], TrainerDied)
        raise (kind if issubclass(kind, AdapterError) else TrainerDied)(value["message"])
    manifest = verify_adapter(Path(value["directory"]), job.base_sha256, vault=job.vault)
    return TrainedAdapter(job.name, value["directory"], manifest.sha256, manifest.base_sha256, manifest.metrics)


def _describe_exit(status: int) -> str:
    return f"stopped by signal {-status}" if status < 0 else f"exit status {status}"
