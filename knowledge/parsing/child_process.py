"""Starting and ending the worker processes that open untrusted files; they inherit no keys and no proxies."""

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
    """Start a module of ours in its own process group; it confines itself before it opens the file."""
    return subprocess.Popen(
        [sys.executable, "-B", "-m", module],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
        env=worker_environment(),
        start_new_session=True,
    )


def run_worker(module: str, request: bytes, data: bytes, wall_s: float, max_bytes: int) -> tuple[bytes, int]:
    """Run a worker on a request and a file; return its answer, cut at `max_bytes`, and its exit status.

    The worker is killed after `wall_s` seconds; then the status is not 0.
    """
    process = start_worker(module)
    assert process.stdout is not None
    clock = threading.Timer(wall_s, kill_process_group, [process])
    clock.start()
    threading.Thread(target=write_input, args=(process, request, data), daemon=True).start()
    try:
        answer = process.stdout.read(max_bytes)
    finally:
        clock.cancel()
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=1)  # it has closed its output
        kill_process_group(process)
        process.wait()
        process.stdout.close()
    return answer, process.returncode


def write_input(process: subprocess.Popen[bytes], request: bytes, data: bytes) -> None:
    """Write the request and the file; if the worker has died, its exit status tells why."""
    assert process.stdin is not None
    with suppress(OSError), process.stdin as pipe:
        pipe.write(request)
        pipe.write(data)


def kill_process_group(process: subprocess.Popen[bytes]) -> None:
    """Kill the worker and every process it started."""
    with suppress(ProcessLookupError):  # it has ended by itself
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()


def worker_environment() -> dict[str, str]:
    """Return the variables that a worker needs to start; no keys, no proxies."""
    allowed = {key: os.environ[key] for key in _ENVIRONMENT_ALLOWLIST if key in os.environ}
    return allowed | {"PYTHONUTF8": "1", "PYTHONNOUSERSITE": "1", "OMP_THREAD_LIMIT": "1", "MALLOC_ARENA_MAX": "2"}
