"""The worker that parses a file is confined and never outlives its parent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hostile_files import pdf_with_nested_forms
from sample_documents import pdf_pages

from knowledge.documents import IngestProgress
from knowledge.errors import DocumentDamaged, DocumentTooLarge
from knowledge.parsing import worker_protocol
from knowledge.parsing.limits import ParseLimits
from knowledge.parsing.sandbox import parse
from knowledge.parsing.source_file import safe_display_name

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    "deed",
    [
        "import socket; socket.create_connection(('127.0.0.1', 9))",
        "import socket; socket.getaddrinfo('example.org', 80)",
        "import subprocess; subprocess.run(['ls'])",
        "import os; os.system('true')",
        "open('written-by-a-reader.txt', 'w')",
        "import os; os.write(os.open('written-by-a-reader.txt', os.O_WRONLY | os.O_CREAT), b'x')",
        "b'x' * 10**10",
    ],
)
def test_the_sandbox_denies(deed, tmp_path):
    code = f"""
import sys; sys.path.insert(0, {str(ROOT)!r})
from knowledge.parsing.confinement import confine_process
from knowledge.parsing.limits import ParseLimits
confine_process(ParseLimits())
try:
    {deed}
except (PermissionError, MemoryError, OSError):
    sys.exit(42)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, timeout=60, check=False)
    assert done.returncode == 42, done.stderr.decode()
    assert (
        not (tmp_path / "written-by-a-reader.txt").exists() or not (tmp_path / "written-by-a-reader.txt").stat().st_size
    )


def test_a_silent_worker_is_killed_and_reported():
    with pytest.raises(DocumentTooLarge, match=r"book\.pdf takes too long"):
        parse("book.pdf", pdf_with_nested_forms(), ParseLimits(stall_s=0.5))


def test_progress_counts_pages():
    seen: list[IngestProgress] = []
    parse("book.pdf", pdf_pages(*[[(72, 700, f"leaf {n}")] for n in range(5)]), progress=seen.append)
    assert seen[-1] == IngestProgress("reading", 5, 5)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="parent-death signals are Linux's")
def test_a_killed_parent_leaves_no_worker_behind(tmp_path):
    code = f"""
import sys; sys.path[:0] = [{str(ROOT)!r}, {str(ROOT / "tests")!r}]
from knowledge.parsing.sandbox import parse
from hostile_files import pdf_with_nested_forms
parse("forms.pdf", pdf_with_nested_forms())
"""
    parent = subprocess.Popen([sys.executable, "-c", code], cwd=tmp_path)
    child = wait_for_child(parent.pid)
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    deadline = time.monotonic() + 20
    while alive(child) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not alive(child)


def wait_for_child(parent: int) -> int:
    """Return the worker's process id once it has confined itself."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        for path in Path("/proc").glob("[0-9]*/status"):
            try:
                fields = dict(line.split(":\t", 1) for line in path.read_text().splitlines() if ":\t" in line)
            except OSError:
                continue
            if fields["PPid"].strip() == str(parent) and fields.get("NoNewPrivs", "0").strip() == "1":
                return int(fields["Pid"])
        time.sleep(0.05)
    raise AssertionError("no worker was started")


def alive(process: int) -> bool:
    try:
        return "Z (zombie)" not in Path(f"/proc/{process}/status").read_text()
    except OSError:
        return False


def test_malformed_worker_messages_are_refused():
    for line in (b"", b"{}", b"[]", b'{"peak_mb": 1, "refused": "SystemExit", "message": ""}', b'{"document": 1'):
        with pytest.raises(ValueError):
            worker_protocol.decode_message(line)


def test_a_refusal_round_trips_through_the_worker_protocol():
    message = worker_protocol.decode_message(
        worker_protocol.encode_result(DocumentDamaged("a.pdf is damaged."), 12.5, 0.25)
    )
    assert isinstance(message, worker_protocol.WorkerResult)
    assert type(message.result) is DocumentDamaged
    assert (str(message.result), message.peak_mb, message.cpu_s) == ("a.pdf is damaged.", 12.5, 0.25)


@pytest.mark.parametrize(
    ("name", "shown"),
    [("../../etc/passwd", "passwd"), ("C:\\x\\notes.txt", "notes.txt"), ("a\x1b[31m\n\u202eb.pdf", "a[31mb.pdf")],
)
def test_file_names_in_messages_are_sanitised(name, shown):
    assert safe_display_name(name) == shown
