"""`bench.tutoring` makes courses of folders, asks as the page does, and reports."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bench.tutoring import main
from bench.tutoring_courses import is_refusal, judge, open_courses, supported_share
from bench.tutoring_drafts import ListeningEngine
from bench.tutoring_report import summarize, table
from bench.tutoring_scoring import Row, Verdict
from tests.conftest import Ask
from tutor.domain import Person
from tutor.engine.scripted import ScriptedEngine
from tutor.services import Services

TIDES = """# Tides

## What pulls the water

The moon pulls the water of the oceans towards it, and the water rises on the side that faces the moon. Because the
earth turns once a day under two such bulges, most coasts have two high tides a day.

## Spring tides

When sun and moon pull in one line, the tides are highest. They are called spring tides.
"""
ROWS = [
    {
        "course": "sea_course",
        "question": "Why do most coasts have two high tides a day?",
        "form": "why",
        "must": [["bulges"], ["turns", "rotates"]],
        "must_not": ["wind"],
        "covered": True,
    },
    {
        "course": "sea_course",
        "after": ["Why do most coasts have two high tides a day?"],
        "question": "Who won the football world cup in 1998?",
        "form": "fact",
        "must": [],
        "covered": False,
    },
]


def run(tmp_path: Path, script: str, capsys: pytest.CaptureFixture[str], *more: str) -> dict[str, object]:
    """Run the program with a course of one document; return its last line."""
    folder = tmp_path / "sea_course"
    folder.mkdir()
    (folder / "tides.md").write_text(TIDES)
    (folder / "empty.md").write_text("")
    (folder / "notes.jsonl").write_text("{}")
    questions = tmp_path / "questions.jsonl"
    questions.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    brief = ["--course", str(folder), "--questions", str(questions), "--model", "scripted", *more]
    main(brief, engine=ScriptedEngine([script]))
    result: dict[str, object] = json.loads(capsys.readouterr().out.splitlines()[-1])
    return result


def test_a_run_prints_the_shares_by_form_and_source_and_keeps_the_answers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    answers = tmp_path / "answers.jsonl"
    result = run(tmp_path, "The earth turns under two bulges.", capsys, "--answers", str(answers))
    assert {"right", "partly", "wrong", "refused", "by_form", "by_source", "median_s", "model"} <= result.keys()
    assert result["hardware"] and result["commit"]
    assert result["right"] == 1.0
    assert result["model"] == "scripted"
    lines = [json.loads(line) for line in answers.read_text().splitlines()]
    assert [line["verdict"] for line in lines] == ["right", "right"]
    assert "bulges" in lines[0]["answer"]
    assert lines[1]["after"] == ROWS[1]["after"]


def test_a_run_with_a_model_that_says_something_wrong_is_not_right(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    result = run(tmp_path, "The wind makes two bulges while the earth turns.", capsys, "--limit", "1")
    lifted_or_model = result["by_source"]
    assert isinstance(lifted_or_model, dict)
    assert result["count"] == 1
    assert sum(part["questions"] for part in lifted_or_model.values()) == 1
    assert lifted_or_model["model"]["right"] == 0.0


def test_a_course_that_an_interrupted_run_left_gets_the_files_that_it_lacks(tmp_path: Path, services: Services):
    folder, said, engine = tmp_path / "sea_course", [], ListeningEngine(services.engine)
    folder.mkdir()
    for name in ("tides.md", "currents.md"):
        (folder / name).write_text(TIDES.replace("Tides", name))
        open_courses(services, engine, [folder], said.append)
    assert said == ["sea-course: 1 of 1, tides.md", "sea-course: 1 of 1, currents.md"]
    assert len(services.documents.documents(services.operator, "sea-course")) == 2


def test_questions_about_no_given_course_end_the_run_with_a_hint(tmp_path: Path):
    questions = tmp_path / "questions.jsonl"
    questions.write_text(json.dumps(ROWS[0]) + "\n")
    with pytest.raises(SystemExit, match="name of a folder"):
        main(["--course", str(tmp_path), "--questions", str(questions), "--model", "scripted"])


def test_only_a_reply_that_declines_a_question_to_the_course_is_a_refusal(ask: Ask, ada: Person):
    declined = ask(ada, "Who won the football world cup in 1998?")
    assert is_refusal(declined)
    assert not is_refusal(ask(ada))
    assert not is_refusal(replace(declined, covered=None)), "it is about the conversation"


def test_an_answer_in_the_tutors_own_words_supports_no_statement(ask: Ask, ada: Person):
    turn = ask(ada)
    assert supported_share(replace(turn, answer="Leaves are green. [1]")) == 1.0
    assert supported_share(replace(turn, answer="Leaves are green. [1] They taste of mint. [°]")) == 0.5
    assert supported_share(replace(turn, answer="Do they?")) is None


def test_an_answer_that_replaces_a_draft_is_lifted_and_the_draft_is_scored_apart(ask: Ask, ada: Person):
    row = Row("biology", "Why do leaves look green?", "why", (("reflects",),), ("magic",))
    turn = replace(ask(ada), answer="Chlorophyll reflects green light. [1]")
    replaced = judge(row, turn, ["It is magic."], 1.5)
    assert (replaced.source, replaced.score.verdict) == ("lifted", Verdict.RIGHT)
    assert replaced.draft_score is not None
    assert replaced.draft_score.verdict is Verdict.WRONG
    written = judge(row, turn, ["It is magic.", "Chlorophyll reflects green light."], 0.5)
    assert (written.source, written.draft) == ("model", "Chlorophyll reflects green light.")
    unasked = judge(row, turn, [], 0.1)
    assert (unasked.source, unasked.draft) == ("lifted", None)
    summary = summarize([replaced, unasked], "scripted")
    assert summary["drafts"] == {"count": 1, "right": 0.0, "partly": 0.0, "wrong": 1.0, "refused": 0.0}
    assert (summary["median_s"], summary["p90_s"]) == (0.8, 1.5)
    assert "why" in table([replaced, unasked])
