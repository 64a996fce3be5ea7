"""Launching: a child that opens untrusted files is started without keys or proxies, fed, and ended for certain."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_ENVIRONMENT_ALLOWLIST = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "TESSDATA_PREFIX", "SYSTEMROOT", "VIRTUAL_ENV")


def start_worker(module: str) -> subprocess.Popen[bytes]:
    """Start a module of ours in a process group of its own; it limits itself before it opens anything."""
    return subprocess.Popen(
        [sys.executable, "-B", "-m", module],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
        env=worker_environment(),
        start_new_session=True,
    )


def run_worker(module: str, request: bytes, data: bytes, wall_s: float, most_bytes: int) -> tuple[bytes, int]:
    """Start a module, hand it a request and a file; return what it said, at most so much, and how it ended."""
    process = start_worker(module)
    assert process.stdout is not None
    clock = threading.Timer(wall_s, kill_process_group, [process])
    clock.start()
    threading.Thread(target=write_input, args=(process, request, data), daemon=True).start()
    try:
        answer = process.stdout.read(most_bytes)
    finally:
        clock.cancel()
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=1)  # it has said its last word
        kill_process_group(process)
        process.wait()
        process.stdout.close()
    return answer, process.returncode


def write_input(process: subprocess.Popen[bytes], request: bytes, data: bytes) -> None:
    """Write what the child is asked and the file; one that died meanwhile tells why by its exit status."""
    assert process.stdin is not None
    with suppress(OSError), process.stdin as pipe:
        pipe.write(request)
        pipe.write(data)


def kill_process_group(process: subprocess.Popen[bytes]) -> None:
    """Kill the child and whatever it started."""
    with suppress(ProcessLookupError):  # it has ended by itself
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()


def worker_environment() -> dict[str, str]:
    """The child gets no keys and no proxies, only what it takes to start."""
    kept = {key: os.environ[key] for key in _ENVIRONMENT_ALLOWLIST if key in os.environ}
    return kept | {"PYTHONUTF8": "1", "PYTHONNOUSERSITE": "1", "OMP_THREAD_LIMIT": "1", "MALLOC_ARENA_MAX": "2"}
