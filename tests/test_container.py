"""The Dockerfile checked without Docker: the files it copies, the environment it sets and the commands it runs."""

from __future__ import annotations

import fnmatch
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from test_packaging import ROOT, dockerfile, read, tracked


def _copy_tracked_files(folder: Path) -> Path:
    """Copy what `COPY . .` copies, which is the tracked files without those in .dockerignore; return the folder."""
    ignored = read(".dockerignore").split()
    for source in tracked():
        path = source.relative_to(ROOT)
        if any(fnmatch.fnmatch(path.parts[0], pattern) for pattern in ignored):
            continue
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, folder / path)
    return folder


def _variables(instruction: str) -> dict[str, str]:
    """Return the NAME=value pairs of an instruction."""
    pairs = " ".join(rest for word, rest in dockerfile() if word == instruction).split()
    return dict(pair.split("=", 1) for pair in pairs if "=" in pair)


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_the_copied_files_serve_and_the_health_check_passes(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    app = _copy_tracked_files(tmp_path / "app")
    (command,) = [json.loads(rest) for word, rest in dockerfile() if word == "CMD"]
    (health,) = [rest.split("CMD ")[1] for word, rest in dockerfile() if word == "HEALTHCHECK"]
    assert command[0] == "python"
    check = [sys.executable, *json.loads(health.replace(":7860", f":{port}"))[1:]]
    environment = {**os.environ, **_variables("ENV"), "HOME": str(tmp_path), "TUTOR_MODEL": "scripted"}
    environment |= {"TUTOR_PORT": port, "TUTOR_HOST": "127.0.0.1", "TUTOR_DATA_DIR": str(tmp_path / "data")}
    server = subprocess.Popen([sys.executable, *command[1:]], cwd=app, env=environment)
    try:
        deadline = time.monotonic() + 150
        while subprocess.run(check, capture_output=True).returncode:
            assert server.poll() is None, "the server exited"
            assert time.monotonic() < deadline, "the health check never passed"
            time.sleep(1)
    finally:
        server.send_signal(signal.SIGTERM)  # what `docker stop` sends
        assert server.wait(30) in (0, 130)
