"""The verbs about adapters and corrections, without a model to train."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from knowledge.embedding import HashingEmbedder
from tutor.cli import run


@pytest.fixture
def run_cli(tmp_path, monkeypatch, capsys):
    """Run a verb in this process; return (status, stdout, stderr). There is a learner ada."""
    monkeypatch.setenv("TUTOR_MODEL", "scripted")
    monkeypatch.setattr("tutor.services.open_embedder", lambda *_: HashingEmbedder())  # no test searches
    monkeypatch.setenv("TUTOR_DATA_DIR", str(tmp_path / "var"))

    def call(*arguments: str) -> tuple[int, str, str]:
        status = run(arguments, serve=lambda _settings: None)
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    assert call("users", "add", "ada")[0] == 0
    return call


def write_corrections(path: Path, count: int) -> Path:
    lines = [
        {"messages": [{"role": "user", "content": f"What is {n}?"}, {"role": "assistant", "content": f"It is {n}."}]}
        for n in range(count)
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


LEARNER_OPTIONS = ("--learner", "ada", "--course", "sample")


def test_corrections_are_imported_exported_and_withdrawn(run_cli, tmp_path):
    status, out, _ = run_cli(
        "corrections", "import", str(write_corrections(tmp_path / "in.jsonl", 3)), *LEARNER_OPTIONS, "--json"
    )
    found = json.loads(out)
    assert status == 0 and [c["text"] for c in found] == ["It is 0.", "It is 1.", "It is 2."]
    assert run_cli("corrections", "export", str(tmp_path / "out.jsonl"), *LEARNER_OPTIONS)[0] == 0
    exported = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [row["messages"][-1]["content"] for row in exported] == ["It is 0.", "It is 1.", "It is 2."]
    assert run_cli("withdraw", found[0]["id"])[0] == 0
    assert "withdrawn" in run_cli("corrections", "list", *LEARNER_OPTIONS)[1]
    status, _, err = run_cli("train", *LEARNER_OPTIONS)
    assert status == 1 and "not enough to train: 2 of 3" in err and err.count("\n") == 1


def test_corrections_imported_without_consent_are_not_trained_on(run_cli, tmp_path):
    assert (
        run_cli(
            "corrections", "import", str(write_corrections(tmp_path / "in.jsonl", 3)), *LEARNER_OPTIONS, "--no-consent"
        )[0]
        == 0
    )
    status, _, err = run_cli("train", *LEARNER_OPTIONS)
    assert status == 1 and "has not consented" in err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("promote", *LEARNER_OPTIONS), "no adapter version"),
        (("promote", *LEARNER_OPTIONS, "--version", "7"), "no adapter version 7"),
        (("withdraw", "x"), "no correction x"),
        (("train", "--shared"), "name it with --course"),
        (("train", "--shared", "--course", "sample"), "not enough to train: 0 of 3"),
    ],
)
def test_a_tuning_error_is_one_line(run_cli, arguments, message):
    status, out, err = run_cli(*arguments)
    assert status == 1 and out == "" and message in err and err.count("\n") == 1


def test_rolling_back_without_a_version_gives_the_base(run_cli):
    status, out, err = run_cli("rollback", *LEARNER_OPTIONS)
    assert (status, out) == (0, "") and "the base answers" in err
