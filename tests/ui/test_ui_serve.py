"""`python app.py` as whoever starts it sees it: what it prints is true when it is printed."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from page_server import free_port

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_the_sign_in_link_opens_as_soon_as_it_is_printed_and_nobody_need_read_on(tmp_path: Path) -> None:
    """Regressions: it was printed before the port listened; stopping printed a line and failed without a reader."""
    port = free_port()
    environment = {
        **os.environ,
        "TUTOR_MODEL": "scripted",
        "TUTOR_DATA_DIR": str(tmp_path),
        "TUTOR_SAMPLE_COURSE": "false",
        "TUTOR_PORT": str(port),
    }
    with subprocess.Popen(
        [sys.executable, "app.py"], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        try:
            lines = iter(server.stdout.readline, "")
            link = next(line for line in lines if "/join?token=" in line).split()[-1]
            page = httpx.get(link)
            limits = Path(f"/proc/{server.pid}/limits").read_text()
            server.stdout.close()
        finally:
            server.send_signal(signal.SIGTERM)
    assert page.status_code == 200 and "Sign in" in page.text
    assert server.returncode == 0
    assert re.search(r"Max core file size +0 +0 ", limits), "a crash leaves no memory in a file"
