"""The command line: the result on stdout, one line of error on stderr, and the exit status."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tutor import cli
from tutor.cli import run
from tutor.cli.ask import answer_json
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
    run_cli("courses", "add", "biology")
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
    assert run_cli("courses", "add", "bio", "--title", "Biology")[0] == 0
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
