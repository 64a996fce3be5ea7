"""What is taken out of the house is whole, readable elsewhere, and runs in no spreadsheet."""

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
from tutor.learner.evidence import Answered, Retracted
from tutor.learner.xapi_csv_export import FORMULA, answers_csv, xapi
from tutor.progress.evidence_log import Judged

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
HOME = "https://tutor.example/"
ANSWER = Answered("e1", "ada", "c", "i1", ("s",), Outcome.PARTIAL, 2, True, NOW, "grader-1", "g1", misconception="m")


def test_a_statement_says_who_answered_what_how_well_and_who_judged():
    (said,) = xapi([ANSWER], {"ada": "brave-otter"}, {"s": "Slope"}, HOME)
    assert uuid.UUID(said["id"]).version == 5
    assert said["actor"] == {
        "objectType": "Agent",
        "account": {"homePage": "https://tutor.example", "name": "brave-otter"},
    }
    assert said["object"]["id"] == "https://tutor.example/courses/c/items/i1"
    assert said["result"] == {"success": False, "score": {"scaled": 0.5}}
    about = said["context"]["extensions"]
    assert about["https://tutor.example/xapi/hints"] == 2 and about["https://tutor.example/xapi/aided"] is True
    assert about["https://tutor.example/xapi/judge"] == "grader-1"
    assert said["timestamp"] == "2026-11-23T09:00:00+00:00"
    json.dumps(said)


def test_a_correction_voids_the_old_statement_and_says_the_new_one():
    override = replace(ANSWER, id="e2", outcome=Outcome.RIGHT, supersedes="e1")
    first, void, new = xapi([ANSWER, override], {"ada": "x"}, {}, HOME)
    assert void["verb"]["id"].endswith("/voided")
    assert void["object"] == {"objectType": "StatementRef", "id": first["id"]}
    assert new["result"]["success"] is True and len({first["id"], void["id"], new["id"]}) == 3
    _, gone = xapi([ANSWER, Retracted("r", "e1", "t", "faulty", NOW)], {"ada": "x"}, {}, HOME)
    assert gone["object"]["id"] == first["id"]


@pytest.mark.parametrize("start", FORMULA)
def test_a_cell_that_would_run_as_a_formula_is_plain_text(start):
    text = answers_csv(
        [replace(ANSWER, misconception=f"{start}HYPERLINK(1)", item_id=f"{start}1+1")], {"s": f"{start}x"}
    )
    for cell in list(csv.reader(io.StringIO(text, newline="")))[1]:
        assert not cell.startswith(FORMULA)


@given(st.text(min_size=1))
def test_no_name_of_a_skill_breaks_the_table(name):
    name = name.replace("\x00", "")
    table = list(csv.reader(io.StringIO(answers_csv([ANSWER], {"s": name}), newline="")))
    assert len(table) == 2 and len(table[1]) == len(table[0])
    assert table[1][1].removeprefix("'") in (name, name.removeprefix("'"))


def test_a_learner_takes_all_that_is_hers_and_nothing_of_others(house, course, ada, bob):
    for n, who in enumerate((ada, bob, ada)):
        house.evidence.record(who, Judged("biology", f"i{n}", ("light",), Outcome.RIGHT, "t", f"g{n}"))
    house.profiles.say(ada, "biology", {"goals": "pass"})
    data = json.loads(json.dumps(house.reports.own_data(ada, "biology"), default=str))
    assert data["said"] == {"goals": "pass"} and len(data["events"]) == 2
    assert bob.id not in json.dumps(data) and bob.name not in json.dumps(data)
    assert [s["actor"]["account"]["name"] for s in house.reports.own_statements(ada, "biology")] == ["ada", "ada"]
    assert house.reports.own_answers(bob, "biology").count("\r\n") == 2
