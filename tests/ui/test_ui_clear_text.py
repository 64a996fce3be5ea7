"""Nothing that a learner wrote is in clear in any file of a server that was killed, and all of it is still there."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest
from canary_server import CANARY, CHINESE_CANARY

from tutor.domain import TurnStatus
from tutor.platform.settings import Settings
from tutor.services import open_core_services

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]
SERVER = ROOT / "tests" / "canary_server.py"


@pytest.fixture(scope="module")
def killed_server(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a server that was killed while it answered and trained, with its temporary files and its output."""
    folder = tmp_path_factory.mktemp("killed")
    (folder / "tmp").mkdir()
    environment = {**os.environ, "TMPDIR": str(folder / "tmp"), "SQLITE_TMPDIR": str(folder / "tmp")}
    command = [sys.executable, str(SERVER), str(folder)]
    with (folder / "stderr").open("wb") as stderr:
        server = subprocess.Popen(command, env=environment, cwd=folder, stdout=subprocess.PIPE, stderr=stderr)
        assert server.stdout is not None
        ready = any(line.strip() == b"READY" for line in server.stdout)
        server.send_signal(signal.SIGKILL)
        server.wait()
    assert ready, (folder / "stderr").read_text()
    return folder


def spellings(text: str) -> Iterator[bytes]:
    """The bytes that a text may be stored as; base64 at each of three offsets, without the ends that depend on it."""
    for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
        yield text.encode(encoding)
    yield text.encode("ascii", "backslashreplace")
    yield text.encode().hex().encode()
    for offset in range(3):
        yield b64encode(b" " * offset + text.encode())[4:-4]


def test_no_file_of_a_killed_server_has_a_learners_words_in_clear(killed_server: Path) -> None:
    files = {path: path.read_bytes() for path in killed_server.rglob("*") if path.is_file()}
    assert any(b"Calvin cycle" in data for data in files.values()), "course documents are in clear, the scan finds them"
    assert any(path.name.endswith("-wal") and data for path, data in files.items()), "the log is scanned, too"
    assert any(path.name == "rows.jsonl" for path in files), "so is what a training left"
    found = {
        str(path.relative_to(killed_server))
        for path, data in files.items()
        for canary in (CANARY, CHINESE_CANARY)
        for spelling in spellings(canary)
        if spelling in data
    }
    assert found == set()
    assert [path.name for path, data in files.items() if b"lora_A" in data] == [], "weights of adapters are sealed"


def test_all_that_was_written_before_the_kill_is_there_afterwards(killed_server: Path) -> None:
    core = open_core_services(Settings(data_dir=killed_server / "var", sample_course=False))
    try:
        ada = next(person for person in core.accounts.list_people() if person.guest)
        conversations = core.conversations.list_own(ada, "biology")
        turns = [turn for one in conversations for turn in core.conversations.list_turns(ada, one.id)]
        assert len(turns) == 5 and all(CANARY in turn.question for turn in turns)
        assert TurnStatus.RUNNING in {turn.status for turn in turns}
        corrections = core.feedback.list_corrections(ada, "biology")
        assert len(corrections) == 3 and all(CHINESE_CANARY in correction.text for correction in corrections)
    finally:
        core.close()
