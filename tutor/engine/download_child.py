"""Runs one download in a child process, which can be watched by the bytes it has written, and ended at any time."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tutor.errors import ModelUnusable

POLL_S = 0.2
_BEGUN_BYTES = 64_000  # a downloader's own notes take less


class DownloadFailed(ModelUnusable):
    """One source of a model's weights could not deliver them; the next one may."""


def run_download(
    command: Sequence[str],
    folder: Path,
    *,
    environment: Mapping[str, str],
    on_bytes: Callable[[int], None],
    first_byte_s: float,
    stall_s: float,
) -> None:
    """Run `command`, which writes below `folder`, and call `on_bytes` with the bytes there as they grow.

    Raises DownloadFailed with the child's own reason, or when no byte arrives for `first_byte_s`, later `stall_s`
    seconds. Whatever `on_bytes` raises ends the child.
    """
    log = folder / "download.log"
    with log.open("wb") as output:
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **environment, "TMPDIR": str(folder)},
            start_new_session=True,
        )
        try:
            _watch(child, folder, on_bytes, first_byte_s, stall_s)
        finally:
            _end(child)
    if child.returncode:
        raise DownloadFailed(_reason(log))


def _watch(
    child: subprocess.Popen[bytes], folder: Path, on_bytes: Callable[[int], None], first_byte_s: float, stall_s: float
) -> None:
    start = known = bytes_below(folder)
    changed_at = time.monotonic()
    while child.poll() is None:
        size = bytes_below(folder)
        on_bytes(size)
        if size != known:
            known, changed_at = size, time.monotonic()
        if (silent_s := time.monotonic() - changed_at) > (stall_s if known > start + _BEGUN_BYTES else first_byte_s):
            raise DownloadFailed(f"nothing arrived for {silent_s:.0f} seconds")
        try:
            child.wait(POLL_S)
        except subprocess.TimeoutExpired:
            continue


def _end(child: subprocess.Popen[bytes]) -> None:
    if child.poll() is None:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def _reason(log: Path) -> str:
    """Return the child's last line that says ERROR, else its last line."""
    lines = [line.strip() for line in log.read_text("utf-8", "replace").splitlines() if line.strip()]
    errors = [line for line in lines if "error" in line.lower()]
    return (errors or lines or ["no reason given"])[-1].removeprefix("ERROR: ")[:200]


def bytes_below(folder: Path) -> int:
    """Return the size of all files below `folder` but the log; a file that vanishes meanwhile does not count."""
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            try:
                total += (Path(parent) / name).stat().st_size if name != "download.log" else 0
            except OSError:
                continue
    return total
