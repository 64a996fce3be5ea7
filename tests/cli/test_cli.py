"""The command line: the result on stdout, one line of error on stderr, and the exit status."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tutor import cli
from tutor.cli import run
from tutor.cli.ask import answer_json
from tutor.cli.doctor import check_encryption
from tutor.services import Services

REPO = Path(__file__).resolve().parents[2]


@pytest.fixture
def run_cli(tmp_path, monkeypatch, capsys):
    """Run a verb in this process; return (status, stdout, stderr)."""
    monkeypatch.setenv("TUTOR_MODEL", "scripted")
    monkeypatch.setenv("TUTOR_DATA_DIR", str(tmp_path / "var"))

    def call(*arguments: str) -> tuple[int, str, str]:
        status = run(arguments, serve=lambda _settings: None)
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return call


def verbs() -> list[str]:
    for action in cli._build_parser()._actions:
        if action.dest == "verb":
            return list(action.choices)
    raise AssertionError


@pytest.mark.parametrize("verb", verbs())
def test_every_verb_has_help_and_takes_a_data_dir(verb, capsys):
    with pytest.raises(SystemExit, match="0"):
        run([verb, "--help"], serve=lambda _settings: None)
    assert "--data-dir" in capsys.readouterr().out


def test_people_are_added_listed_and_linked(run_cli):
    status, out, _ = run_cli("users", "add", "ada", "--json")
    assert status == 0 and "/join?token=" in json.loads(out)["link"]
    assert "ada\tlearner" in run_cli("users", "list")[1]
    assert run_cli("users", "link", "ada")[0] == 0


def test_the_audit_log_is_verified_and_its_first_bad_row_named(run_cli, tmp_path):
    run_cli("users", "add", "ada")
    run_cli("users", "link", "ada")
    assert run_cli("audit", "verify")[:2] == (0, "the audit log is unchanged: 2 rows\n")
    with closing(sqlite3.connect(tmp_path / "var" / "tutor.sqlite")) as database, database:
        database.execute("UPDATE audit_log SET act = 'chat paused' WHERE sequence = 2")
    status, out, err = run_cli("audit", "verify")
    assert (status, out) == (1, "") and "row 2 of the audit log" in err


def test_somebody_is_erased_after_the_name_was_given_twice(run_cli):
    run_cli("users", "add", "ada")
    status, out, err = run_cli("users", "erase", "ada")
    assert (status, out) == (1, "") and "--confirm ada" in err
    assert "ada\tlearner" in run_cli("users", "list")[1]
    assert run_cli("users", "erase", "ada", "--confirm", "ada")[0] == 0
    assert "ada" not in run_cli("users", "list")[1]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("users", "link", "nobody"), "nobody called nobody"),
        (("users", "add"), "needs a name"),
        (("users", "add", "Two Words"), "cannot be a name"),
        (("correct", "--turn", "x", "better"), "there is no turn x"),
        (("courses", "add", "UPPER"), "cannot be a course id"),
    ],
)
def test_an_error_is_one_line_with_a_remedy(run_cli, arguments, message):
    status, out, err = run_cli(*arguments)
    assert status == 1 and out == ""
    assert message in err and err.count("\n") == 1 and err.startswith("tutor: ")


def test_a_question_that_cannot_be_asked_is_refused_before_the_model_is_waited_for(run_cli, monkeypatch):
    run_cli("courses", "add", "biology", "--open")
    run_cli("users", "add", "ada")
    monkeypatch.setattr(Services, "wait_until_ready", lambda *_: pytest.fail("waited for the model"))
    status, out, err = run_cli("ask", "--course", "biology", "--learner", "ada", " ")
    assert (status, out) == (1, "") and "there is no question" in err and err.count("\n") == 1


def test_a_data_dir_that_cannot_be_written_is_one_line(run_cli, tmp_path):
    (tmp_path / "file").write_text("in the way")
    status, _, err = run_cli("users", "list", "--data-dir", str(tmp_path / "file"))
    assert status == 1 and "cannot be written" in err and err.count("\n") == 1


def test_the_json_of_an_answer_has_the_fields_that_monitoring_reads(ask, ada):
    printed = answer_json(ask(ada))
    expected = "answer covered confidence citations model quantization adapter turn conversation timings"
    assert set(expected.split()) == printed.keys()
    assert printed["timings"].keys() == {"first_token_s", "total_s", "tokens"}
    (citation,) = printed["citations"]
    assert citation["section"] and citation["quote"] and 0 <= citation["score"] <= 1


def test_wrong_usage_exits_with_status_2():
    finished = subprocess.run(
        [sys.executable, "-m", "tutor", "fly"], cwd=REPO, capture_output=True, text=True, env={**os.environ}, timeout=60
    )
    assert finished.returncode == 2 and "invalid choice" in finished.stderr


@pytest.mark.slow
def test_doctor_finds_and_repairs_and_rebuild_recreates_an_index(run_cli, tmp_path):
    (tmp_path / "moss.md").write_text("# Moss\n\nMosses are small plants without roots.")
    run_cli("courses", "add", "biology")
    assert "1 passages" in run_cli("ingest", "--course", "biology", str(tmp_path / "moss.md"))[1]
    assert "nothing was changed" in run_cli("ingest", "--course", "biology", str(tmp_path / "moss.md"))[1]
    pointers = list((tmp_path / "var" / "index").rglob("*"))
    for file in (path for path in pointers if path.is_file()):
        file.write_bytes(file.read_bytes()[:-1] + b"?")
    status, out, _ = run_cli("doctor", "--json")
    assert status == 1 and not _finding(out, "index of biology")["well"]
    status, out, _ = run_cli("doctor", "--repair", "--json")
    assert _finding(out, "index of biology") == {"what": "index of biology", "well": True, "detail": "rebuilt"}
    assert run_cli("rebuild", "--course", "biology")[1] == "biology: rebuilt from 1 passages\n"
    assert "there is no course" in run_cli("rebuild", "--course", "nothing")[2]
    (original,) = (tmp_path / "var" / "originals").iterdir()
    original.unlink()
    assert "biology/moss.md" in _finding(run_cli("doctor", "--json")[1], "files of documents")["detail"]


def _finding(printed: str, what: str) -> dict[str, object]:
    return next(finding for finding in json.loads(printed) if finding["what"] == what)


@pytest.mark.slow
def test_report_and_export_use_the_same_answers(run_cli, tmp_path):
    run_cli("users", "add", "ada")
    status, _, err = run_cli("report", "--course", "sample", "--learner", "ada", "--out", str(tmp_path / "ada.html"))
    assert (status, err) == (0, f"wrote {tmp_path / 'ada.html'}\n")
    assert "Nothing is known yet" in (tmp_path / "ada.html").read_text(encoding="utf-8")
    assert json.loads(run_cli("export", "--course", "sample", "--learner", "ada")[1]) == []
    assert run_cli("export", "--course", "sample", "--learner", "ada", "--format", "csv")[1].startswith("time,skills")
    status, out, err = run_cli("export", "--course", "sample", "--format", "csv")
    assert (status, out) == (1, "") and "fewer than 5" in err
    assert run_cli("recount", "--course", "sample")[1] == "0 records were rebuilt from their answers\n"


def test_xapi_import_prints_a_summary_and_each_refusal(run_cli, tmp_path):
    run_cli("users", "add", "ada")
    status, out, _ = run_cli("courses", "add", "bio", "--title", "Biology")
    assert status == 0 and re.search(r"^bio\tBiology\thttp://\S+/join/[2-9A-Z]{4}-[2-9A-Z]{4}$", out, re.M)
    assert run_cli("users", "enrol", "ada", "--course", "bio")[1] == "ada is in bio\n"
    statement = {
        "id": "one",
        "actor": {"name": "ada"},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/answered"},
        "object": {"id": "https://lms.example/1"},
        "result": {"success": True},
        "timestamp": "2026-01-05T09:00:00Z",
    }
    void = {"id": "v", "verb": {"id": "http://adlnet.gov/expapi/verbs/voided"}, "object": {"id": "two"}}
    file = tmp_path / "statements.json"
    file.write_text(
        json.dumps([void, statement, statement | {"id": "two"}, statement | {"id": "three", "actor": {"name": "eve"}}])
    )
    status, out, err = run_cli("import-answers", str(file), "--course", "bio")
    assert status == 1 and "imported: 1; already known: 0; refused: 1; skipped, voided at the source: 1" in out
    assert "statement 4: “eve” is not a learner here" in err


def test_keys_rotate_replaces_the_master_key(run_cli, tmp_path, monkeypatch):
    run_cli("users", "add", "ada")
    file = tmp_path / "var" / "master.key"
    before = file.read_text()
    assert run_cli("keys", "rotate")[0] == 0
    assert file.read_text() != before
    key = run_cli("keys", "new")[1]
    monkeypatch.setenv("TUTOR_NEXT_MASTER_KEY", key)
    assert run_cli("keys", "rotate")[0] == 0
    assert not file.exists()
    status, _, error = run_cli("users", "list")
    assert status == 1 and "the master key is missing" in error
    monkeypatch.setenv("TUTOR_MASTER_KEY", key)
    assert "ada" in run_cli("users", "list")[1]
    monkeypatch.setenv("TUTOR_MASTER_KEY", key)
    assert "TUTOR_NEXT_MASTER_KEY" in run_cli("keys", "rotate")[2]


def test_doctor_names_the_master_key_in_use_and_finds_one_that_others_can_read(services):
    found = check_encryption(services)
    assert found.well and services.database.master.id in found.detail
    assert services.database.master.text not in found.detail
    (services.data_dir.path / "master.key").chmod(0o644)
    assert not check_encryption(services).well and "chmod 600" in check_encryption(services).detail


def test_the_master_key_is_not_in_the_environment_of_child_processes(run_cli, monkeypatch):
    monkeypatch.setenv("TUTOR_MASTER_KEY", run_cli("keys", "new")[1].strip())
    assert run_cli("users", "list")[0] == 0
    assert "TUTOR_MASTER_KEY" not in os.environ
