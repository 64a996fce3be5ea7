"""The verbs about adapters and corrections, on a house without a model to train."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from knowledge.embedding import HashingEmbedder
from tutor.cli import run


@pytest.fixture
def tutor(tmp_path, monkeypatch, capsys):
    """Run a verb in this process; return (status, stdout, stderr). Ada has a course of hers to study."""
    monkeypatch.setenv("TUTOR_MODEL", "scripted")
    monkeypatch.setattr("tutor.services.open_embedder", lambda *_: HashingEmbedder())  # nothing is searched for here
    monkeypatch.setenv("TUTOR_DATA_DIR", str(tmp_path / "var"))

    def call(*arguments: str) -> tuple[int, str, str]:
        status = run(arguments, serve=lambda _settings: None)
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    assert call("users", "add", "ada")[0] == 0
    return call


def rows(path: Path, count: int) -> Path:
    lines = [
        {"messages": [{"role": "user", "content": f"What is {n}?"}, {"role": "assistant", "content": f"It is {n}."}]}
        for n in range(count)
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


HERS = ("--learner", "ada", "--course", "sample")


def test_corrections_come_in_from_a_file_go_out_again_and_are_taken_back(tutor, tmp_path):
    status, out, _ = tutor("corrections", "import", str(rows(tmp_path / "in.jsonl", 3)), *HERS, "--json")
    found = json.loads(out)
    assert status == 0 and [c["text"] for c in found] == ["It is 0.", "It is 1.", "It is 2."]
    assert tutor("corrections", "export", str(tmp_path / "out.jsonl"), *HERS)[0] == 0
    out_rows = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [row["messages"][-1]["content"] for row in out_rows] == ["It is 0.", "It is 1.", "It is 2."]
    assert tutor("withdraw", found[0]["id"])[0] == 0
    assert "withdrawn" in tutor("corrections", "list", *HERS)[1]
    status, _, err = tutor("train", *HERS)
    assert status == 1 and "not enough to train: 2 of 3" in err and err.count("\n") == 1


def test_rows_taken_in_without_consent_do_not_train(tutor, tmp_path):
    assert tutor("corrections", "import", str(rows(tmp_path / "in.jsonl", 3)), *HERS, "--no-consent")[0] == 0
    status, _, err = tutor("train", *HERS)
    assert status == 1 and "has not consented" in err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("promote", *HERS), "no adapter version"),
        (("promote", *HERS, "--version", "7"), "no adapter version 7"),
        (("withdraw", "x"), "no correction x"),
        (("train", "--shared"), "name it with --course"),
        (("train", "--shared", "--course", "sample"), "not enough to train: 0 of 3"),
    ],
)
def test_what_cannot_be_done_is_one_line(tutor, arguments, said):
    status, out, err = tutor(*arguments)
    assert status == 1 and out == "" and said in err and err.count("\n") == 1


def test_going_back_without_a_version_is_the_base(tutor):
    status, out, err = tutor("rollback", *HERS)
    assert (status, out) == (0, "") and "the base does" in err
