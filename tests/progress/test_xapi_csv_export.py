"""Exports are complete, readable by other programs, and never run as formulas in a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
import uuid
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.domain import Outcome
from tutor.learner.evidence import AnswerEvent, RetractionEvent
from tutor.learner.xapi_csv_export import FORMULA_PREFIXES, answers_to_csv, to_xapi_statements
from tutor.progress.evidence_log import GradedAnswer

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
HOME = "https://tutor.example/"
ANSWER = AnswerEvent("e1", "ada", "c", "i1", ("s",), Outcome.PARTIAL, 2, True, NOW, "grader-1", "g1", misconception="m")


def test_an_xapi_statement_has_actor_object_result_and_grader():
    (exported,) = to_xapi_statements([ANSWER], {"ada": "brave-otter"}, {"s": "Slope"}, HOME)
    assert uuid.UUID(exported["id"]).version == 5
    assert exported["actor"] == {
        "objectType": "Agent",
        "account": {"homePage": "https://tutor.example", "name": "brave-otter"},
    }
    assert exported["object"]["id"] == "https://tutor.example/courses/c/items/i1"
    assert exported["result"] == {"success": False, "score": {"scaled": 0.5}}
    about = exported["context"]["extensions"]
    assert about["https://tutor.example/xapi/hints"] == 2 and about["https://tutor.example/xapi/aided"] is True
    assert about["https://tutor.example/xapi/judge"] == "grader-1"
    assert exported["timestamp"] == "2026-11-23T09:00:00+00:00"
    json.dumps(exported)


def test_a_regrade_voids_the_old_statement_and_adds_a_new_one():
    override = replace(ANSWER, id="e2", outcome=Outcome.RIGHT, supersedes="e1")
    first, void, new = to_xapi_statements([ANSWER, override], {"ada": "x"}, {}, HOME)
    assert void["verb"]["id"].endswith("/voided")
    assert void["object"] == {"objectType": "StatementRef", "id": first["id"]}
    assert new["result"]["success"] is True and len({first["id"], void["id"], new["id"]}) == 3
    _, gone = to_xapi_statements([ANSWER, RetractionEvent("r", "e1", "t", "faulty", NOW)], {"ada": "x"}, {}, HOME)
    assert gone["object"]["id"] == first["id"]


@pytest.mark.parametrize("start", FORMULA_PREFIXES)
def test_csv_formula_injection_is_neutralised(start):
    text = answers_to_csv(
        [replace(ANSWER, misconception=f"{start}HYPERLINK(1)", item_id=f"{start}1+1")], {"s": f"{start}x"}
    )
    for cell in list(csv.reader(io.StringIO(text, newline="")))[1]:
        assert not cell.startswith(FORMULA_PREFIXES)


@given(st.text(min_size=1))
def test_any_skill_name_is_valid_csv(name):
    name = name.replace("\x00", "")
    table = list(csv.reader(io.StringIO(answers_to_csv([ANSWER], {"s": name}), newline="")))
    assert len(table) == 2 and len(table[1]) == len(table[0])
    assert table[1][1].removeprefix("'") in (name, name.removeprefix("'"))


def test_a_learner_exports_their_questions_and_better_answers_also_of_deleted_chats(services, course, ask, ada, bob):
    turn, other = ask(ada), ask(bob, "What does the Calvin cycle build?")
    services.feedback.submit_correction(ada, turn.id, "Because of zircon.", consent=True)
    services.feedback.submit_correction(bob, other.id, "Because of beryl.", consent=True)
    services.conversations.delete(ada, turn.conversation_id)
    data = services.reports.own_data(ada, "biology")
    assert [(one["question"], one["answer"]) for one in data["chats"]] == [(turn.question, turn.answer)]
    assert [one["text"] for one in data["better_answers"]] == ["Because of zircon."]
    text = json.dumps(data, default=str)
    assert "Calvin cycle build?" not in text and "beryl" not in text and bob.id not in text


def test_a_learner_exports_all_their_data_and_nothing_of_others(services, course, ada, bob):
    for n, actor in enumerate((ada, bob, ada)):
        services.evidence_log.record(actor, GradedAnswer("biology", f"i{n}", ("light",), Outcome.RIGHT, "t", f"g{n}"))
    services.profiles.update(ada, "biology", {"goals": "pass"})
    data = json.loads(json.dumps(services.reports.own_data(ada, "biology"), default=str))
    assert data["said"] == {"goals": "pass"} and len(data["events"]) == 2
    assert bob.id not in json.dumps(data) and bob.name not in json.dumps(data)
    assert [s["actor"]["account"]["name"] for s in services.reports.own_xapi_statements(ada, "biology")] == [
        "ada",
        "ada",
    ]
    assert services.reports.own_answers_csv(bob, "biology").count("\r\n") == 2
